// The example: an artist with one set and its bounce, both made here and sent
// like a user's files, so that a first visitor sees everything work. Its music
// (music.js) is in example.xml too. The slug marks its artist.
import { call } from './api.js';
import { currentArtist, removeArtist, showArtist } from './artists.js';
import { ask } from './dialogs.js';
import { byId, say } from './html.js';
import { state, watch } from './state.js';

// True of its own music only.
const schema = {
  genre: ['deep house'],
  moods: ['warm', 'late night'],
  avoid: ['epic'],
};
const artistName = 'Trainmode Example'; // its slug may end in a number
const slug = /^trainmode-example(-\d+)?$/;
const song = 'First Light';

export function startExample() {
  byId('example-load').addEventListener('click', load);
  byId('example-remove').addEventListener('click', remove);
  watch(
    ['artists', 'artistId', 'sets', 'items', 'failed', 'selection'],
    render,
  );
}

// If an earlier try broke off, it continues.
async function load() {
  const button = byId('example-load');
  button.disabled = true;
  say(byId('example-error'), '');
  try {
    const artist =
      state.artists.find((a) => slug.test(a.slug)) ||
      (await call('POST', '/api/artists', { body: { name: artistName } }));
    await call('PUT', `/api/artists/${artist.id}/schema`, { body: schema });
    await showArtist(artist);
    const { makeSet, makeBounce } = await import('./music.js');
    const { importAll } = await import('./importer.js');
    const files = [await makeSet(song), await makeBounce(song)];
    await importAll(files.map((file) => ({ file, path: file.name })));
  } catch (error) {
    say(byId('example-error'), error.message);
  } finally {
    button.disabled = false;
  }
}

// Without a question, unless there is work of one's own in it.
async function remove() {
  const own = state.sets.some((s) => s.projectName !== song);
  if (
    own &&
    !(await ask(
      'Remove the example?',
      'Sets that you added to it go too.',
      'Remove all of it',
    ))
  )
    return;
  await removeArtist(currentArtist());
}

function render() {
  const { artists, sets, items, failed } = state;
  const empty = sets && items && !sets.length && !items.length;
  const there = slug.test(currentArtist()?.slug);
  byId('example-offer').hidden = !artists || !empty || Boolean(failed);
  byId('example-note').hidden = !there || empty;
}
