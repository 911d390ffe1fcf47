// Steps on the page that several of its tests take, by roles and labels.
import assert from 'node:assert/strict';
import { mp3 } from './audio.js';
import { call, save, soon, SUMMARY } from './client.js';

export const SECTIONS = [
  { name: 'Intro', startSec: 0, sec: 10 },
  { name: 'Drop', startSec: 10, sec: 18 },
  { name: 'Outro', startSec: 28, sec: 12 },
];

export const summaryFile = (parseId, name, more = {}) => ({
  name: `${name}.json`,
  mimeType: 'application/json',
  buffer: Buffer.from(
    JSON.stringify({
      parseId,
      alsFilename: `${name}.als`,
      projectName: name,
      summary: { ...SUMMARY, sections: SECTIONS, ...more },
    }),
  ),
});
export const audioFile = (name, buffer) => ({
  name,
  mimeType: 'audio/mpeg',
  buffer,
});

export const wavFile = (name, buffer) => ({
  name,
  mimeType: 'audio/wav',
  buffer,
});

export async function makeArtist(page, name) {
  await page.getByRole('button', { name: 'New artist' }).click();
  const dialog = page.getByRole('dialog', { name: 'New artist' });
  await dialog.getByLabel('Artist name').fill(name);
  await dialog.getByRole('button', { name: 'Make artist' }).click();
  await page
    .getByRole('combobox', { name: 'Artist' })
    .locator('option:checked')
    .and(page.getByText(name, { exact: true }))
    .waitFor({ state: 'attached' });
}

export async function giveSchema(page) {
  await page.getByRole('button', { name: 'Master schema' }).click();
  const dialog = page.getByRole('dialog', { name: 'Master schema' });
  await dialog.getByLabel('Genre').fill('deep house');
  await dialog.getByLabel('Moods').fill('warm, hypnotic');
  await dialog.getByRole('button', { name: 'Save schema' }).click();
  await dialog.waitFor({ state: 'hidden' });
}

export const addSets = (page, files) =>
  page
    .getByLabel('Add sets (.als, or a summary as .json)')
    .setInputFiles(files);
// Files as if they were those of a folder.
export async function addBounces(page, files) {
  const input = page.getByLabel('Add a folder of sets and bounces');
  await input.evaluate((node) => node.removeAttribute('webkitdirectory'));
  await input.setInputFiles(files);
}
export const giveAudio = (page, file) =>
  page
    .getByLabel(/Choose/)
    .first()
    .setInputFiles([file]);
export const captionOf = (page) =>
  page.getByRole('textbox', { name: 'Caption', exact: true });
// Once the caption's field has this text, which comes after the rest of a track.
export async function captionIs(page, text) {
  let value;
  await soon(async () => (value = await captionOf(page).inputValue()) === text);
  assert.equal(value, text);
}
// Once what `look` finds on the page is true. It may be asynchronous, which
// waitForFunction does not wait for.
export async function until(page, look, arg) {
  assert.ok(await soon(() => page.evaluate(look, arg)), `never: ${look}`);
}
// Once its draft is kept, a reload finds it.
export const keptCaption = (page, text) =>
  until(
    page,
    async (caption) => {
      const { list: all } = await import('/js/kept.js');
      const drafts = await all('drafts');
      return drafts.some(([, draft]) => draft.caption === caption);
    },
    text,
  );
// Once all bounces are heard: the text of how far that is moves the buttons
// below it, and a click that begins on one and ends next to it does not count.
export const heard = (page) =>
  until(page, async () => {
    const { state } = await import('/js/state.js');
    return state.loose.every(({ later, ear }) => later || ear);
  });
export const button = (page, name) =>
  page.getByRole('button', { name, exact: true });

// An artist with a schema and these sets, made on the page.
export async function begin(page, artist, sets) {
  await makeArtist(page, artist);
  await giveSchema(page);
  await addSets(page, sets);
  await page
    .getByRole('heading', {
      name: JSON.parse(sets[0].buffer).projectName,
      exact: true, // "Ode" is in "Model"
    })
    .waitFor();
}

// An artist with saved tracks, [name, caption, bpm], made by the API; its id.
export async function savedTracks(stack, artist, tracks) {
  const { id: artistId } = (
    await call(stack, 'POST', '/api/artists', { json: { name: artist } })
  ).body;
  for (const [name, caption, bpm] of tracks) {
    const parseId = `${artist}-${name}`.toLowerCase().replaceAll(' ', '-');
    await call(stack, 'POST', `/api/library?artistId=${artistId}`, {
      json: {
        parseId,
        alsFilename: `${name}.als`,
        projectName: name,
        summary: { ...SUMMARY, ...(bpm && { tempo: { bpm } }) },
      },
    });
    const answer = await save(stack, { artistId, parseId }, mp3(31), {
      promptText: caption,
    });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
  }
  return artistId;
}

export const list = (page) =>
  page.getByRole('list', { name: 'Tracks', exact: true });
export const inList = (page, name) =>
  list(page).getByRole('listitem').filter({ hasText: name });
export const pick = (page, name) =>
  inList(page, name).getByRole('button').first();

// A function that opens a page with the artist of that name.
export const artistOpener = (open) => async (name, options) => {
  const opened = await open(options);
  await opened.page
    .getByRole('combobox', { name: 'Artist' })
    .selectOption({ label: name });
  return opened;
};

// The server's health, but for these members.
export const healthIs = (page, members) =>
  page.route('**/api/health', async (route) => {
    const response = await route.fetch();
    const json = { ...(await response.json()), ...members };
    await route.fulfill({ response, json });
  });

// A browser that takes a second to read a draft; window.draftsAsked and
// draftsRead: how many.
export const slowDrafts = () => {
  window.draftsAsked = window.draftsRead = 0;
  const { get } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.get = function slowGet(key) {
    const real = get.call(this, key);
    if (this.name !== 'drafts') return real;
    const late = {};
    window.draftsAsked++;
    real.onsuccess = () =>
      setTimeout(() => {
        late.result = real.result;
        late.onsuccess();
        window.draftsRead++;
      }, 1000);
    return late;
  };
};
