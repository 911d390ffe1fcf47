// What the page knows, in one object, and who wants to hear of changes. All
// that must outlive a reload is on the server or in drafts.js; here are only
// copies.

export const state = {
  health: null,
  ears: null, // consent.js, once it is here
  consent: null, // whether the artist's audio may go to a model
  failed: null, // {text, again}: what could not be fetched at all
  artists: null, // null: still loading, here and below
  artistId: null,
  schema: undefined, // undefined: loading; null: the artist has none
  sets: null,
  query: '', // the search text
  view: 'list', // or 'table'
  filter: '', // see tracks.js, here and below
  sort: 'added',
  picked: new Set(), // ids of the rows that are selected for work on many
  unfolded: new Set(), // songs whose older versions are shown
  aside: new Set(), // ids that were set aside
  skipped: new Set(), // parseIds of the tracks skipped since the last save
  facts: new Map(), // parseId -> facts, of the sets that were looked at
  cut: 0, // changes when windows of many were made
  changes: 0, // changes with each change that can be undone
  only: null, // ids of the only items to export
  items: null,
  top: null, // the first items of a long list, until all are here
  counts: {},
  selection: null, // {parseId, itemId} of what is on the desk
  touched: false, // what is on the desk was chosen or worked on
  summary: null, // the selected set's whole summary, once it is here
  draft: {}, // file, caption, generation of the selection: see drafts.js
  drafted: new Map(), // parseId or, of finished ones, item's id -> {hasFile,
  // hasCaption, caption, problem}: all drafts
  loose: [], // bounces whose set is undecided: see pairs.js
  uploads: [], // what is being uploaded: see uploads.js
  pace: null, // changes with each step of an upload
  busy: null, // null or 'generating'
  bulk: null, // bulk.js: a run over many
  layouts: null,
  layout: '',
  datasets: null,
  trainings: null,
  exporting: false,
};

const watchers = [];
let changed = new Set();

export function set(patch) {
  for (const [key, value] of Object.entries(patch)) {
    state[key] = value;
    if (!changed.size) queueMicrotask(tell);
    changed.add(key);
  }
}

// Call `fn` now, and after each change of one of these members.
export function watch(keys, fn) {
  watchers.push({ keys, fn });
  fn();
}

function tell() {
  const now = changed;
  changed = new Set();
  for (const { keys, fn } of watchers) {
    if (keys.some((key) => now.has(key))) fn();
  }
}

// Small choices that a browser keeps: artist, selection, layout, colors.
export function recall(key) {
  try {
    return localStorage.getItem(`trainmode.${key}`);
  } catch {
    return null;
  }
}

export function remember(key, value) {
  try {
    if (value) localStorage.setItem(`trainmode.${key}`, value);
    else localStorage.removeItem(`trainmode.${key}`);
  } catch {
    // Storage is off or full: the choice lasts until the next reload.
  }
}
