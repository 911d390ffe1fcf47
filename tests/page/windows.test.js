// Goal: a saved track is cut into windows on its page; one is heard in a loop,
// its caption read and edited, excluded and included again, by mouse and by
// keys; changes are on the server at once, and Undo takes them back.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { skip, startDesk } from '../lib/browser.js';
import { call, save, soon } from '../lib/client.js';
import { bounceOf, song, summaryOf } from '../lib/song.js';
import { wav } from '../lib/audio.js';
import { button } from '../lib/desk.js';

const { stack, open } = await startDesk();

// An artist with one saved track.
async function track(artist, audio, summary) {
  const { id: artistId } = (
    await call(stack, 'POST', '/api/artists', { json: { name: artist } })
  ).body;
  const parseId = `set-${artist.toLowerCase()}`;
  const set = await call(stack, 'POST', `/api/library?artistId=${artistId}`, {
    json: { parseId, alsFilename: 'Song.als', projectName: 'Song', summary },
  });
  assert.equal(set.status, 201, JSON.stringify(set.body));
  const saved = await save(stack, { artistId, parseId }, audio, {
    promptText: 'Music at 124 BPM',
  });
  assert.equal(saved.status, 201, JSON.stringify(saved.body));
  return { artistId, id: saved.body.trainingItemId };
}

const windowsOf = async ({ id }) =>
  (await call(stack, 'GET', `/api/train/items/${id}/windows`)).body.windows;

async function openTrack(artist) {
  const opened = await open();
  const { page } = opened;
  await page
    .getByRole('combobox', { name: 'Artist' })
    .selectOption({ label: artist });
  await page
    .getByRole('list', { name: 'Tracks', exact: true })
    .getByRole('listitem')
    .filter({ hasText: 'Song' })
    .getByRole('button')
    .first()
    .click();
  await page.getByRole('heading', { name: 'Song', exact: true }).waitFor();
  return opened;
}

const lane = (page) => page.getByRole('list', { name: 'Windows' });
const text = (page) =>
  page.getByRole('textbox', { name: 'Caption of the window' });

