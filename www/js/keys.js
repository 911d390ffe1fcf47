// Keys for all of the work. Single keys pause while someone types or is in a
// dialog; a focused control keeps its own keys.
import { generate } from './caption.js';
import { byId, html } from './html.js';
import { redoChange, undoChange } from './history.js';
import { step } from './list.js';
import { save } from './save.js';
import { set, state } from './state.js';
import { allRows, currentId, pick, pickAll, pickNone } from './tracks.js';
import { seekBy, togglePlay } from './wave.js';

const keys = [
  ['Space', 'Play, pause', [' '], togglePlay],
  [
    '← →',
    'Back, forward by 5 seconds',
    ['ArrowLeft', 'ArrowRight'],
    (key) => seekBy(key === 'ArrowLeft' ? -5 : 5),
  ],
  [
    'J K',
    'Next, previous track',
    ['j', 'k'],
    (key) => step(key === 'j' ? 1 : -1),
  ],
  [
    ', .',
    'Previous, next window',
    [',', '.'],
    async (key) =>
      (await import('./windows.js')).stepWindow(key === ',' ? -1 : 1),
  ],
  ['R', 'Write caption', ['r'], () => state.selection && generate()],
  [
    'E',
    'Edit the caption',
    ['e'],
    () => state.selection && byId('caption').focus(),
  ],
  ['X', 'Select this track, or not', ['x'], pickCurrent],
  [
    'V',
    'List or table',
    ['v'],
    () => set({ view: state.view === 'list' ? 'table' : 'list' }),
  ],
  ['/', 'Search tracks', ['/'], () => byId('tracks-search').focus()],
  ['?', 'These keys', ['?'], openKeys],
];

export function openKeys() {
  byId('keys-list').replaceChildren(
    ...[
      ['Ctrl+Enter', 'Save & Next'],
      ['Ctrl+Z, Ctrl+Shift+Z', 'Undo, redo a change of tracks'],
      ['Ctrl+A, Esc', 'Select all tracks that are shown, none'],
      ...keys,
    ].flatMap(([name, what]) => [
      html`<dt><kbd>${name}</kbd></dt>`,
      html`<dd>${what}</dd>`,
    ]),
  );
  if (!byId('keys-dialog').open) byId('keys-dialog').showModal();
}

export const startKeys = () => document.addEventListener('keydown', press);

function press(event) {
  if (event.isComposing || document.querySelector('dialog[open]')) return;
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    // Nobody wants to save a search.
    if (typing(event.target) && !event.target.closest('#desk')) return;
    event.preventDefault();
    save();
    return;
  }
  if (event.key === 'Escape') {
    if (event.target.id === 'tracks-search') {
      event.target.value = ''; // not every browser does
      set({ query: '' });
    }
    if (typing(event.target)) event.target.blur();
    else if (state.picked.size) pickNone();
  }
  if ((event.ctrlKey || event.metaKey) && !typing(event.target)) {
    const way = event.key.toLowerCase();
    const work =
      way === 'a'
        ? pickAll
        : way === 'y' || (way === 'z' && event.shiftKey)
          ? redoChange
          : way === 'z'
            ? undoChange
            : null;
    if (work) {
      event.preventDefault();
      work();
    }
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) || owns(event.target, event.key)) return;
  const found = keys.find(([, , names]) =>
    names.includes(
      event.key.length === 1 ? event.key.toLowerCase() : event.key,
    ),
  );
  if (!found) return;
  event.preventDefault();
  found[3](event.key.length === 1 ? event.key.toLowerCase() : event.key);
}

function pickCurrent() {
  const row = allRows().find(({ id }) => id === currentId());
  if (row) pick(row);
}

const typing = (node) =>
  node.matches?.(
    'textarea, select, ' +
      'input:not([type=checkbox]):not([type=file]):not([readonly])',
  );

// Space presses a button; arrows move what has a position.
const owns = (node, key) =>
  (key === ' ' && node.matches?.('button, a, summary, input, label, audio')) ||
  (key.startsWith('Arrow') && node.matches?.('[role=slider], audio'));
