// What the server knows about the artist: the sets of the library, and the
// items that are made from them.
import { call, callAll } from './api.js';
import { byName } from './format.js';
import { say, byId } from './html.js';
import { set, state } from './state.js';

// limit: the server's, so that ten thousand take ten questions.
const page = 1000;
let asked = { sets: 0, items: 0 }; // answers of older questions are dropped

export const loadSets = () =>
  fetchAll('sets', '/api/library', ({ sets }) => ({ sets }));

export const loadItems = () =>
  fetchAll('items', '/api/train/items', ({ items, counts }) => ({
    items: items.sort(older),
    counts,
  }));

async function fetchAll(what, path, take) {
  const { artistId } = state;
  if (!artistId) return;
  const mine = ++asked[what];
  const current = () => mine === asked[what] && state.artistId === artistId;
  try {
    const answer = await callAll(path, { artistId, limit: page }, what);
    if (!current()) return;
    say(byId('tracks-error'), '');
    set(take(answer));
  } catch (error) {
    if (current()) say(byId('tracks-error'), error.message);
  }
}

// The server's current item replaces the listed one.
export function takeItem(item) {
  if (item.artistId && item.artistId !== state.artistId) return;
  set({
    items: state.items.map((one) =>
      one.id === item.id ? { ...one, ...item } : one,
    ),
  });
}

// The same of several at once.
export function takeItems(items) {
  const fresh = new Map(items.map((item) => [item.id, item]));
  set({ items: state.items.map((one) => ({ ...one, ...fresh.get(one.id) })) });
}

// Sets that are on no list get their place on the queue; see loadItems.
export async function enqueue(parseIds) {
  if (!parseIds.length) return;
  await call('POST', '/api/train/items', {
    body: { artistId: state.artistId, parseIds },
  });
}

// In the order in which they were put there: that of the dataset too.
function older(a, b) {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return byName(a.projectName || '', b.projectName || '');
}
