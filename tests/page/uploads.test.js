// Goal: Save & Next hands over and goes on; several uploads run at once with
// progress; a browser that dies in the middle loses nothing and saves nothing
// twice; what the server refuses comes back with the reason.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { tempDir } from '../lib/stack.js';
import { skip, startDesk, startLastingBrowser } from '../lib/browser.js';
import { call } from '../lib/client.js';
import { mp3 } from '../lib/audio.js';
import {
  addBounces,
  audioFile,
  begin,
  button,
  captionIs,
  captionOf,
  giveAudio,
  summaryFile,
} from '../lib/desk.js';

const { stack, open } = await startDesk({ env: { MAX_AUDIO_MB: '1' } });

const uploads = (page) => page.getByRole('region', { name: 'Uploads' });
const names = ['Aria', 'Bolero', 'Canon', 'Dirge', 'Etude'];

// Five sets with their bounces, ready to be saved.
async function five(page, artist) {
  const sets = names.map((name) => summaryFile(`${artist}-${name}`, name));
  await begin(page, artist, sets);
  await page
    .getByRole('region', { name: 'Tracks' })
    .getByRole('button', { name: /^Etude/ })
    .waitFor();
  await addBounces(
    page,
    names.map((name) => audioFile(`${name}.mp3`, mp3(40))),
  );
  await page.getByText('5 bounces paired').waitFor();
}

async function saveNext(page, name) {
  await page.getByRole('heading', { name }).waitFor();
  await page.getByText(`${name}.mp3, `).waitFor();
  await captionOf(page).fill(`${name}, at 124 BPM`);
  await button(page, 'Save & Next').click();
}

async function slow(page, bytes) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 20,
    downloadThroughput: -1,
    uploadThroughput: bytes,
  });
  return devtools;
}

async function itemsOf(name) {
  const { artists } = (await call(stack, 'GET', '/api/artists')).body;
  const { id } = artists.find((a) => a.name === name);
  return (await call(stack, 'GET', `/api/train/items?artistId=${id}`)).body;
}

test(
  'the browser dies amid three uploads: the next one saves all five, once',
  { skip },
  async () => {
    const dir = tempDir('trainmode-browser-');
    const first = await startLastingBrowser(dir);
    const { page } = await first.open(stack.url);
    await five(page, 'Crash');
    await slow(page, 8000); // none is done before the last is here
    for (const name of names) await saveNext(page, name);
    await page.getByText('The last uploads are under way.').waitFor();
    await uploads(page)
      .getByText(/^\d+ kB of \d+ kB, .*\/s, \d+:\d\d left$/)
      .nth(2)
      .waitFor();
    assert.equal(
      await uploads(page)
        .getByText(/^\d+ kB of/)
        .count(),
      3,
    );
    assert.equal(
      await uploads(page).getByText('Waiting for its turn').count(),
      2,
    );
    await uploads(page)
      .getByText(/^5 uploads, .*\/s, \d+:\d\d left$/)
      .waitFor();
    await first.kill9();
    assert.equal((await itemsOf('Crash')).counts.ready, 0);

    const second = await startLastingBrowser(dir);
    const { page: again, faults } = await second.open(stack.url);
    await again.getByText('5/5 ready').waitFor();
    await uploads(again).waitFor({ state: 'hidden' });
    const { items, counts } = await itemsOf('Crash');
    assert.equal(counts.ready, 5);
    assert.deepEqual(
      items.map((i) => i.promptText).sort(),
      names.map((name) => `${name}, at 124 BPM`),
    );
    await again.reload();
    await again.getByText('5/5 ready').waitFor();
    assert.equal(await uploads(again).isVisible(), false);
    assert.equal(
      await again.evaluate(async () => {
        const { list } = await import('/js/kept.js');
        return (
          (await list('files')).length +
          (await list('uploads')).length +
          (await list('drafts')).length
        );
      }),
      0,
    );
    assert.deepEqual(faults, []);
    await second.context.close();
    fs.rmSync(dir, { recursive: true, force: true });
  },
);

