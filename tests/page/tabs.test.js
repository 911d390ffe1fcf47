// Goal: two tabs are one desk: each shows at once what the other has dropped,
// paired, saved and deleted; a set that both save is asked about; and a tab
// that still uploads says so in its title and before it is closed.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { skip, startDesk } from '../lib/browser.js';
import { call, save, soon } from '../lib/client.js';
import { mp3 } from '../lib/audio.js';
import {
  addBounces,
  audioFile,
  begin,
  button,
  captionIs,
  captionOf,
  giveAudio,
  inList,
  keptCaption,
  pick,
  slowDrafts,
  summaryFile,
  until,
} from '../lib/desk.js';

const { stack, open } = await startDesk();

async function artistOf(name) {
  const { artists } = (await call(stack, 'GET', '/api/artists')).body;
  return artists.find((a) => a.name === name).id;
}
const captionsOf = async (artistId) =>
  (
    await call(
      stack,
      'GET',
      `/api/train/items?artistId=${artistId}&status=ready`,
    )
  ).body.items
    .map((i) => i.promptText)
    .sort();

async function twoTabs(artist, names) {
  const { page, context, faults } = await open();
  await begin(
    page,
    artist,
    names.map((name) => summaryFile(`${artist}-${name}`, name)),
  );
  await inList(page, names.at(-1)).waitFor();
  const other = await context.newPage();
  other.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  await other.goto(page.url());
  await inList(other, names.at(-1)).waitFor();
  return { page, other, context, faults };
}

