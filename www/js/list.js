// Tracks as a list next to the desk: pick one to work on it.
import { call } from './api.js';
import { ask } from './dialogs.js';
import { guessesOf } from './facts.js';
import { count, length, nameOf, tempo } from './format.js';
import { did } from './history.js';
import { byId, html, keyed, say } from './html.js';
import { loadItems, loadSets } from './load.js';
import { notice } from './notices.js';
import { select, selectItem, selectSet } from './select.js';
import { isAlone } from './standing.js';
import { recall, remember, set, state, watch } from './state.js';
import {
  currentId,
  filters,
  ofRows,
  pick,
  shownRows,
  states,
} from './tracks.js';
import { Virtual } from './virtual.js';

let list;
let whole = false; // all rows are shown, not only the first; see load.js
let revealed = ''; // the row that was brought into sight, and among which

export function startList() {
  list = new Virtual(byId('tracks-scroll'), {
    guess: 52,
    rowIn: () => byId('tracks').firstElementChild,
    place: (before, after) => {
      byId('tracks').style.padding = `${before}px 0 ${after}px`;
    },
    show: (rows, from) =>
      keyed(
        byId('tracks'),
        rows,
        ({ id }) => id,
        makeRow,
        (node, row, i) => updateRow(node, row, from + i),
      ),
  });
  let timer;
  byId('tracks-search').addEventListener('input', (event) => {
    clearTimeout(timer);
    timer = setTimeout(() => set({ query: event.target.value.trim() }), 150);
  });
  byId('filter').addEventListener('change', (event) =>
    set({ filter: event.target.value }),
  );
  byId('sort').addEventListener('change', (event) => {
    remember('sort', event.target.value);
    set({ sort: event.target.value });
  });
  for (const view of ['list', 'table']) {
    byId(`view-${view}`).addEventListener('click', () => set({ view }));
  }
  set({ sort: recall('sort') || 'added' });
  watch(['artistId'], () => {
    set({ query: '', filter: '', picked: new Set(), unfolded: new Set() });
  });
  watch(['query'], () => {
    const search = byId('tracks-search');
    if (search.value.trim() !== state.query) search.value = state.query;
  });
  watch([...ofRows, 'bulk', 'selection', 'picked', 'view'], render);
}

// One up or down among those that are shown, over the ends.
export function step(by) {
  const rows = shownRows().filter(({ bounce }) => !bounce);
  if (!rows.length) return;
  const here = rows.findIndex(({ id }) => id === currentId());
  const there =
    here === -1
      ? by > 0
        ? 0
        : rows.length - 1
      : (here + by + rows.length) % rows.length;
  open(rows[there]);
}

export function open(row, options) {
  if (row.bounce) {
    byId('pairs')
      .querySelector(`[data-key="${CSS.escape(row.id)}"]`)
      ?.querySelector('button, select')
      ?.focus();
    return undefined;
  }
  return row.item
    ? selectItem(row.item, options)
    : selectSet(row.parseId, options);
}

/* ---- away with it ---- */

export async function remove(row) {
  if (row.item) return removeItems([row]);
  if (isAlone(row.parseId)) {
    return (await import('./pairs.js')).putBack(row.parseId);
  }
  const sure = await ask(
    `Remove ${row.name} from the library?`,
    'Captions and audio that were saved from it stay.',
    'Remove set',
  );
  if (!sure) return undefined;
  try {
    await call('DELETE', `/api/library/${encodeURIComponent(row.parseId)}`);
  } catch (error) {
    // Somebody else was first: then it is gone, as was wanted.
    if (error.code !== 'set_not_found')
      return notice(`${row.name} was not removed. ${error.message}`);
  }
  if (state.selection?.parseId === row.parseId) await select(null);
  await Promise.all([loadSets(), loadItems()]);
  return undefined;
}