test(
  'an answer that was lost is asked for again and saves nothing twice',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await begin(page, 'Lost', [summaryFile('lost-1', 'Fugue')]);
    await giveAudio(page, audioFile('Fugue.mp3', mp3(40)));
    let lost = 0;
    let again;
    const looked = new Promise((resolve) => {
      again = resolve;
    });
    await page.route('**/api/train/save', async (route) => {
      if (lost++) {
        await looked;
        return route.fallback();
      }
      await route.fetch();
      return route.abort('connectionreset');
    });
    await saveNext(page, 'Fugue');
    await uploads(page)
      .getByText(/cannot be reached.*Trying again in \d+ s…/)
      .waitFor();
    // If the user looks at it in the meantime, it turns into the saved item on
    // the screen.
    await page
      .getByRole('region', { name: 'Tracks' })
      .getByRole('button', { name: /^Fugue/ })
      .click();
    await page.getByText('“Fugue” is being uploaded.').waitFor();
    assert.equal(await captionOf(page).isEditable(), false);
    again();
    await page.getByText('1/1 ready').waitFor();
    await page.getByText('This one is ready for the dataset.').waitFor();
    await page.getByText(/^MP3, \d+ kB/).waitFor();
    await captionIs(page, 'Fugue, at 124 BPM');
    assert.equal((await itemsOf('Lost')).items.length, 1);
    assert.ok(lost > 1);
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'what is refused or canceled comes back; amid other work it says so',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await five(page, 'Refused');
    let answer;
    const asked = new Promise((resolve) => {
      answer = resolve;
    });
    let first = true;
    await page.route('**/api/train/save', async (route) => {
      if (!first) return route.fallback();
      first = false;
      await asked;
      return route.fulfill({
        status: 422,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          status: 422,
          code: 'not_audio',
          detail: 'Only hiss',
        }),
      });
    });
    await saveNext(page, 'Aria');
    await page.getByRole('heading', { name: 'Bolero' }).waitFor();
    await captionOf(page).fill('Meanwhile');
    answer();
    await page.getByText('Aria was not saved. Only hiss.').waitFor();
    await captionIs(page, 'Meanwhile');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('heading', { name: 'Aria' }).waitFor();
    await page.getByRole('alert').filter({ hasText: 'Only hiss.' }).waitFor();
    await captionIs(page, 'Aria, at 124 BPM');
    await page.getByText('Aria.mp3, ').waitFor();

    const devtools = await slow(page, 20000);
    await button(page, 'Save & Next').click();
    await uploads(page).getByText(/kB of/).first().waitFor();
    await page
      .getByRole('button', { name: 'Cancel the upload of Aria' })
      .click();
    await page
      .getByRole('alert')
      .filter({ hasText: 'Canceled. Nothing was saved.' })
      .waitFor();
    await page.getByRole('heading', { name: 'Aria' }).waitFor();
    await devtools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    });
    await button(page, 'Save & Next').click();
    await page.getByText('1/5 ready').waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'why it was refused stays, whatever is found out of the audio',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await begin(page, 'Reason', [
      summaryFile('reason-1', 'Gigue', { length: { sec: 20 } }),
    ]);
    // A player that takes long to know how long it is.
    await page.evaluate(() => {
      window.stopEvent = (event) => event.stopImmediatePropagation();
      addEventListener('loadedmetadata', window.stopEvent, true);
    });
    await giveAudio(page, audioFile('Gigue.mp3', mp3(40)));
    await page.route('**/api/train/save', (route) =>
      route.fulfill({
        status: 422,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          status: 422,
          code: 'not_audio',
          detail: 'Only hiss',
        }),
      }),
    );
    await saveNext(page, 'Gigue');
    const why = page.getByRole('alert').filter({ hasText: 'Only hiss.' });
    await why.waitFor();
    await page.waitForFunction(
      () => document.getElementById('audio').readyState > 0,
    );
    await page.evaluate(() => {
      removeEventListener('loadedmetadata', window.stopEvent, true);
      document
        .getElementById('audio')
        .dispatchEvent(new Event('loadedmetadata'));
    });
    await page.getByText('0:40 long, the set 0:20.').first().waitFor();
    assert.equal(await why.isVisible(), true);
    assert.deepEqual(faults, []);
    await context.close();
  },
);

test(
  'a bounce that is made anew while it waits: the page says so and takes the new one',
  { skip },
  async () => {
    const dir = tempDir('trainmode-bounce-');
    const { page, context, faults } = await open();
    await begin(page, 'Anew', [summaryFile('anew-Aria', 'Aria')]);
    const bounce = path.join(dir, 'Aria.mp3');
    fs.writeFileSync(bounce, mp3(40));
    await giveAudio(page, bounce);
    // The server is away, so it waits.
    await page.route('**/api/train/save', (route) => route.abort());
    await captionOf(page).fill('Aria, at 124 BPM');
    await button(page, 'Save & Next').click();
    await uploads(page)
      .getByText(/Trying again in/)
      .waitFor();
    const fresh = mp3(41);
    fs.writeFileSync(bounce, fresh);
    await page.unroute('**/api/train/save');
    await page
      .getByText(/Aria\.mp3 was bounced again, moved or deleted/)
      .first()
      .waitFor();
    assert.equal((await itemsOf('Anew')).counts.ready, 0);
    await giveAudio(page, bounce);
    await button(page, 'Save & Next').click();
    await page.getByText('1/1 ready').waitFor();
    const { items } = await itemsOf('Anew');
    assert.equal(
      items[0].audio.sha256,
      createHash('sha256').update(fresh).digest('hex'),
    );
    assert.equal(items[0].promptText, 'Aria, at 124 BPM');
    assert.deepEqual(faults, []);
    await context.close();
    fs.rmSync(dir, { recursive: true, force: true });
  },
);

test(
  'what the server refuses amid its body comes back with the reason',
  { skip },
  async () => {
    const { page, context, faults } = await open();
    await begin(page, 'Amid', [
      summaryFile('amid-1', 'Huge'),
      summaryFile('amid-2', 'Large'),
      summaryFile('amid-3', 'Words'),
    ]);
    const tries = [
      ['Huge', mp3(0, { bytes: 8e6 }), /larger than/], // nginx, by its header
      ['Large', mp3(0, { bytes: 4e6 }), /larger than the 1 MB/], // save.fcgi
      ['Words', Buffer.alloc(9e5, 'only words '), /send MP3/],
    ];
    await slow(page, 1500000);
    for (const [name, body, reason] of tries) {
      let answers = 0;
      page.on('response', (r) => {
        if (r.url().endsWith('/api/train/save')) answers++;
      });
      await page
        .getByRole('region', { name: 'Tracks' })
        .getByRole('button', { name: new RegExp(`^${name}`) })
        .click();
      await page.getByRole('heading', { name }).waitFor();
      await giveAudio(page, audioFile(`${name}.mp3`, body));
      await captionOf(page).fill('House at 124 BPM');
      await button(page, 'Save & Next').click();
      await page.getByText(reason).first().waitFor();
      assert.equal(await page.getByText('cannot be reached').count(), 0);
      assert.equal(answers, 1);
      // The desk was left alone, so it is there again.
      await page.getByRole('heading', { name }).waitFor();
      await page.getByRole('alert').filter({ hasText: reason }).waitFor();
    }
    assert.equal((await itemsOf('Amid')).counts.ready, 0);
    assert.deepEqual(faults, []);
    await context.close();
  },
);
