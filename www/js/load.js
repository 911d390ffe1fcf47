// What the server knows about the artist: the sets of the library, and the
// items that are made from them.
import { call, callAll } from './api.js';
import { byName } from './format.js';
import { say, byId } from './html.js';
import { set, state } from './state.js';

// limit: the server's, so that ten thousand take ten questions.
const page = 1000;
const topmost = 100; // more than a screen has
let asked = { sets: 0, items: 0 }; // answers of older questions are dropped

export const loadSets = () =>
  fetchAll('sets', '/api/library', ({ sets }) => ({ sets }));

export const loadItems = () =>
  fetchAll('items', '/api/train/items', ({ items, counts }) => ({
    items: items.sort(older),
    counts,
    top: null,
  }));

async function fetchAll(what, path, take) {
  const { artistId } = state;
  if (!artistId) return;
  const mine = ++asked[what];
  const current = () => mine === asked[what] && state.artistId === artistId;
  const query = { artistId, limit: page };
  const more = () =>
    what === 'items' && !state.items && showTop(query, current);
  try {
    const answer = await callAll(path, query, what, more);
    if (!current()) return;
    say(byId('tracks-error'), '');
    set(take(answer));
  } catch (error) {
    if (current()) say(byId('tracks-error'), error.message);
  }
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
  if (current() && !state.items) set({ top });
}

// The server's current item replaces the listed one. While the list is being
// loaded there is none; what comes has it.
export function takeItem(item) {
  if (!state.items) return;
  if (item.artistId && item.artistId !== state.artistId) return;
  set({
    items: state.items.map((one) =>
      one.id === item.id ? { ...one, ...item } : one,
    ),
  });
}

// The same of several at once.
export function takeItems(items) {
  if (!state.items) return;
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
