// What the server knows about the artist: the sets of the library, and the
// items that are made from them.
import { call, callAll } from './api.js';
import { byName } from './format.js';
import { say, byId } from './html.js';
import { work } from './late.js';
import { set, state } from './state.js';

// limit: the server's, so that ten thousand take ten questions.
const page = 1000;
const topmost = 100; // more than a screen has
// The latest question about each; answers of older ones are dropped.
const asked = { sets: null, items: null };
const taken = new Map(); // id -> items that came while the list was asked for

export const loadSets = () =>
  fetchAll('sets', '/api/library', ({ sets }) => ({ sets }));

export const loadItems = () =>
  fetchAll('items', '/api/train/items', ({ items, counts }) => ({
    items: items
      .map((item) => ({ ...item, ...taken.get(item.id) }))
      .sort(older),
    counts,
    top: null,
  }));

// Resolves once the list is as new as the question: if a later one is asked
// meanwhile, with its answer.
function fetchAll(what, path, take) {
  const { artistId } = state;
  if (!artistId) return undefined;
  const mine = fetchOnce(what, path, take, {
    artistId,
    current: () => mine === asked[what] && state.artistId === artistId,
  });
  asked[what] = mine;
  return mine;
}

async function fetchOnce(what, path, take, { artistId, current }) {
  const query = { artistId, limit: page };
  const more = () =>
    what === 'items' && !state.items && showTop(query, current);
  if (what === 'items') taken.clear();
  let error;
  const answer = await callAll(path, query, what, more).catch((e) => {
    error = e;
  });
  await work(); // what works on a track is here before the track is
  if (!current()) {
    await (state.artistId === artistId && asked[what]);
    return;
  }
  say(byId('tracks-error'), error ? error.message : '');
  if (answer) set(take(answer));
}

// The server lists the newest first, the page the oldest: of a long list the
// page's top is fetched by itself, and shown until all of it is here.
async function showTop(query, current) {
  const { items } = await call('GET', '/api/train/items', {
    query: { ...query, sort: 'createdAt', order: 'asc', limit: topmost },
  }).catch(() => ({ items: [] })); // the whole list says what is wrong
  const last = items.at(-1)?.createdAt;
  // Of one moment there may be others, which belong between these.
  const top = items.filter(({ createdAt }) => createdAt < last).sort(older);
  await work();
  if (current() && !state.items) set({ top });
}

// The server's current item replaces the listed one; also in a list that was
// asked for before and comes later.
export const takeItem = (item) => takeItems([item]);

export function takeItems(items) {
  const fresh = new Map(
    items
      .filter(({ artistId }) => !artistId || artistId === state.artistId)
      .map((item) => [item.id, item]),
  );
  for (const [id, item] of fresh) taken.set(id, { ...taken.get(id), ...item });
  if (!state.items) return;
  set({ items: state.items.map((one) => ({ ...one, ...fresh.get(one.id) })) });
}

// Sets that are on no list get their place on the queue; see loadItems.
export async function enqueue(artistId, parseIds) {
  if (!parseIds.length) return;
  await call('POST', '/api/train/items', { body: { artistId, parseIds } });
}

// In the order in which they were put there: that of the dataset too.
function older(a, b) {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return byName(a.projectName || '', b.projectName || '');
}