// Deleted items rest for a day on the server, so this can be undone.
export async function removeItems(rows) {
  const one = rows.length === 1;
  const what = one ? rows[0].name : count(rows.length, 'track');
  const sure = await ask(
    `Delete ${what}?`,
    rows.some((r) => r.item.audioPath)
      ? 'Audio and caption go too. Sets stay in the library. It can be undone ' +
          'for a day.'
      : 'Sets stay in the library.',
    one ? 'Delete track' : 'Delete them',
  );
  if (!sure) return;
  const at = shownRows().findIndex(({ id }) => id === rows[0].id);
  const away = await forEachOf(
    rows.map(({ item }) => item),
    'DELETE',
  );
  tellFailed(away.failed, 'not deleted');
  const { done } = away;
  if (!done.length) return;
  requestAnimationFrame(() => focusRow(at));
  did(
    `deletion of ${one ? what : count(done.length, 'track')}`,
    () => forAll(done, 'POST', '/restore', 'not brought back'),
    () => forAll(done, 'DELETE', '', 'not deleted'),
    { tell: `Deleted: ${one ? what : count(done.length, 'track')}.` },
  );
}

// Where the eye goes once a row is gone: to the one that took its place.
function focusRow(index) {
  const rows = shownRows();
  const next = rows[Math.min(index, rows.length - 1)];
  if (!next || document.activeElement !== document.body) return;
  byId('tracks')
    .querySelector(`[data-key="${CSS.escape(next.id)}"] .pick`)
    ?.focus();
}

// Throws if nothing came of it, so that it can be tried again.
async function forAll(items, method, path, what) {
  const { done, failed } = await forEachOf(items, method, path);
  if (!done.length) throw failed[0][1];
  tellFailed(failed, what);
}

function tellFailed(failed, what) {
  if (!failed.length) return;
  const [[item, { message }]] = failed;
  notice(
    failed.length === 1
      ? `${nameOf(item)} was ${what}. ${message}`
      : `${count(failed.length, 'track')} were ${what}. ${message}`,
  );
}

// {done: items, failed: [[item, error]]}
async function forEachOf(items, method, path = '') {
  const done = [];
  const failed = [];
  const { dropUpload } = await import('./uploads.js');
  for (const item of items) {
    try {
      dropUpload(item.parseId);
      await call(method, `/api/train/items/${item.id}${path}`);
      done.push(item);
    } catch (error) {
      // Another tab has deleted it already.
      if (method === 'DELETE' && error.code === 'item_not_found') {
        done.push(item);
      } else {
        failed.push([item, error]);
      }
    }
  }
  if (method === 'DELETE' && done.some(({ id }) => id === currentId())) {
    await select(null);
  }
  await loadItems();
  return { done, failed };
}

/* ---- on the page ---- */

function render() {
  const rows = shownRows();
  const ready = Boolean(state.sets && state.items);
  document.body.dataset.view = state.view;
  byId('tracks-panel').setAttribute(
    'aria-busy',
    String(Boolean(state.artistId) && !ready),
  );
  byId('tracks-count').textContent =
    ready && rows.length ? String(rows.length) : '';
  for (const view of ['list', 'table']) {
    byId(`view-${view}`).setAttribute(
      'aria-pressed',
      String(state.view === view),
    );
  }
  renderFilter();
  say(byId('tracks-empty'), emptyText(rows, ready));
  byId('tracks-scroll').hidden = state.view === 'table' || !rows.length;
  if (state.view !== 'list') {
    revealed = '';
    return;
  }
  list.set(rows, ready && !whole);
  whole = ready;
  // Only once: whoever has scrolled on wants to look elsewhere.
  const at = rows.findIndex(({ id }) => id === currentId());
  const { sort, filter, query } = state;
  const what = [currentId(), sort, filter, query].join('\n');
  if (at < 0 || what === revealed) return;
  list.reveal(at);
  revealed = what;
}

function renderFilter() {
  const all = filters();
  const choice = byId('filter');
  const text = JSON.stringify(all);
  if (choice.dataset.shown !== text) {
    choice.dataset.shown = text;
    choice.replaceChildren(
      ...all.map(
        ([value, label, n]) =>
          html`<option value=${value}>${label} (${String(n)})</option>`,
      ),
    );
  }
  if (!all.some(([value]) => value === state.filter)) set({ filter: '' });
  choice.value = state.filter;
  byId('sort').value = state.sort;
}

