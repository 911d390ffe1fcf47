// Goal: audio without any set is welcome: it becomes a track of its own, gets
// a caption that says nothing that was only measured, and goes into a dataset.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { skip, startDesk } from '../lib/browser.js';
import { call, soon } from '../lib/client.js';
import { bounceOf, song } from '../lib/song.js';
import { mp3 } from '../lib/audio.js';
import {
  addBounces,
  audioFile,
  begin,
  button,
  captionIs,
  captionOf,
  giveSchema,
  heard,
  inList,
  makeArtist,
  summaryFile,
  wavFile,
} from '../lib/desk.js';

const { stack, open } = await startDesk();

async function itemsOf(name) {
  const { artists } = (await call(stack, 'GET', '/api/artists')).body;
  const { id } = artists.find((a) => a.name === name);
  return (await call(stack, 'GET', `/api/train/items?artistId=${id}`)).body
    .items;
}

test(
  'audio without a set goes all the way to the dataset',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    const music = bounceOf(song(5, { bars: 20 }));
    await makeArtist(page, 'Setless');
    await addBounces(page, [
      wavFile('Field Music.wav', music),
      audioFile('Rain.mp3', mp3(41)),
      audioFile('Wind.mp3', mp3(42)),
      {
        name: 'Wind.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from('Wind in reeds\n'),
      },
    ]);
    await page.getByRole('region', { name: '3 bounces to check' }).waitFor();
    await page
      .getByText('No set yet: add one, or use it without a set.')
      .first()
      .waitFor();
    await button(page, 'Use Field Music.wav without a set').click();
    await page.getByRole('heading', { name: 'Field Music' }).waitFor();
    await button(page, 'Use all 2 without a set').click();
    await inList(page, 'Wind').getByText('To review').waitFor();
    await inList(page, 'Rain').getByText('Not saved yet').waitFor();
    await page.getByText('0/3 ready').waitFor();

    // Without a model and a schema nothing is known that may be said.
    await button(page, 'Write caption').click();
    await page.getByText('Review the caption, then Save & Next.').waitFor();
    await captionIs(page, 'Music');
    await page.getByText('Nothing is known of it but its sound').waitFor();
    await giveSchema(page);
    await button(page, 'Write caption').click();
    await page.getByText('Review the caption, then Save & Next.').waitFor();
    let text;
    await soon(async () => {
      text = await captionOf(page).inputValue();
      return /deep house/i.test(text);
    });
    assert.match(text, /deep house/i);
    assert.doesNotMatch(text, /bpm|major|minor/i);
    // Heard meanwhile, and only shown.
    const facts = page.getByRole('list', { name: 'Facts of the set' });
    await facts.getByText('about 124 BPM, a guess', { exact: true }).waitFor();
    await inList(page, 'Field Music').getByText('about 124 BPM').waitFor();

    // What is not saved is there after a reload, in its place.
    await page.reload();
    await page.getByRole('heading', { name: 'Field Music' }).waitFor();
    await captionIs(page, text);
    await button(page, 'Save & Next').click();
    await page.getByRole('heading', { name: 'Rain', exact: true }).waitFor();
    await page.getByText('1/3 ready').waitFor();
    await button(page, 'Generate all (1)').click();
    await page.getByText('1/1 written').waitFor();
    await button(page, 'Save & Next').click();
    await page.getByRole('heading', { name: 'Wind', exact: true }).waitFor();
    await page.getByText(/^Wind\.mp3, /).waitFor();
    await captionIs(page, 'Wind in reeds');
    await button(page, 'Save & Next').click();
    await page.getByText('3/3 ready').waitFor();

    const items = await itemsOf('Setless');
    const own = items.find((i) => i.projectName === 'Field Music');
    assert.equal(
      own.parseId,
      `audio:${createHash('sha256').update(music).digest('hex')}`,
    );
    assert.deepEqual([own.promptText, own.promptEdited], [text, false]);

    // Saved, it is looked at and changed like any track.
    await inList(page, 'Field Music').getByRole('button').first().click();
    await page.getByText('This one is ready for the dataset.').waitFor();
    await facts.getByText('about 124 BPM, a guess', { exact: true }).waitFor();
    await captionOf(page).fill(`${text} Recorded outdoors.`);
    await button(page, 'Save & Next').click();
    await page
      .getByText(/^3 tracks, .* ready to train\. Export the dataset\.$/)
      .waitFor();

    await page.getByLabel('Layout').selectOption('plan');
    await button(page, 'Export Dataset').click();
    const url = page.getByLabel('Dataset link');
    await url.waitFor();
    const zip = path.join(stack.state, 'alone.zip');
    fs.writeFileSync(
      zip,
      Buffer.from(await (await fetch(await url.inputValue())).arrayBuffer()),
    );
    const prompts = execFileSync('unzip', ['-p', zip, '*.txt'], {
      encoding: 'utf8',
    });
    assert.match(prompts, /Recorded outdoors\./);
    assert.match(prompts, /Wind in reeds/);
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'beside sets too: what is used without one is not asked for again, and comes back',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    const rain = audioFile('Rain.mp3', mp3(43));
    const drive = audioFile('Drive.mp3', mp3(44));
    await begin(page, 'Both', [summaryFile('both-1', 'Drive')]);
    await addBounces(page, [rain, drive]);
    await page.getByRole('region', { name: '1 bounce to check' }).waitFor();
    await heard(page);
    await button(page, 'Use Rain.mp3 without a set').click();
    await inList(page, 'Rain').getByText('Not saved yet').waitFor();
    await addBounces(page, [rain, drive]);
    await page.getByText('2 bounces here already').waitFor();

    await button(page, 'Remove Rain').click();
    await page.getByRole('region', { name: '1 bounce to check' }).waitFor();
    await inList(page, 'Not saved yet')
      .filter({ hasText: 'Rain' })
      .waitFor({ state: 'detached' });
    await page.locator('.notice').getByRole('button', { name: 'Undo' }).click();
    await inList(page, 'Rain').getByText('Not saved yet').waitFor();
    await inList(page, 'Rain').getByRole('button').first().click();
    await captionOf(page).fill('Rain on a tin roof');
    await button(page, 'Save & Next').click();
    await inList(page, 'Rain').getByText('Ready').waitFor();
    const rest = await itemsOf('Both');
    assert.match(
      rest.find((i) => i.projectName === 'Rain').parseId,
      /^audio:[0-9a-f]{64}$/,
    );
    assert.deepEqual(faults, []);
    await context.close();
  },
);