test(
  'windows are made, heard, changed, left out, and taken back',
  { skip },
  async () => {
    const music = song(5, { bars: 48 });
    const t = await track(
      'Windowed',
      bounceOf(music),
      summaryOf(music, 'Song'),
    );
    const { page, context, faults } = await openTrack('Windowed');
    await page
      .getByText('A caption for each 30 seconds, from what sounds in them.')
      .waitFor();
    assert.equal(await lane(page).isVisible(), false);
    await button(page, 'Generate windows').click();
    await page
      .getByRole('heading', { name: /^Window 1 of \d$/ })
      .waitFor({ timeout: 60000 });
    const made = await windowsOf(t);
    assert.equal(await lane(page).getByRole('button').count(), made.length);
    assert.equal(await text(page).inputValue(), made[0].promptText);
    assert.deepEqual(
      await page
        .getByRole('list', { name: 'What sounds in it' })
        .getByRole('listitem')
        .allInnerTexts(),
      made[0].sounds,
    );
    assert.equal(
      await page
        .getByText('It is not certain where in the set this audio is')
        .isVisible(),
      false,
    );

    // What its words rest on is underlined, and said in words.
    const marks = page.locator('#window-marks [data-rests]');
    await marks.first().waitFor({ state: 'attached' });
    assert.ok((await marks.allInnerTexts()).includes('124 BPM'));
    const legend = page.locator('#window-evidence');
    await legend.getByText(/^Underlined words rest on /).click();
    await legend
      .getByRole('button', { name: 'Show “124 BPM” in the caption' })
      .click();
    assert.equal(
      await text(page).evaluate((f) =>
        f.value.slice(f.selectionStart, f.selectionEnd),
      ),
      '124 BPM',
    );

    // Enter keeps it and goes on, like in the table.
    await text(page).fill('Drums of my own at 124 BPM');
    await text(page).press('Enter');
    await page.getByRole('heading', { name: /^Window 2 of/ }).waitFor();
    assert.ok(
      await soon(
        async () =>
          (await windowsOf(t))[0].promptText === 'Drums of my own at 124 BPM',
      ),
    );
    assert.equal((await windowsOf(t))[0].edited, true);
    await page.getByText('Window 2').first().click();
    await page
      .getByRole('button', { name: 'Undo', exact: true })
      .first()
      .click();
    assert.ok(
      await soon(
        async () => (await windowsOf(t))[0].promptText === made[0].promptText,
      ),
    );

    // By keys, and round.
    await page.getByRole('heading', { name: 'Song', exact: true }).click();
    await page.keyboard.press(',');
    await page.getByRole('heading', { name: /^Window 1 of/ }).waitFor();
    await page.keyboard.press(',');
    await page
      .getByRole('heading', { name: new RegExp(`^Window ${made.length} of`) })
      .waitFor();
    await lane(page)
      .getByRole('button', { name: /^Window 2,/ })
      .click();
    // Which is still the same button, for those who go on by Tab.
    assert.match(
      await page.evaluate(() => document.activeElement.ariaLabel ?? ''),
      /^Window 2,/,
    );

    // Heard in a loop: from its end to its beginning.
    await button(page, 'Play window').click();
    await button(page, 'Pause').first().waitFor();
    await page.evaluate((end) => {
      document.getElementById('audio').currentTime = end - 0.3;
    }, made[1].endSec);
    await page.waitForFunction(
      ([from, to]) => {
        const { currentTime } = document.getElementById('audio');
        return currentTime >= from - 0.1 && currentTime < to - 1;
      },
      [made[1].startSec, made[1].endSec],
    );
    await page.evaluate(() => document.getElementById('audio').pause());
    await button(page, 'Play window').waitFor();

    await page.getByLabel('Leave it out of datasets').check();
    await lane(page)
      .getByRole('button', { name: /^Window 2,.*left out/ })
      .waitFor();
    assert.ok(await soon(async () => (await windowsOf(t))[1].excluded));
    await page
      .getByText(`${made.length} windows, ${made.length - 1} in the dataset`)
      .waitFor();

    // After a reload everything is unchanged.
    await page.reload();
    await lane(page)
      .getByRole('button', { name: /^Window 2,.*left out/ })
      .waitFor();

    // Who goes on by keys, to another track, has it kept too.
    await text(page).fill('Typed and left at 124 BPM');
    await text(page).press('Control+Enter');
    await text(page).waitFor({ state: 'hidden' });
    assert.ok(
      await soon(
        async () =>
          (await windowsOf(t))[0].promptText === 'Typed and left at 124 BPM',
      ),
    );
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test('windows of those that are selected', { skip }, async () => {
  const music = song(11, { bars: 20 });
  const t = await track('Many', bounceOf(music), summaryOf(music, 'Song'));
  const { page, context, faults } = await openTrack('Many');
  await button(page, 'Generate windows').first().waitFor();
  await page.keyboard.press('x');
  await page.getByText('1 selected').waitFor();
  await page
    .getByRole('button', { name: 'Generate windows' })
    .and(page.locator('#many-windows'))
    .click();
  await page
    .locator('#bulk-text')
    .filter({ hasText: '1/1 cut into windows' })
    .waitFor({ timeout: 60000 });
  const made = await windowsOf(t);
  assert.ok(made.length > 0);
  await page
    .getByRole('heading', { name: `Window 1 of ${made.length}` })
    .waitFor();

  // With a new caption the server remakes them: they are fetched again.
  await call(stack, 'PATCH', `/api/train/items/${t.id}/windows/0`, {
    json: { excluded: true },
  });
  await button(page, 'Write captions').click();
  await button(page, 'Write it').click();
  await lane(page)
    .getByRole('button', { name: /^Window 1,.*left out/ })
    .waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test(
  'where the audio lies is not known: said, and a failure too',
  { skip },
  async () => {
    await track(
      'Unsure',
      wav(70, { rate: 32000, channels: 1 }),
      summaryOf(song(9), 'Song'),
    );
    const { page, context, faults } = await openTrack('Unsure');
    await context.route('**/windows/generate', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          status: 503,
          code: 'database_unavailable',
          title: 'x',
          detail: 'the database cannot be reached',
        }),
      }),
    );
    await button(page, 'Generate windows').click();
    await page
      .getByRole('alert')
      .filter({ hasText: 'The database cannot be reached.' })
      .waitFor();
    await context.unroute('**/windows/generate');
    await button(page, 'Generate windows').click();
    await page
      .getByText('It is not certain where in the set this audio is')
      .waitFor({ timeout: 60000 });
    await button(page, 'Cut again').waitFor();
    assert.equal(
      await page
        .getByRole('alert')
        .filter({ hasText: 'The database' })
        .isVisible(),
      false,
    );
    assert.deepEqual(faults, []);
    await context.close();
  },
);
