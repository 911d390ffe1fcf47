// Pick, make, rename and delete an artist. All else on the page is of one
// artist, so a change of artist loads everything again.
import { call } from './api.js';
import { loadDrafted, select, selectRemembered } from './desk.js';
import { ask, tryIn } from './dialogs.js';
import { loadDatasets } from './datasets.js';
import { byId, html } from './html.js';
import { forget } from './kept.js';
import { loadSets } from './library.js';
import { notice } from './notices.js';
import { loadLoose } from './pairs.js';
import { loadItems } from './queue.js';
import { loadSchema } from './schema.js';
import { recall, remember, set, state, watch } from './state.js';
import { dropUploads } from './uploads.js';

let renaming = null; // the artist that the dialog is about; null: a new one

export function startArtists() {
  byId('artist-select').addEventListener('change', (e) =>
    chooseArtist(e.target.value));
  byId('artist-new').addEventListener('click', () => openDialog(null));
  byId('artist-rename').addEventListener('click', () =>
    openDialog(currentArtist()));
  byId('artist-delete').addEventListener('click', deleteArtist);
  byId('artist-form').addEventListener('submit', submit);
  watch(['artists', 'artistId', 'busy'], render);
}

export const currentArtist = () =>
  state.artists?.find((a) => a.id === state.artistId) || null;

// Throws where the server cannot say.
export async function loadArtists() {
  const { artists } = await call('GET', '/api/artists');
  set({ artists });
  const known = artists.find((a) => a.id === recall('artist'));
  await openArtist((known || artists[0])?.id || null);
}

function openDialog(artist) {
  renaming = artist;
  byId('artist-dialog-title').textContent =
    artist ? `Rename ${artist.name}` : 'New artist';
  byId('artist-save').textContent = artist ? 'Rename' : 'Make artist';
  byId('artist-name').value = artist?.name || '';
  byId('artist-error').hidden = true;
  byId('artist-dialog').showModal();
}

async function chooseArtist(id) {
  remember('selection', null);
  await openArtist(id);
}

async function openArtist(artistId) {
  remember('artist', artistId);
  set({ failed: null, artistId, schema: undefined, sets: null, items: null, counts: {},
    datasets: null, selection: null, draft: {}, query: '' });
  if (!artistId) {
    set({ schema: null, sets: [], items: [], datasets: [] });
    return;
  }
  await Promise.all([loadSchema(), loadSets(), loadItems(), loadDrafted(),
    loadDatasets()]);
  if (state.artistId !== artistId) return;
  loadLoose();
  if (state.sets && state.items) {
    await selectRemembered();
    return;
  }
  const said = ['library-error', 'queue-error'].map((id) =>
    byId(id).textContent).find(Boolean);
  set({ failed: { text: said, again: () => openArtist(artistId) } });
}

async function submit(event) {
  event.preventDefault();
  const name = byId('artist-name').value.trim();
  let opened = state.artistId;
  const done = await tryIn(byId('artist-save'), byId('artist-error'),
    async () => {
      const artist = renaming
        ? await call('PATCH', `/api/artists/${renaming.id}`, { body: { name } })
        : await call('POST', '/api/artists', { body: { name } });
      list(artist);
      opened = artist.id;
    });
  if (!done) return;
  byId('artist-dialog').close();
  if (opened !== state.artistId) await chooseArtist(opened);
}

function list(artist) {
  const rest = state.artists.filter((a) => a.id !== artist.id);
  set({ artists: [...rest, artist].sort((a, b) =>
    a.name.localeCompare(b.name)) });
}

// A new one, or one that is listed.
export async function showArtist(artist) {
  list(artist);
  await chooseArtist(artist.id);
}

async function deleteArtist() {
  const artist = currentArtist();
  const sure = await ask(`Delete ${artist.name}?`,
    'The artist’s schema, library, items and their audio go too. ' +
    'This cannot be undone.', 'Delete artist');
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
  dropUploads(artist.id);
  await forget(`${artist.id}/`);
  set({ artists: state.artists.filter((a) => a.id !== artist.id) });
  await chooseArtist(state.artists[0]?.id || null);
}

function render() {
  const { artists, artistId, busy } = state;
  const choice = byId('artist-select');
  choice.replaceChildren(...(artists || []).map((a) =>
    html`<option value=${a.id}>${a.name}</option>`));
  if (!artists?.length) {
    choice.append(html`<option value="">${artists ? 'None yet'
      : 'Loading…'}</option>`);
  }
  choice.value = artistId || '';
  choice.disabled = !artists?.length || Boolean(busy);
  byId('artist-new').disabled = !artists || Boolean(busy);
  for (const id of ['artist-rename', 'artist-delete', 'schema-open']) {
    byId(id).disabled = !artistId || Boolean(busy);
  }
}
