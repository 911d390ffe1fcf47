// The library: the artist's sets, searched on the server, picked by a click.
import { call } from './api.js';
import { itemOf, markFor, select, selectSet } from './desk.js';
import { ask } from './dialogs.js';
import { badgeOf, length, nameOf, tempo } from './format.js';
import { byId, html, keyed, say } from './html.js';
import { notice } from './notices.js';
import { loadItems } from './queue.js';
import { set, state, watch } from './state.js';

let latest = 0; // answers of older searches are dropped

export function startLibrary() {
  let timer;
  byId('sets-search').addEventListener('input', (event) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      set({ query: event.target.value.trim() });
      loadSets();
    }, 200);
  });
  byId('sets-more').addEventListener('click', loadMore);
  watch(['query'], () => {
    const search = byId('sets-search');
    if (search.value.trim() !== state.query) search.value = state.query;
  });
  watch(['sets', 'setsNext', 'items', 'selection', 'drafted'], render);
}

export async function loadSets() {
  const mine = ++latest;
  await fetchSets(mine, undefined, (page) => page.sets);
}

function loadMore() {
  return fetchSets(latest, state.setsNext, (page) =>
    [...state.sets, ...page.sets]);
}

async function fetchSets(mine, cursor, join) {
  const { artistId, query } = state;
  if (!artistId) return;
  try {
    const page = await call('GET', '/api/library',
      { query: { artistId, q: query, cursor } });
    if (mine !== latest || artistId !== state.artistId) return;
    say(byId('library-error'), '');
    set({ sets: join(page), setsNext: page.nextCursor || null });
  } catch (error) {
    if (mine === latest) say(byId('library-error'), error.message);
  }
}

async function removeSet(s) {
  const sure = await ask(`Remove ${nameOf(s)} from the library?`,
    'Captions and audio that were saved from it stay.', 'Remove set');
  if (!sure) return;
  try {
    await call('DELETE', `/api/library/${encodeURIComponent(s.parseId)}`);
  } catch (error) {
    notice(`${nameOf(s)} was not removed. ${error.message}`);
    return;
  }
  if (state.selection?.parseId === s.parseId) await select(null);
  set({ sets: state.sets.filter((one) => one.parseId !== s.parseId) });
  await loadItems();
}

function render() {
  const sets = state.sets || [];
  byId('library').setAttribute('aria-busy',
    String(Boolean(state.artistId) && !state.sets));
  byId('library-count').textContent = sets.length
    ? `${sets.length}${state.setsNext ? '+' : ''}` : '';
  say(byId('library-empty'), emptyText());
  byId('sets-more').hidden = !state.setsNext;
  keyed(byId('sets'), sets, (s) => s.parseId, makeRow, updateRow);
}

function emptyText() {
  if (!state.artistId || state.sets?.length) return '';
  if (!state.sets) return 'Fetching your sets…';
  return state.query ? `No set has “${state.query}” in its name.`
    : 'No sets yet. Drop .als files or a whole folder anywhere on this page.';
}

function makeRow(s) {
  return html`<li><button type="button" class="pick"
      @click=${() => selectSet(s.parseId, { focus: true })}><span
      class="name">${nameOf(s)}</span><span class="sub"></span></button>
    <button type="button" class="quiet icon" title="Remove"
      aria-label=${`Remove ${nameOf(s)} from the library`}
      @click=${() => removeSet(s)}>✕</button></li>`;
}

function updateRow(row, s) {
  const item = itemOf(s.parseId);
  const draft = markFor(s.parseId, item);
  const sub = [[s.tempo && tempo(s.tempo), s.key,
    s.durationSec && length(s.durationSec)].filter(Boolean).join(' · ')];
  if (item) sub.push(mark(badgeOf(item.status)));
  if (draft?.hasFile) sub.push('♪ audio here');
  const chosen = String(state.selection?.parseId === s.parseId);
  const shown = [chosen, ...sub].join('\n');
  if (row.dataset.shown === shown) return;
  row.dataset.shown = shown;
  row.querySelector('.sub').replaceChildren(...sub.flatMap((part) =>
    [html`<span>${part}</span>`, ' ']));
  row.querySelector('.pick').setAttribute('aria-current', chosen);
}

const mark = ({ symbol, text }) => `${symbol}\u00a0${
  text.toLowerCase()}`;
