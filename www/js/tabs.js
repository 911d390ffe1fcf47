// Tabs of one browser, and other computers: each hears what another has saved,
// deleted, paired or begun, and shows it. What nobody sees is fetched once
// somebody looks.
import { call, whenChanged } from './api.js';
import { refreshDrafts } from './drafting.js';
import { whenKept } from './kept.js';
import { loadItems, loadSets, takeItems } from './load.js';
import { refreshLoose } from './pairs.js';
import { loadSchema } from './schema.js';
import { set, state, watch } from './state.js';
import { recallAside } from './tracks.js';
import { joinUploads } from './uploads.js';

const restful = 30000; // ms that what was fetched counts as new
const channel = window.BroadcastChannel && new BroadcastChannel('trainmode');
const heard = new Set(); // what has changed elsewhere
let kept = new Map(); // store -> ids, changed here and not told yet
let timer = null;
let telling = null;
let fetchedAt = Date.now();

export function startTabs() {
  whenChanged((method, path) => {
    const what = whatOf(path);
    if (what) channel?.postMessage({ artistId: state.artistId, what });
  });
  whenKept(tellKept);
  channel?.addEventListener('message', ({ data }) => hear(data));
  addEventListener('focus', () => {
    if (Date.now() - fetchedAt > restful) hear({ what: 'all' });
    else renew();
  });
  addEventListener('storage', ({ key }) => {
    if (key === `trainmode.aside.${state.artistId}`)
      recallAside(state.artistId);
  });
  watch(['items'], () => {
    fetchedAt = Date.now();
    lookAgain();
  });
}

const whatOf = (path) =>
  /^\/api\/train\/(save|items|export$)/.test(path)
    ? 'items'
    : path.startsWith('/api/library')
      ? 'all'
      : path.endsWith('/schema')
        ? 'schema'
        : null;

// Typing writes with each key: told twice a second at most.
function tellKept(changes) {
  for (const [store, id] of changes) {
    if (store === 'files' || !id.startsWith(`${state.artistId}/`)) continue;
    kept.set(store, (kept.get(store) || new Set()).add(id));
  }
  if (!kept.size) return;
  telling ??= setTimeout(() => {
    telling = null;
    channel?.postMessage({ artistId: state.artistId, kept });
    kept = new Map();
  }, 500);
}

function hear({ artistId, what, kept: ids }) {
  if (artistId && artistId !== state.artistId) return;
  if (what) heard.add(what);
  if (ids?.has('loose')) refreshLoose();
  if (ids?.has('uploads')) joinUploads();
  if (ids?.has('drafts')) refreshDrafts(ids.get('drafts'));
  renew();
}

function renew() {
  if (!heard.size || document.hidden || !state.artistId) return;
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const all = heard.has('all');
    const schema = heard.has('schema');
    heard.clear();
    if (schema) loadSchema();
    await Promise.all([loadItems(), all && loadSets()]);
    set({ cut: state.cut + 1 });
  }, 200);
}

/* ---- what the server finds out by itself ---- */

const atOnce = 1000; // items, that a list gives with one answer
const some = 20;
let again = 0;
let pause = 0;

// The analysis of what was saved: its checks belong into the list.
function lookAgain() {
  clearTimeout(again);
  if (!state.items?.some(({ analysis }) => analysis === 'pending')) {
    pause = 0;
    return;
  }
  pause = Math.min(Math.max(2000, pause * 1.5), 30000);
  again = setTimeout(() => {
    if (document.hidden) lookAgain();
    else if (state.items.length <= atOnce) loadItems();
    else lookAtSome();
  }, pause);
}

// Of a long list some are asked for by themselves.
async function lookAtSome() {
  const { artistId } = state;
  const waiting = state.items.filter(({ analysis }) => analysis === 'pending');
  const found = await Promise.all(
    waiting
      .slice(0, some)
      .map(({ id }) => call('GET', `/api/train/items/${id}`).catch(() => null)),
  );
  if (artistId !== state.artistId) return;
  const done = found.filter((item) => item && item.analysis !== 'pending');
  if (done.length)
    takeItems(done.map((item) => ({ ...item, peaks: undefined })));
  else lookAgain();
}
