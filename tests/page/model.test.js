// Goal: an operator connects a model on the page, tries it before it is stored,
// and removes it again; its key is never shown.
import { test, after } from 'node:test';
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { skip, startDesk } from '../lib/browser.js';
import { call, soon, world } from '../lib/client.js';
import { acts, good, heardIn } from '../lib/model-double.js';
import { startModelServer } from '../lib/model-server.js';
import { mp3 } from '../lib/audio.js';
import {
  addBounces,
  addSets,
  audioFile,
  begin,
  captionIs,
  captionOf,
  giveAudio,
  healthIs,
  makeArtist,
  summaryFile,
} from '../lib/desk.js';

const KEY = 'sk-page-0123456789abcdef';
const server = await startModelServer();
after(() => server.stop());
const { stack, open } = await startDesk({
  env: { CAPTION_AUDIO: 'excerpt', CAPTION_AUDIO_SEC: '5' },
});

const health = async () => (await call(stack, 'GET', '/api/health')).body.model;

test(
  'a model is connected, tried, used and disconnected',
  { skip },
  async () => {
    const w = await world(stack, { name: 'Night Driver' });
    const { page, context, faults } = await open();
    await page.getByRole('button', { name: 'Model', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Connect a model' });
    await dialog
      .getByText('Leave it empty if the server needs none.')
      .waitFor();
    assert.deepEqual(
      (await new AxeBuilder({ page }).analyze()).violations.map((v) => v.id),
      [],
    );
    // An address that the server may not call is refused with a reason, and
    // nothing is stored.
    await dialog.getByLabel('Address').fill('http://192.168.0.7:8080/v1');
    await dialog.getByLabel('Model', { exact: true }).fill('small');
    await dialog.getByRole('button', { name: 'Try it' }).click();
    await dialog
      .getByRole('alert')
      .filter({ hasText: /https, or http on this machine/ })
      .waitFor();
    // The models of an address are listed once it is known.
    await dialog.getByLabel('Model', { exact: true }).fill('');
    await dialog.getByLabel('Address').fill(server.url);
    await dialog.getByLabel('Key').fill(KEY);
    await dialog.getByText('2 models found.').waitFor();
    assert.equal(
      await dialog.getByLabel('Model', { exact: true }).inputValue(),
      'small',
    );
    await dialog.getByRole('button', { name: 'Try it' }).click();
    await dialog
      .getByText(new RegExp(`“${good.description}” — [\\d.]+ s, \\d+ tokens`))
      .waitFor();
    assert.equal(await health(), 'template');
    await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    assert.ok(await soon(async () => (await health()) === 'connected', 5)); // within a second
    assert.equal(server.seen.at(-1).key, `Bearer ${KEY}`);

    // It writes from the next caption on, without a restart.
    const written = await call(stack, 'POST', '/api/train', {
      json: { artistId: w.artistId, parseId: w.parseId },
    });
    assert.equal(written.body.prompt, good.description);
    // The key stays stored, and is never shown.
    await page.getByRole('button', { name: 'Model', exact: true }).click();
    await dialog.getByText('A key is kept for this address').waitFor();
    assert.equal(await dialog.getByLabel('Key').inputValue(), '');
    assert.ok(!(await page.content()).includes(KEY));
    await dialog.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByText('The model is disconnected.').first().waitFor();
    assert.ok(await soon(async () => (await health()) === 'template', 5));
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'before many captions it is said what they cost, and a limit that is near',
  { skip },
  async () => {
    const costs = {
      currency: 'USD',
      months: [],
      today: {
        captions: 1,
        tokensIn: 1,
        tokensOut: 1,
        audioSec: 0,
        cost: null,
        unpriced: 1,
      },
      limit: { perDay: 500, left: 1 },
      estimate: {
        captions: 2,
        tokensIn: 38000,
        tokensOut: 3200,
        audioSec: 0,
        cost: 0.012,
        sec: 90,
      },
    };
    const { page, context, faults } = await open();
    const asked = [];
    await healthIs(page, { model: 'connected' });
    await page.route('**/api/train/costs?*', (route) => {
      asked.push(new URL(route.request().url()).searchParams.get('captions'));
      return route.fulfill({ json: costs });
    });
    await page.reload();
    await makeArtist(page, 'Two Tracks');
    await addSets(page, [
      summaryFile('cost-1', 'Alpha'),
      summaryFile('cost-2', 'Beta'),
    ]);
    await addBounces(page, [
      audioFile('Alpha.mp3', mp3(31)),
      audioFile('Beta.mp3', mp3(32)),
    ]);
    const all = page.getByRole('button', { name: 'Generate all (2)' });
    await all.click();
    const question = page.getByRole('alertdialog', {
      name: 'Write 2 captions?',
    });
    await question
      .getByText(
        'About 0.012 USD and 0:30 judging by the last captions. Only 1 more can be written today (CAPTION_DAILY_LIMIT).',
      )
      .waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await all.isVisible(), true);
    await all.click();
    await question.getByRole('button', { name: 'Write them' }).click();
    await page.getByText('2/2 written').waitFor();
    assert.deepEqual(asked, ['2', '2']);
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'audio goes to a model only once somebody agreed, and no more once that is taken back',
  { skip },
  async () => {
    const heard = {
      ...good,
      description:
        'Deep house with a warm mood, rolling bass and a breathy female vocal, at 124 BPM in A minor',
      moods: ['warm'],
      instruments: ['bass', 'female vocal'],
      keywords: [],
      voice: 'yes',
      heard: ['female vocal', 'breathy'],
    };
    const connected = await call(stack, 'PUT', '/api/settings/model', {
      json: { url: server.url, model: 'ears' },
    });
    assert.equal(connected.status, 200, JSON.stringify(connected.body));
    assert.ok(await soon(async () => (await health()) === 'connected')); // of another program
    server.double.play(
      acts.stream(heard, {
        usage: {
          prompt_tokens: 1500,
          prompt_tokens_details: { audio_tokens: 240 },
        },
      }),
    );
    const clips = () =>
      server.double.journal.map((e) => heardIn(e.body).length);
    const { page, context, faults } = await open();
    await begin(page, 'Asked Once', [
      summaryFile('ears-1', 'Heard', {
        tracks: [{ name: 'Bounce', type: 'audio', audible: true }],
      }),
    ]);
    await giveAudio(page, audioFile('Heard.mp3', mp3(200)));
    const host = new URL(server.url).host;
    await page
      .getByText(
        `A model that hears is at this machine (${host}); nothing goes there unasked.`,
      )
      .waitFor();
    const write = page.getByRole('button', { name: 'Write caption' });
    await write.click();
    const question = page.getByRole('dialog', {
      name: 'Let the model hear Asked Once?',
    });
    await question
      .getByText(
        `up to 5 seconds of the track would go to this machine (${host})`,
      )
      .waitFor();
    assert.deepEqual(
      (await new AxeBuilder({ page }).analyze()).violations.map((v) => v.id),
      [],
    );
    // No answer is not a yes, and is not remembered.
    await page.keyboard.press('Escape');
    await page.getByText('Review the caption, then Save & Next.').waitFor();
    assert.deepEqual(clips(), [0]);
    await page.getByRole('button', { name: 'Let it hear…' }).click();
    await question
      .getByRole('button', { name: 'Let it hear', exact: true })
      .click();
    await page
      .getByText(
        `The model hears it: up to 5 seconds of the track go to this machine (${host}).`,
      )
      .waitFor();
    await write.click();
    assert.ok(await soon(() => clips().length === 2));
    await write.waitFor();
    assert.deepEqual(clips(), [0, 1]);
    await captionIs(page, heard.description);
    // Words are underlined by their sources, which are also listed as buttons.
    const marks = page.locator('#caption-marks');
    await marks.locator('[data-rests="audio"]').first().waitFor();
    assert.deepEqual(
      await marks.locator('[data-rests="audio"]').allInnerTexts(),
      ['breathy', 'female vocal'],
    );
    assert.deepEqual(
      await marks.locator('[data-rests="stated"]').allInnerTexts(),
      ['124 BPM', 'A minor'],
    );
    const legend = page.getByText(
      /^Underlined words rest on the set, the master schema, the model’s ears$/,
    );
    await legend.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Heard by the model').waitFor();
    assert.deepEqual(
      (await new AxeBuilder({ page }).analyze()).violations.map((v) => v.id),
      [],
    );
    await page
      .getByRole('button', { name: 'Show “female vocal” in the caption' })
      .press('Enter');
    assert.equal(
      await captionOf(page).evaluate((f) =>
        f.value.slice(f.selectionStart, f.selectionEnd),
      ),
      'female vocal',
    );
    await captionOf(page).fill(heard.description.replace('breathy', 'lo-fi'));
    await marks
      .locator('[data-rests="person"]')
      .filter({ hasText: /^lo-fi$/ })
      .waitFor();
    await page.getByRole('button', { name: 'Keep it here' }).click();
    await page.getByText('The model hears none of it.').waitFor();
    await write.click();
    assert.ok(await soon(() => clips().length === 3));
    await write.waitFor();
    assert.deepEqual(clips(), [0, 1, 0]);
    // The audio went to the server once, and is saved from there.
    const saved = page.waitForRequest((r) =>
      r.url().endsWith('/api/train/save'),
    );
    await page.keyboard.press('Control+Enter');
    assert.ok((await saved).postDataJSON().uploadId);
    await page.getByText('1/1 ready').waitFor();
    assert.deepEqual(faults, []);
    await context.close();
    await call(stack, 'PUT', '/api/settings/model', { json: { url: null } });
  },
);

test(
  'two earlier captions are compared, and the chosen one is taken',
  { skip },
  async () => {
    const texts = [
      'Deep house with warm pads, at 124 BPM',
      'Warm deep house with lo-fi pads, at 124 BPM',
    ];
    const { page, context, faults } = await open();
    await begin(page, 'Compared', [summaryFile('compared-1', 'Twice')]);
    await giveAudio(page, audioFile('Twice.mp3', mp3(40)));
    // Its audio stays here, so nothing is asked.
    const { artists } = (await call(stack, 'GET', '/api/artists')).body;
    const { id: artistId } = artists.find((a) => a.name === 'Compared');
    assert.equal(
      (
        await call(stack, 'PUT', '/api/train/consent', {
          json: { artistId, agreed: false },
        })
      ).status,
      200,
    );
    assert.equal(
      (
        await call(stack, 'PUT', '/api/settings/model', {
          json: { url: server.url, model: 'two' },
        })
      ).status,
      200,
    );
    assert.ok(await soon(async () => (await health()) === 'connected', 5));
    await page.getByText(/^Twice\.mp3, /).waitFor();
    await page.reload();
    for (const description of texts) {
      server.double.play(
        acts.stream({ ...good, description, instruments: ['pads'] }),
      );
      await page.getByRole('button', { name: 'Write caption' }).click();
      await page.waitForFunction(
        (text) => document.getElementById('caption').value === text,
        description,
      );
    }
    await page.getByLabel('Earlier captions').selectOption('Compare two…');
    const dialog = page.getByRole('dialog', { name: 'Compare captions' });
    await dialog.locator('.text').filter({ hasText: texts[0] }).waitFor();
    assert.deepEqual(
      await dialog.locator('section').first().locator('mark').allInnerTexts(),
      ['warm'],
    );
    assert.deepEqual(
      await dialog.locator('section').last().locator('mark').allInnerTexts(),
      ['Warm', 'lo-fi'],
    );
    await dialog.getByText(/· 2 words only here$/).waitFor();
    assert.deepEqual(
      (await new AxeBuilder({ page }).analyze()).violations.map((v) => v.id),
      [],
    );
    // The same on both sides differs in nothing.
    await dialog
      .getByRole('combobox', { name: 'Right caption' })
      .selectOption({ index: 1 });
    assert.equal(await dialog.locator('mark').count(), 0);
    await dialog.getByRole('button', { name: 'Use the left caption' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await captionIs(page, texts[0]);
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await captionIs(page, texts[1]);
    assert.deepEqual(faults, []);
    await context.close();
    await call(stack, 'PUT', '/api/settings/model', { json: { url: null } });
  },
);

test('who may not is told so, and can change nothing', { skip }, async () => {
  const { page, context } = await open();
  await page.route('**/api/settings/model', (route) =>
    route.fulfill({
      status: 403,
      contentType: 'application/problem+json',
      body: JSON.stringify({
        type: 'about:blank',
        title: 'Not allowed',
        status: 403,
        code: 'forbidden',
        detail: 'the model is for whoever runs this server',
        requestId: 'x',
      }),
    }),
  );
  await page.getByRole('button', { name: 'Model', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Connect a model' });
  await dialog
    .getByRole('alert')
    .filter({ hasText: 'for whoever runs this server' })
    .waitFor();
  for (const name of ['Try it', 'Connect'])
    assert.equal(
      await dialog.getByRole('button', { name, exact: true }).isDisabled(),
      true,
    );
  await context.close();
});
