// Goal: a first visitor sees one way in and an example; one click loads it, it
// goes all the way like a user's own work, and one click removes all of it.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { skip, startDesk } from '../lib/browser.js';
import { call, soon } from '../lib/client.js';
import { button, makeArtist, summaryFile, addSets } from '../lib/desk.js';

const { stack, open } = await startDesk();

const load = (page) => button(page, 'Load an example').click();
const artists = async () =>
  (await call(stack, 'GET', '/api/artists')).body.artists.map((a) => a.slug);
const audioFiles = () =>
  fs
    .readdirSync(path.join(stack.state, 'store'), { recursive: true })
    .filter((name) => /artists\/.*\.(wav|mp3)$/.test(name));

test(
  'one click loads the example, it goes all the way, one click removes it',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await page.getByText('Make an artist to begin.').waitFor();
    await button(page, 'Name your artist').click();
    await page.getByRole('dialog', { name: 'New artist' }).waitFor();
    await page.keyboard.press('Escape');
    await load(page);
    await page.getByRole('heading', { name: 'First Light' }).waitFor();
    await page.getByText('This is the example.').waitFor();
    await page.getByText('First Light.wav, ').waitFor();
    await page.getByText('0:00 / 0:39').waitFor();
    for (const fact of ['122 BPM', 'A minor', '4/4', '0:39']) {
      await page
        .getByRole('list', { name: 'Facts of the set' })
        .getByText(fact, { exact: true })
        .waitFor();
    }
    await button(page, 'Write caption').click();
    await page.getByText('Review the caption, then Save & Next.').waitFor();
    await button(page, 'Save & Next').click();
    await page.getByText('1/1 ready').waitFor();
    assert.deepEqual(await artists(), ['trainmode-example']);
    assert.equal(audioFiles().length, 1);

    // The server's measurements of the audio agree with the set.
    const artistId = (await call(stack, 'GET', '/api/artists')).body.artists[0]
      .id;
    let item;
    await soon(async () => {
      [item] = (
        await call(stack, 'GET', `/api/train/items?artistId=${artistId}`)
      ).body.items;
      return item.analysis === 'done';
    }, 120);
    assert.deepEqual(
      item.checks.map((c) => c.code),
      ['converted'],
    );
    const set = (await call(stack, 'GET', `/api/library/${item.parseId}`)).body
      .summary;
    assert.deepEqual(
      set.sections.map((s) => s.name),
      ['Intro', 'Groove', 'Break', 'Drop'],
    );

    await button(page, 'Export Dataset').click();
    await page.getByText(/The link works on this computer only/).waitFor();
    await button(page, 'Remove the example').click();
    await page.getByText('Make an artist to begin.').waitFor();
    assert.deepEqual(await artists(), []);
    // Its objects follow its rows.
    assert.ok(
      await soon(() => audioFiles().length === 0, 60),
      audioFiles().join(),
    );
    assert.equal(
      await page.evaluate(async () => {
        const { list } = await import('/js/kept.js');
        return (await list('files')).length + (await list('drafts')).length;
      }),
      0,
    );
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'an artist of one’s own stays; an example with own sets asks first',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await makeArtist(page, 'Mine');
    let broken = true;
    await page.route('**/api/library?*', (route) =>
      broken && route.request().method() === 'POST'
        ? route.fulfill({ status: 503, body: '' })
        : route.fallback(),
    );
    await load(page);
    await page
      .getByRole('alert')
      .filter({ hasText: 'First Light.als: A part of the server' })
      .waitFor();
    broken = false;
    await load(page);
    await page.getByText('This is the example.').waitFor();
    assert.deepEqual((await artists()).sort(), ['mine', 'trainmode-example']);
    await addSets(page, [summaryFile('own-1', 'My own')]);
    await page
      .getByRole('region', { name: 'Tracks' })
      .getByRole('button', { name: /^My own/ })
      .waitFor();
    await button(page, 'Remove the example').click();
    await page
      .getByRole('alertdialog')
      .getByText('Sets that you added to it go too.')
      .waitFor();
    await button(page, 'Keep').click();
    await button(page, 'Remove the example').click();
    await button(page, 'Remove all of it').click();
    await page
      .getByText('Drop your Live sets (.als) to fill the library.')
      .waitFor();
    assert.deepEqual(await artists(), ['mine']);
    assert.deepEqual(faults, []);
    await context.close();
  },
);
