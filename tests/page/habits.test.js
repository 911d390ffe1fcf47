// Goal: what people did and found wrong stays right: Escape in the search, the
// focus after a row is gone, a track that is deleted while it uploads, equal
// sets of different names, files of one name, an export seen from elsewhere, a
// reload amid an import, a server that is away,
// and all of it in sight on a small screen and with forced colors.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { skip, startDesk } from '../lib/browser.js';
import { call, soon } from '../lib/client.js';
import { mp3, wav } from '../lib/audio.js';
import { als } from '../lib/als.js';
import {
  addSets,
  artistOpener,
  audioFile,
  begin,
  button,
  captionOf,
  giveAudio,
  inList,
  list,
  makeArtist,
  savedTracks,
  summaryFile,
} from '../lib/desk.js';

const { stack, open } = await startDesk();

const saved = (artist, names) =>
  savedTracks(
    stack,
    artist,
    names.map((name) => [name, `The caption of ${name}`]),
  );

const openArtist = artistOpener(open);

test(
  'Escape empties the search; Delete hands the focus to the next row',
  { skip },
  async () => {
    await saved('Focus', ['Ape', 'Bee', 'Cat']);
    const { page, context, faults } = await openArtist('Focus');
    const search = page.getByRole('searchbox', { name: 'Search tracks' });
    await search.fill('Bee');
    await inList(page, 'Ape').waitFor({ state: 'detached' });
    await search.press('Escape');
    await inList(page, 'Ape').waitFor();
    await button(page, 'Delete Bee').press('Enter');
    await button(page, 'Delete track').press('Enter');
    await page.getByText('2/2 ready').waitFor();
    await page.waitForFunction(() =>
      document.activeElement.matches('#tracks .pick'),
    );
    assert.match(
      await page.evaluate(() => document.activeElement.innerText),
      /^Cat/,
    );
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test('the playhead moves with the frames', { skip }, async () => {
  const { page, context, faults } = await open();
  await begin(page, 'Frames', [summaryFile('frames-1', 'Glide')]);
  await giveAudio(page, {
    name: 'Glide.wav',
    mimeType: 'audio/wav',
    buffer: wav(31, { rate: 8000, channels: 1 }),
  });
  await page.getByText('0:00 / 0:31').waitFor();
  // Counted are pictures, not the player's own four events a second.
  await page.evaluate(() => {
    window.painted = 0;
    window.events = 0;
    const { getContext } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.getContext = function (...given) {
      window.painted++;
      return getContext.apply(this, given);
    };
    document
      .getElementById('audio')
      .addEventListener('timeupdate', () => window.events++);
  });
  await button(page, 'Play').click();
  await page.waitForFunction(
    () => window.painted > 20 && window.painted > 2 * window.events,
  );
  assert.deepEqual(faults, []);
  await context.close();
});

test(
  'a track that is deleted while it uploads does not come back',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await begin(page, 'Away', [summaryFile('away-1', 'Gone')]);
    await giveAudio(page, audioFile('Gone.mp3', mp3(40)));
    await captionOf(page).fill('Soon gone');
    let go;
    const held = new Promise((resolve) => {
      go = resolve;
    });
    await page.route('**/api/train/save', async (route) => {
      await held;
      await route.fallback().catch(() => {}); // it was canceled
    });
    await button(page, 'Save & Next').click();
    await inList(page, 'Gone').getByText('Uploading').waitFor();
    await button(page, 'Delete Gone').click();
    await button(page, 'Delete track').click();
    await page
      .getByRole('region', { name: 'Uploads' })
      .waitFor({ state: 'hidden' });
    go();
    await inList(page, 'Gone').getByText('Not started').waitFor();
    await page.reload();
    await inList(page, 'Gone').getByText('Not started').waitFor();
    assert.equal(
      await page.getByRole('region', { name: 'Uploads' }).isVisible(),
      false,
    );
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'equal sets are told to be one; files of one name show their folders',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await makeArtist(page, 'Equals');
    const set = als();
    await addSets(
      page,
      ['Copy.als', 'Original.als'].map((name) => ({
        name,
        mimeType: 'application/octet-stream',
        buffer: set,
      })),
    );
    await page
      .getByText(
        'Copy.als, Original.als: these are the same set, so it is here once.',
      )
      .waitFor();
    assert.equal(await list(page).getByRole('listitem').count(), 1);
    // As a folder is dropped: two of one name in different places.
    await page.evaluate(async () => {
      const { importAll } = await import('/js/importer.js');
      const file = (size) =>
        new File([new Uint8Array(size)], 'bounce.mp3', { type: 'audio/mpeg' });
      await importAll([
        { file: file(2000), path: 'Monday/bounce.mp3' },
        { file: file(3000), path: 'Tuesday/bounce.mp3' },
      ]);
    });
    await page.getByText('Monday/bounce.mp3').waitFor();
    await page.getByText('Tuesday/bounce.mp3').waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'an export is seen after a reload, its end is told; canceled, it changes nothing',
  { skip },
  async () => {
    const artistId = await saved('Exported', ['One', 'Two']);
    const { page, context, faults } = await openArtist('Exported');
    await page.getByText('2/2 ready').waitFor();
    // An export that runs elsewhere, as the server tells of it.
    let running = {
      itemsDone: 1,
      itemCount: 2,
      bytesDone: 500000,
      bytes: 1000000,
      conversionsDone: 0,
      conversionCount: 0,
      layout: 'plan',
      startedAt: new Date().toISOString(),
    };
    let canceled = null;
    await page.route('**/api/train/export?*', (route) =>
      route.fulfill({ json: { running } }),
    );
    await page.route('**/api/train/export/cancel', (route) => {
      canceled = route.request().postDataJSON();
      running = null;
      return route.fulfill({ status: 202, json: {} });
    });
    await page.reload();
    await page.getByText('1/2 tracks, 500 kB of 1.0 MB').waitFor();
    await page.waitForFunction(() => /^Exporting/.test(document.title));
    await page
      .locator('#dataset-head')
      .getByRole('button', { name: 'Cancel' })
      .click();
    await page.getByText('The export has ended.').waitFor({
      state: 'attached',
    });
    assert.deepEqual(canceled, { artistId });
    assert.equal(await button(page, 'Export Dataset').isEnabled(), true);
    await page.getByText('2/2 ready').waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'Save & Next and the count are in sight at 1280 × 720 and on a phone',
  { skip },
  async () => {
    for (const viewport of [
      { width: 1280, height: 720 },
      { width: 390, height: 780 },
    ]) {
      const { page, context, faults } = await open({ viewport });
      await begin(page, `Small ${viewport.width}`, [
        summaryFile(`small-${viewport.width}`, 'Sight'),
      ]);
      await giveAudio(page, audioFile('Sight.mp3', mp3(31)));
      await captionOf(page).fill('House at 99 BPM in the sun '.repeat(12));
      const box = await page
        .locator('.finish')
        .getByRole('button', { name: 'Save & Next' })
        .boundingBox();
      assert.ok(
        box.y >= 0 && box.y + box.height <= viewport.height,
        JSON.stringify({ viewport, box }),
      );
      if (viewport.width > 1000) {
        const count = await page.getByText('0/1 ready').boundingBox();
        assert.ok(count.y >= 0 && count.y + count.height <= viewport.height);
      }
      assert.deepEqual(faults, []);
      await context.close();
    }
  },
);

test(
  'with forced colors the selected row is told apart',
  { skip },
  async () => {
    await saved('Forced', ['Left', 'Right']);
    const { page, context, faults } = await openArtist('Forced', {
      forcedColors: 'active',
    });
    await inList(page, 'Left').getByRole('button').first().click();
    await page.getByRole('heading', { name: 'Left' }).waitFor();
    const outline = (name) =>
      inList(page, name)
        .getByRole('button')
        .first()
        .evaluate((node) => getComputedStyle(node).outlineStyle);
    await button(page, 'Play').focus();
    assert.ok(await soon(async () => (await outline('Left')) === 'solid'));
    assert.notEqual(await outline('Right'), 'solid');
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'a reload amid an import: what was read is queued, in its order',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await makeArtist(page, 'Broken off');
    // The server never gets to the third.
    await page.route(/\/api\/library\?.*Third/, () => {});
    await addSets(
      page,
      ['First', 'Second', 'Third'].map((name) =>
        summaryFile(`broken-off-${name}`, name),
      ),
    );
    await page.getByText('2/3 sets read').waitFor();
    const { artists } = (await call(stack, 'GET', '/api/artists')).body;
    const { id } = artists.find(({ name }) => name === 'Broken off');
    const queued = async () =>
      (await call(stack, 'GET', `/api/train/items?artistId=${id}`)).body.items;
    assert.ok(await soon(async () => (await queued()).length === 2));
    await page.reload();
    await inList(page, 'Second').getByText('Needs audio').waitFor();
    assert.deepEqual(await list(page).locator('.name').allInnerTexts(), [
      'First',
      'Second',
    ]);
    assert.equal(await list(page).getByText('Needs audio').count(), 2);
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'the server is away: it is said, rows keep their state, and it goes on',
  { skip },
  async () => {
    await saved('Unreached', ['Ape', 'Bee']);
    const { page, context, faults } = await openArtist('Unreached');
    await page.getByText('2/2 ready').waitFor();
    await addSets(page, [summaryFile('away-3', 'Cat')]);
    await inList(page, 'Cat').getByRole('button').first().click();
    await page.getByRole('heading', { name: 'Cat' }).waitFor();
    await giveAudio(page, audioFile('Cat.mp3', mp3(33)));
    await captionOf(page).fill('House at 124 BPM');
    const away = 'The server cannot be reached.';
    await page.route('**/api/**', (route) => route.abort());
    await button(page, 'Save & Next').click();
    await page.getByText(/cannot be reached.*Trying again in \d+ s…/).waitFor();
    await button(page, 'Delete Bee').click();
    await button(page, 'Delete track').click();
    await page.getByText(`Bee was not deleted. ${away}`).waitFor();
    await page
      .getByRole('region', { name: 'Tracks', exact: true })
      .getByRole('alert')
      .filter({ hasText: away })
      .waitFor();
    for (const [name, is] of [
      ['Ape', 'Ready'],
      ['Bee', 'Ready'],
      ['Cat', 'Uploading'],
    ])
      await inList(page, name).getByText(is).waitFor();
    await page.unroute('**/api/**');
    // The next try may be half a minute away, unless the browser is online anew.
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.getByText('3/3 ready').waitFor();
    await page
      .getByRole('alert')
      .filter({ hasText: away })
      .waitFor({ state: 'hidden' });
    assert.deepEqual(faults, []);
    await context.close();
  },
);
