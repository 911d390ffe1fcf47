// The queue: the artist's items with their state, oldest first, since that is
// the order of the dataset too.
import { call, callAll } from './api.js';
import { badge, currentItem, isWaiting, markFor, select, selectItem,
  uploading } from './desk.js';
import { ask } from './dialogs.js';
import { nameOf } from './format.js';
import { byId, html, keyed, say } from './html.js';
import { notice } from './notices.js';
import { set, state, watch } from './state.js';

export function startQueue() {
  watch(['items', 'counts', 'selection', 'drafted', 'bulk', 'loose',
    'uploads'], render);
}

export async function loadItems() {
  const { artistId } = state;
  if (!artistId) return;
  try {
    const page = await callAll('/api/train/items', { artistId }, 'items');
    if (state.artistId !== artistId) return;
    say(byId('queue-error'), '');
    set({ items: page.items.sort(older), counts: page.counts });
  } catch (error) {
    if (state.artistId === artistId) say(byId('queue-error'), error.message);
  }
}

// Sets that are on no list get their place on the queue.
export async function enqueue(parseIds) {
  if (!parseIds.length) return;
  await call('POST', '/api/train/items',
    { body: { artistId: state.artistId, parseIds } });
  await loadItems();
}

// One up or down, over the ends.
export function step(by) {
  const { items } = state;
  if (!items?.length) return;
  const here = items.findIndex((i) => i.id === state.selection?.itemId);
  const there = here === -1 ? (by > 0 ? 0 : items.length - 1)
    : (here + by + items.length) % items.length;
  selectItem(items[there]);
  byId('items').children[there]?.scrollIntoView({ block: 'nearest' });
}

async function removeItem(item) {
  const sure = await ask(`Delete ${nameOf(item)}?`,
    item.audioPath ? 'Its audio and caption go too. The set stays in the ' +
    'library.' : 'It leaves the queue. The set stays in the library.',
    'Delete item');
  if (!sure) return;
  try {
    await call('DELETE', `/api/train/items/${item.id}`);
  } catch (error) {
    notice(`${nameOf(item)} was not deleted. ${error.message}`);
    return;
  }
  if (currentItem()?.id === item.id) await select(null);
  await loadItems();
}

function older(a, b) {
  return a.createdAt.localeCompare(b.createdAt) ||
    nameOf(a).localeCompare(nameOf(b), undefined, { numeric: true });
}

function render() {
  const items = state.items || [];
  const { ready = 0, exported = 0 } = state.counts;
  byId('ready-count').textContent = items.length
    ? `${ready}/${items.length} ready${
      exported ? `, ${exported} exported` : ''}` : '';
  byId('ready-bar').value = items.length
    ? (ready + exported) / items.length : 0;
  byId('queue-empty').hidden = Boolean(!state.items || items.length);
  keyed(byId('items'), items, (item) => item.id, makeRow, updateRow);
}

function makeRow(item) {
  return html`<li><button type="button" class="pick"
      @click=${() => selectItem(item, { focus: true })}><span
      class="name"></span><span class="sub"></span></button>
    <button type="button" class="quiet icon" title="Delete"
      aria-label=${`Delete ${nameOf(item)}`}
      @click=${() => removeItem(item)}>✕</button></li>`;
}

// Of a thousand rows mostly one or two have changed; the others are let be.
function updateRow(row, item) {
  const sub = remarks(item);
  const chosen = String(state.selection?.itemId === item.id);
  const shown = [nameOf(item), item.status, chosen, ...sub].join('\n');
  if (row.dataset.shown === shown) return;
  row.dataset.shown = shown;
  row.querySelector('.name').textContent = nameOf(item);
  row.querySelector('.sub').replaceChildren(badge(item.status),
    ...sub.flatMap((part) => [' ', html`<span>${part}</span>`]));
  row.querySelector('.pick').setAttribute('aria-current', chosen);
}

function remarks(item) {
  const draft = markFor(item.parseId, item);
  const run = state.bulk?.rows.get(item.parseId);
  const sub = item.error ? [item.error] : [];
  if (run) sub.push(run.text);
  else if (isWaiting(item) && uploading(item.parseId)) sub.push('↑ uploading');
  else if (draft?.hasFile) sub.push('♪ audio here');
  if (!run && draft?.hasCaption) sub.push('✎ to look over');
  if (state.loose.some((one) => one.parseId === item.parseId)) {
    sub.push('? check the pair');
  }
  return sub;
}
