// Goal: before a model hears excerpts of a track's windows, the page asks, once
// for each artist; nothing is sent without a yes, and the windows are written
// either way.
import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { skip, startDesk } from '../lib/browser.js';
import { call, save, soon } from '../lib/client.js';
import { acts, good, heardIn } from '../lib/model-double.js';
import { startModelServer } from '../lib/model-server.js';
import { wav } from '../lib/audio.js';
import { button } from '../lib/desk.js';
import { song, summaryOf } from '../lib/song.js';

const server = await startModelServer();
after(() => server.stop());
const { stack, open } = await startDesk({
  env: { CAPTION_AUDIO: 'windows', CAPTION_AUDIO_SEC: '5' },
});

// Nothing that the set could contradict.
const plain = {
  description: 'Deep house with a dark mood',
  instruments: [],
  keywords: [],
  bpm: null,
  key: null,
};
const positionsIn = (body) =>
  [
    ...JSON.stringify(body.messages[1].content).matchAll(/position\\+":(\d+)/g),
  ].map(([, n]) => Number(n));

test(
  'windows are heard only once somebody agreed, and written without that too',
  { skip },
  async () => {
    const connected = await call(stack, 'PUT', '/api/settings/model', {
      json: { url: server.url, model: 'ears' },
    });
    assert.equal(connected.status, 200, JSON.stringify(connected.body));
    const health = async () =>
      (await call(stack, 'GET', '/api/health')).body.model;
    assert.ok(await soon(async () => (await health()) === 'connected'));
    const { id: artistId } = (
      await call(stack, 'POST', '/api/artists', { json: { name: 'Ears' } })
    ).body;
    await call(stack, 'POST', `/api/library?artistId=${artistId}`, {
      json: { parseId: 'ears-song', summary: summaryOf(song(3), 'Song') },
    });
    const saved = await save(
      stack,
      { artistId, parseId: 'ears-song' },
      wav(60, { rate: 22050, channels: 1 }),
      { promptText: 'Music at 124 BPM' },
    );
    assert.equal(saved.status, 201, JSON.stringify(saved.body));
    const item = `/api/train/items/${saved.body.trainingItemId}`;
    assert.ok(
      await soon(
        async () => (await call(stack, 'GET', item)).body.analysis === 'done',
        60,
      ),
    );
    server.double.play((req, res) =>
      acts.stream(
        {
          windows: positionsIn(server.double.journal.at(-1).body).map(
            (position) => ({ ...good, ...plain, position }),
          ),
        },
        { usage: { prompt_tokens: 500 } },
      )(req, res),
    );
    const clips = () =>
      server.double.journal.map((e) => heardIn(e.body).length);

    const { page, context, faults } = await open();
    await page
      .getByRole('combobox', { name: 'Artist' })
      .selectOption({ label: 'Ears' });
    await page
      .getByRole('list', { name: 'Tracks', exact: true })
      .getByRole('listitem')
      .getByRole('button')
      .first()
      .click();
    await page.getByText(/^A model that hears is at /).waitFor();
    const make = page.locator('#windows-make');
    await make.click();
    const question = page.getByRole('dialog', {
      name: 'Let the model hear Ears?',
    });
    await question.getByText(/seconds of the track would go to/).waitFor();
    assert.deepEqual(clips(), []); // Nothing goes while it is asked.
    await question.getByRole('button', { name: 'Keep it here' }).click();
    await page.getByRole('heading', { name: /^Window 1 of \d$/ }).waitFor();
    assert.ok(clips().length > 0 && clips().every((n) => n === 0));

    // A yes beside the caption holds for the windows too, unasked.
    const before = clips().length;
    await button(page, 'Let it hear…').click();
    await question
      .getByRole('button', { name: 'Let it hear', exact: true })
      .click();
    await page.getByText(/^The model hears it: /).waitFor();
    await make.click();
    assert.ok(await soon(() => clips().length > before));
    await button(page, 'Cut again').waitFor();
    assert.ok(
      clips()
        .slice(before)
        .some((n) => n > 0),
    );
    assert.equal(await question.isVisible(), false);
    assert.deepEqual(faults, []);
    await context.close();
  },
);
