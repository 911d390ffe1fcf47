// Keys for all of the work. Single keys rest while someone types or is in a
// dialog; what a focused control does with a key stays its own.
import { generate } from './caption.js';
import { byId, html } from './html.js';
import { step } from './queue.js';
import { save } from './save.js';
import { state } from './state.js';
import { seekBy, togglePlay } from './wave.js';

const keys = [
  ['Space', 'Play, pause', [' '], togglePlay],
  ['← →', 'Back, forward by 5 seconds', ['ArrowLeft', 'ArrowRight'],
    (key) => seekBy(key === 'ArrowLeft' ? -5 : 5)],
  ['J K', 'Next, previous item', ['j', 'k'], (key) => step(key === 'j' ? 1
    : -1)],
  ['R', 'Generate Prompt', ['r'], () => state.selection && generate()],
  ['E', 'Edit the caption', ['e'], () => state.selection &&
    byId('caption').focus()],
  ['/', 'Search the library', ['/'], () => byId('sets-search').focus()],
  ['?', 'These keys', ['?'], () => byId('keys-dialog').showModal()],
];

export function startKeys() {
  byId('keys-open').addEventListener('click', () =>
    byId('keys-dialog').showModal());
  byId('keys-list').replaceChildren(...[['Ctrl+Enter', 'Save & Next'], ...keys]
    .flatMap(([name, what]) => [html`<dt><kbd>${name}</kbd></dt>`,
      html`<dd>${what}</dd>`]));
  document.addEventListener('keydown', press);
}

function press(event) {
  if (event.isComposing || document.querySelector('dialog[open]')) return;
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    // A search is not what one wants saved.
    if (typing(event.target) && !event.target.closest('#desk')) return;
    event.preventDefault();
    save();
    return;
  }
  if (event.key === 'Escape' && typing(event.target)) event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) || owns(event.target, event.key)) return;
  const found = keys.find(([, , names]) =>
    names.includes(event.key.length === 1 ? event.key.toLowerCase()
      : event.key));
  if (!found) return;
  event.preventDefault();
  found[3](event.key.length === 1 ? event.key.toLowerCase() : event.key);
}

const typing = (node) => node.matches?.('textarea, select, ' +
  'input:not([type=checkbox]):not([type=file]):not([readonly])');

// Space presses a button; arrows move what has a position.
const owns = (node, key) => (key === ' ' &&
  node.matches?.('button, a, summary, input, label, audio')) ||
  (key.startsWith('Arrow') && node.matches?.('[role=slider], audio'));