function emptyText(rows, ready) {
  if (!state.artistId || rows.length) return '';
  if (!ready) return 'Loading your tracks…';
  if (state.query)
    return `No track has “${state.query}” in its name or caption.`;
  if (state.filter)
    return 'No track matches. Choose All tracks to see the others.';
  return (
    'No tracks yet. Drop .als files, bounces or a whole folder anywhere ' +
    'on this page.'
  );
}

function makeRow(row) {
  const now = (id) => shownRows().find((one) => one.id === id);
  const node = html`<li>
    <button
      type="button"
      class="pick"
      @click=${(event) => clicked(event, now(row.id))}
    >
      <span class="name" dir="auto"></span><span class="sub"></span></button
    >${foldButton(row.id)}<button
      type="button"
      class="quiet icon"
      title="Delete"
      @click=${() => remove(now(row.id))}
    >
      ✕
    </button>
  </li>`;
  return node;
}

function clicked(event, row) {
  if (event.shiftKey || event.ctrlKey || event.metaKey) {
    pick(row, { range: event.shiftKey });
  } else {
    open(row, { focus: true });
  }
}

// Of a thousand rows mostly one or two have changed; the others are let be.
function updateRow(node, row, index) {
  const sub = remarks(row);
  const chosen = String(row.id === currentId());
  const picked = state.picked.has(row.id);
  const shown = JSON.stringify([
    row.name,
    row.state,
    chosen,
    picked,
    index,
    row.folded,
    row.parseId,
    Boolean(state.items),
    sub,
  ]);
  if (node.dataset.shown === shown) return;
  node.dataset.shown = shown;
  node.setAttribute('aria-setsize', String(shownRows().length));
  node.setAttribute('aria-posinset', String(index + 1));
  node.classList.toggle('picked', picked);
  node.querySelector('.name').textContent = row.name;
  node.querySelector('.name').title = row.name;
  node
    .querySelector('.sub')
    .replaceChildren(
      stateBadge(row.state),
      ...sub.flatMap((part) => [' ', html`<span>${part}</span>`]),
    );
  node.querySelector('.pick').setAttribute('aria-current', chosen);
  node.querySelector('.icon').hidden =
    !state.items ||
    Boolean(row.bounce) ||
    (!row.item && !row.set && row.state === 'uploading');
  showFolded(node, row);
  const away = node.querySelector('.icon');
  away.title = row.item ? 'Delete' : 'Remove';
  away.setAttribute(
    'aria-label',
    row.item
      ? `Delete ${row.name}`
      : `Remove ${row.name}${row.set ? ' from the library' : ''}`,
  );
}

// Shows the older versions that are folded under a row, here and in the table.
export const foldButton = (id) =>
  html`<button
    type="button"
    class="quiet fold"
    hidden
    @click=${() => {
      const { song } = shownRows().find((row) => row.id === id);
      set({ unfolded: new Set(state.unfolded).add(song) });
    }}
  ></button>`;

export function showFolded(node, { name, folded }) {
  const more = node.querySelector('.fold');
  more.hidden = !folded;
  more.textContent = folded ? `+${folded}` : '';
  more.title = `Show ${count(folded || 0, 'older version')}`;
  more.setAttribute('aria-label', `${more.title} of ${name}`);
}

export function stateBadge(name) {
  const [symbol, text] = states[name];
  return html`<span class=${`badge ${name}`}
    ><span aria-hidden="true">${symbol}</span> ${text}</span
  >`;
}

function remarks(row) {
  const run = state.bulk?.rows.get(row.parseId);
  const asked = state.loose.some(
    (one) => !one.later && row.parseId && one.parseId === row.parseId,
  );
  return [
    run && run.text,
    !run && row.problems.length && `⚠ ${count(row.problems.length, 'problem')}`,
    asked && '? check the pair',
    [
      ...(row.guessed
        ? guessesOf({ tempo: row.tempo && { bpm: row.tempo }, key: row.key })
        : [row.tempo && tempo(row.tempo), row.key]),
      row.seconds && length(row.seconds),
    ]
      .filter(Boolean)
      .join(' · '),
  ].filter(Boolean);
}