test(
  'what one tab drops, pairs, saves and deletes, the other shows',
  { skip },
  async () => {
    const { page, other, context, faults } = await twoTabs('Tabs', [
      'Alpha',
      'Beta',
    ]);
    await addBounces(page, [
      audioFile('Alpha.mp3', mp3(31)),
      audioFile('take.mp3', mp3(500)),
    ]);
    await inList(other, 'Alpha').getByText('Not saved yet').waitFor();
    await other.getByRole('region', { name: '1 bounce to check' }).waitFor();
    const choice = page.getByRole('combobox', { name: 'Set of take.mp3' });
    await choice.click();
    await choice.selectOption({ label: 'Beta' });
    await inList(other, 'Beta').getByText('Not saved yet').waitFor();
    await other
      .getByRole('region', { name: /to check/ })
      .waitFor({ state: 'hidden' });

    await pick(page, 'Alpha').click();
    await captionOf(page).fill('House at 124 BPM');
    await button(page, 'Save & Next').click();
    await inList(other, 'Alpha').getByText('Ready').waitFor();
    await other.getByText('1/2 ready').waitFor();
    await button(page, 'Delete Alpha').click();
    await button(page, 'Delete track').click();
    await inList(other, 'Alpha').getByText('Not started').waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'what one tab settles while another listens to it stays settled',
  { skip },
  async () => {
    const { page, other, context, faults } = await twoTabs('Listening', [
      'Gamma',
      'Delta',
    ]);
    let heard;
    const isAsked = new Promise((asked) => {
      context.route('**/api/train/match?*', async (route) => {
        await new Promise((go) => {
          heard = go;
          asked();
        });
        await route.continue();
      });
    });
    await addBounces(other, [
      audioFile('Delta.mp3', mp3(31)),
      audioFile('take.mp3', mp3(500)),
    ]);
    await isAsked;
    const choice = page.getByRole('combobox', { name: 'Set of take.mp3' });
    await choice.click();
    await choice.selectOption({ label: 'Gamma' });
    await inList(page, 'Gamma').getByText('Not saved yet').waitFor();
    const answered = other.waitForResponse('**/api/train/match?*');
    heard();
    await answered;
    await inList(other, 'Gamma').getByText('Not saved yet').waitFor();
    for (const tab of [other, page]) {
      await tab.reload();
      await inList(tab, 'Gamma').getByText('Not saved yet').waitFor();
      assert.equal(
        await tab.getByRole('region', { name: /to check/ }).isVisible(),
        false,
      );
    }
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'a set that both tabs save: a new version, in its place, or not at all',
  { skip },
  async () => {
    const names = ['Dub', 'Echo', 'Fog'];
    const { page, other, context, faults } = await twoTabs('Twice', names);
    const artistId = await artistOf('Twice');
    for (const [name, answer] of [
      ['Dub', 'New version'],
      ['Echo', 'Replace'],
      ['Fog', 'Do not save'],
    ]) {
      await pick(page, name).click();
      await page.getByRole('heading', { name, exact: true }).waitFor();
      await giveAudio(page, audioFile(`${name}.mp3`, mp3(31)));
      await captionOf(page).fill(`${name} of the first`);
      await pick(other, name).click();
      await other.getByRole('heading', { name, exact: true }).waitFor();
      await giveAudio(other, audioFile(`${name} two.mp3`, mp3(32)));
      await other.getByText(`${name} two.mp3, `).waitFor();
      await captionOf(other).fill(`${name} of the second`);

      await button(page, 'Save & Next').click();
      await inList(other, name).getByText('Ready').waitFor();
      await button(other, 'Save & Next').click();
      const dialog = other.getByRole('dialog', {
        name: `“${name}” was saved meanwhile`,
      });
      await dialog.getByRole('button', { name: answer }).click();
      await dialog.waitFor({ state: 'hidden' });
      const wanted = {
        Dub: ['Dub of the first', 'Dub of the second'],
        Echo: ['Echo of the second'],
        Fog: ['Fog of the first'],
      }[name];
      const found = async () =>
        (await captionsOf(artistId)).filter((c) => c.startsWith(name));
      await soon(async () => (await found()).join() === wanted.join());
      assert.deepEqual(await found(), wanted);
    }
    await other
      .getByText(
        'It was saved in another tab or on another computer. Yours was not saved.',
      )
      .first()
      .waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'what one tab has sent the other does not send again',
  { skip },
  async () => {
    const { page, other, context, faults } = await twoTabs('Once', ['Rune']);
    // A tab that learns late that its turn to send is over.
    await page.evaluate(() => {
      const { request } = navigator.locks;
      navigator.locks.request = async (...given) => {
        const answer = await request.apply(navigator.locks, given);
        await new Promise((go) => setTimeout(go, 1500));
        return answer;
      };
    });
    let sent = 0;
    other.on('request', (r) => {
      if (r.url().endsWith('/api/train/save')) sent++;
    });
    await giveAudio(page, audioFile('Rune.mp3', mp3(31)));
    await captionOf(page).fill('A rune');
    await button(page, 'Save & Next').click();
    for (const tab of [page, other]) {
      await tab.getByText('1/1 ready').waitFor();
      await tab
        .getByRole('region', { name: 'Uploads' })
        .waitFor({ state: 'hidden' });
    }
    assert.equal(sent, 0);
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'an upload canceled in either tab is sent by neither',
  { skip },
  async () => {
    const { page, other, context, faults } = await twoTabs('Canceled', [
      'Lull',
    ]);
    let sent = 0;
    await context.route('**/api/train/save', () => void sent++); // no answer
    for (const tab of [other, page]) await pick(tab, 'Lull').click();
    await giveAudio(page, audioFile('Lull.mp3', mp3(31)));
    await captionOf(page).fill('A lullaby');
    const cancel = (tab) =>
      tab.getByRole('button', { name: 'Cancel the upload of Lull' });
    for (const [tab, saves] of [
      [page, 1],
      [other, 2],
    ]) {
      const request = page.waitForRequest('**/api/train/save');
      await button(page, 'Save & Next').click();
      await request;
      await cancel(other).waitFor();
      await cancel(tab).click();
      for (const each of [page, other]) {
        await cancel(each).waitFor({ state: 'detached' });
        await inList(each, 'Lull').getByText('To review').waitFor();
      }
      assert.equal((await request).failure()?.errorText, 'net::ERR_ABORTED');
      assert.equal(sent, saves);
      await pick(page, 'Lull').click();
      await page.getByText('Lull.mp3, ').waitFor();
    }
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'audio that another tab has replaced in the draft is saved after a reload',
  { skip },
  async () => {
    const { page, other, context, faults } = await twoTabs('Kept', ['Vault']);
    for (const tab of [page, other]) await pick(tab, 'Vault').click();
    await giveAudio(page, audioFile('Vault one.mp3', mp3(31)));
    await captionOf(page).fill('A vault');
    await keptCaption(page, 'A vault');
    await other.getByText('Vault one.mp3, ').waitFor();
    await giveAudio(other, audioFile('Vault two.mp3', mp3(32)));
    await until(other, async () => {
      const { list: all } = await import('/js/kept.js');
      return (await all('files')).every(([, f]) => f.name === 'Vault two.mp3');
    });
    await other.close();
    await page.route('**/api/train/save', () => {}, { times: 1 }); // no answer
    const request = page.waitForRequest('**/api/train/save');
    await button(page, 'Save & Next').click();
    await request;
    await page.reload();
    await inList(page, 'Vault').getByText('Ready').waitFor();
    assert.deepEqual(await captionsOf(await artistOf('Kept')), ['A vault']);
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'what is typed while another tab’s draft is read stays',
  { skip },
  async () => {
    const { page, other, context, faults } = await twoTabs('Typed', ['Ode']);
    for (const tab of [page, other]) {
      await pick(tab, 'Ode').click();
      await tab.getByRole('heading', { name: 'Ode', exact: true }).waitFor();
    }
    await other.evaluate(slowDrafts);
    await captionOf(page).fill('From the first');
    // Once to tell what it is, once to show it.
    await other.waitForFunction(() => window.draftsAsked === 2);
    await captionOf(other).fill('From the second');
    await other.waitForFunction(() => window.draftsRead >= 2);
    await other.evaluate(() => new Promise((go) => setTimeout(go)));
    await captionIs(other, 'From the second');
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'what another computer saved asks too; the list is renewed on focus',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await begin(page, 'Elsewhere', [summaryFile('elsewhere-1', 'Gong')]);
    await giveAudio(page, audioFile('Gong.mp3', mp3(31)));
    await captionOf(page).fill('A gong');
    const artistId = await artistOf('Elsewhere');
    const answer = await save(
      stack,
      { artistId, parseId: 'elsewhere-1' },
      mp3(33),
      { promptText: 'Saved elsewhere' },
    );
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    await button(page, 'Save & Next').click();
    await page
      .getByRole('dialog', { name: '“Gong” was saved meanwhile' })
      .getByRole('button', { name: 'Replace' })
      .click();
    await page.getByText('1/1 ready').waitFor();
    assert.deepEqual(await captionsOf(artistId), ['A gong']);

    // Half a minute later, somebody looks at the page again.
    await page.clock.install();
    await page.clock.setFixedTime(Date.now() + 60000);
    const [item] = (
      await call(stack, 'GET', `/api/train/items?artistId=${artistId}`)
    ).body.items;
    await call(stack, 'PATCH', `/api/train/items/${item.id}`, {
      json: { promptText: 'Changed elsewhere' },
    });
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await page.clock.runFor(1000);
    await page
      .getByRole('searchbox', { name: 'Search tracks' })
      .fill('Changed elsewhere');
    await page.clock.runFor(1000);
    await inList(page, 'Gong').waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'a tab that uploads says how far it is, and warns before it is closed',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await begin(page, 'Leaving', [summaryFile('leaving-1', 'Hymn')]);
    await giveAudio(page, audioFile('Hymn.mp3', mp3(40)));
    await captionOf(page).fill('A hymn');
    let go;
    const held = new Promise((resolve) => {
      go = resolve;
    });
    await page.route('**/api/train/save', async (route) => {
      await held;
      await route.fallback();
    });
    assert.equal(await page.title(), 'Trainmode');
    await button(page, 'Save & Next').click();
    await page.waitForFunction(() => /^1 upload.* · /.test(document.title));
    const asked = page.waitForEvent('dialog');
    await page.close({ runBeforeUnload: true });
    const dialog = await asked;
    assert.equal(dialog.type(), 'beforeunload');
    await dialog.dismiss();
    go();
    await page.getByText('1/1 ready').waitFor();
    await page.waitForFunction(() => document.title === 'Trainmode');
    assert.deepEqual(faults, []);
    // Now it closes without a word.
    const closed = page.waitForEvent('close');
    await page.close({ runBeforeUnload: true });
    await closed;
    await context.close();
  },
);
