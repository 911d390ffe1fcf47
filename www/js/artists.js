// Pick, make, rename and delete an artist. All else on the page is of one
// artist, so a change of artist loads everything again.
import { opening, startAddress, wanted } from './address.js';
import { call } from './api.js';
import { loadDatasets } from './datasets.js';
import { ask, tryIn } from './dialogs.js';
import { loadDrafted } from './drafting.js';
import { byId, html, refill } from './html.js';
import { forget } from './kept.js';
import { work } from './late.js';
import { loadItems, loadSets } from './load.js';
import { notice } from './notices.js';
import { loadSchema } from './schema.js';
import { select, selectRemembered, selectTrack } from './select.js';
import { recall, remember, set, state, watch } from './state.js';
import { recallAside } from './tracks.js';

let renaming = null; // the artist that the dialog is about; null: a new one
let then = null; // what waits for an artist to be made
let turn = 0; // of opening one: an older one ends without a word

export function startArtists() {
  byId('artist-select').addEventListener('change', (e) =>
    chooseArtist(e.target.value),
  );
  byId('artist-new').addEventListener('click', () => openDialog(null));
  byId('artist-rename').addEventListener('click', () =>
    openDialog(currentArtist()),
  );
  byId('artist-delete').addEventListener('click', deleteArtist);
  byId('artist-form').addEventListener('submit', submit);
  byId('artist-dialog').addEventListener('close', () => {
    then = null;
  });
  startAddress(({ artist, track }) => openAddress(artist, track));
  watch(['artists', 'artistId', 'busy'], render);
}

export const currentArtist = () =>
  state.artists?.find((a) => a.id === state.artistId) || null;

// Throws if the server cannot say.
export async function loadArtists() {
  const { artists } = await call('GET', '/api/artists');
  const { artist, track, view } = wanted();
  set({ artists, view });
  await opening(() => openAddress(artist, track));
}

// The artist with that slug and track; otherwise what this browser had last.
async function openAddress(slug, track) {
  const { artists } = state;
  const named = artists.find((a) => a.slug === slug);
  const known = named || artists.find((a) => a.id === recall('artist'));
  const id = (known || artists[0])?.id || null;
  if (id !== state.artistId || !state.items) await openArtist(id, track);
  else await selectTrack(track);
}

// Ask for an artist, then go on with `work`.
export function askArtist(work) {
  openDialog(null);
  byId('artist-dialog-title').textContent = 'Whose music is it?';
  then = work;
}

function openDialog(artist) {
  renaming = artist;
  then = null;
  byId('artist-dialog-title').textContent = artist
    ? `Rename ${artist.name}`
    : 'New artist';
  byId('artist-save').textContent = artist ? 'Rename' : 'Make artist';
  byId('artist-name').value = artist?.name || '';
  byId('artist-error').hidden = true;
  byId('artist-dialog').showModal();
}

async function chooseArtist(id) {
  remember('selection', null);
  await openArtist(id);
}

async function openArtist(artistId, track) {
  const mine = ++turn;
  remember('artist', artistId);
  set({
    failed: null,
    artistId,
    schema: undefined,
    sets: null,
    items: null,
    top: null,
    counts: {},
    datasets: null,
    selection: null,
    draft: {},
    only: null,
    facts: new Map(),
  });
  recallAside(artistId);
  if (!artistId) {
    set({ schema: null, sets: [], items: [], datasets: [] });
    return;
  }
  const [here] = await Promise.all([
    work(),
    loadSchema(),
    loadSets(),
    loadItems(),
    loadDrafted(),
    loadDatasets(),
  ]);
  if (mine !== turn || !here) return;
  (await import('./pairs.js')).loadLoose();
  if (state.sets && state.items) {
    // Somebody has chosen one of the first while the rest came.
    if (state.selection) return;
    await (track ? selectTrack(track) : selectRemembered());
    return;
  }
  set({
    failed: {
      text: byId('tracks-error').textContent,
      again: () => openArtist(artistId, track),
    },
  });
}

async function submit(event) {
  event.preventDefault();
  const name = byId('artist-name').value.trim();
  let opened = state.artistId;
  const done = await tryIn(
    byId('artist-save'),
    byId('artist-error'),
    async () => {
      const artist = renaming
        ? await call('PATCH', `/api/artists/${renaming.id}`, { body: { name } })
        : await call('POST', '/api/artists', { body: { name } });
      list(artist);
      opened = artist.id;
    },
  );
  if (!done) return;
  const next = then;
  byId('artist-dialog').close();
  if (opened !== state.artistId) await chooseArtist(opened);
  if (next) await next();
}

function list(artist) {
  const rest = state.artists.filter((a) => a.id !== artist.id);
  set({
    artists: [...rest, artist].toSorted((a, b) => a.name.localeCompare(b.name)),
  });
}

// A new one, or one that is listed.
export async function showArtist(artist) {
  list(artist);
  await chooseArtist(artist.id);
}

async function deleteArtist() {
  const artist = currentArtist();
  const sure = await ask(
    `Delete ${artist.name}?`,
    'The master schema, sets, tracks and their audio go too. ' +
      'This cannot be undone.',
    'Delete artist',
  );
  if (sure) await removeArtist(artist);
}

// With all that this browser keeps of it.
export async function removeArtist(artist) {
  try {
    await call('DELETE', `/api/artists/${artist.id}`);
  } catch (error) {
    notice(`${artist.name} was not deleted. ${error.message}`);
    return;
  }
  await select(null);
  (await import('./uploads.js')).dropUploads(artist.id);
  await forget(`${artist.id}/`);
  set({ artists: state.artists.filter((a) => a.id !== artist.id) });
  await chooseArtist(state.artists[0]?.id || null);
}

function render() {
  const { artists, artistId, busy } = state;
  const choice = byId('artist-select');
  const shown = artists?.length
    ? artists.map((a) => [a.id, a.name])
    : [['', artists ? 'None yet' : 'Loading…']];
  refill(choice, shown, () =>
    shown.map(([id, name]) => html`<option value=${id}>${name}</option>`),
  );
  choice.value = artistId || '';
  choice.disabled = !artists?.length || Boolean(busy);
  byId('artist-new').disabled = !artists || Boolean(busy);
  for (const id of ['artist-rename', 'artist-delete', 'schema-open']) {
    byId(id).disabled = !artistId || Boolean(busy);
  }
}
