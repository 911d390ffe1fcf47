// Tracks: the artist's sets, items and waiting bounces as one list. A row is
// {id, parseId, name, set, item, bounce, mark, state, tempo, key, seconds,
// caption, guessed, problems, aside, folded}; what it lacks is null. `guessed`:
// tempo and key were only measured, without a set. This file makes the rows;
// list.js and table.js show them.
import { measuredOf } from './facts.js';
import { byName, nameOf } from './format.js';
import { problemLabel } from './problems.js';
import {
  aloneDrafts,
  isAlone,
  isWaiting,
  itemOf,
  markFor,
  uploading,
} from './standing.js';
import { recall, remember, set, state } from './state.js';

export const states = {
  bounce: ['?', 'Which set?'],
  idle: ['·', 'Not started'],
  needs_audio: ['○', 'Needs audio'],
  unsaved: ['◌', 'Not saved yet'],
  review: ['✎', 'To review'],
  uploading: ['↑', 'Uploading'],
  needs_prompt: ['◐', 'Needs caption'],
  ready: ['●', 'Ready'],
  exported: ['✓', 'Exported'],
  failed: ['!', 'Failed'],
  aside: ['–', 'Set aside'],
};

const sorts = {
  added: (row) => row.at,
  name: (row) => row.name,
  tempo: (row) => row.tempo ?? Infinity,
  key: (row) => row.key || '\uffff',
  length: (row) => row.seconds ?? Infinity,
  state: (row) => Object.keys(states).indexOf(row.state),
  words: (row) => row.caption.length,
  problems: (row) => -row.problems.length,
};

// Results are cached until one of their inputs changes.
function kept(keys, make) {
  let of = [];
  let answer;
  return () => {
    const now = keys.map((key) => state[key]);
    if (now.some((value, i) => value !== of[i])) {
      of = now;
      answer = make();
    }
    return answer;
  };
}

export const allRows = kept(
  ['sets', 'items', 'top', 'loose', 'drafted', 'uploads', 'aside'],
  () => {
    const sets = new Map((state.sets || []).map((s) => [s.parseId, s]));
    const rows = (state.items || state.top || []).map((item) =>
      rowOf(item, sets.get(item.parseId) || null),
    );
    if (!state.items) return rows;
    for (const s of sets.values()) {
      if (!itemOf(s.parseId)) rows.push(rowOf(null, s));
    }
    rows.push(...aloneRows());
    return [
      ...state.loose.filter(({ later }) => !later).map(bounceRow),
      ...rows,
    ];
  },
);

function rowOf(item, listed) {
  const parseId = item?.parseId || listed.parseId;
  const mark = markFor(parseId, item) || null;
  const aside = state.aside.has(item?.id || parseId);
  const checks = item?.checks || [];
  const guess = isAlone(parseId) ? measuredOf(item, mark) : null;
  return {
    id: item?.id || `set:${parseId}`,
    parseId,
    item,
    mark,
    aside,
    set: listed,
    bounce: null,
    name: nameOf(item || listed),
    at: item?.createdAt || `~${listed.createdAt}`,
    guessed: Boolean(guess),
    tempo: guess?.tempo?.bpm ?? listed?.tempo ?? null,
    key: guess?.key ?? listed?.key ?? null,
    seconds:
      item?.audio?.durationSec ?? mark?.seconds ?? listed?.durationSec ?? null,
    caption: mark?.caption || item?.promptText || '',
    state: aside ? 'aside' : stateOf(item, mark, parseId),
    problems: [
      ...checks.filter(({ level }) => level !== 'info'),
      ...(mark?.problem ? [mark.problem] : []),
      ...(item?.error
        ? [{ code: 'failed', level: 'error', detail: item.error }]
        : []),
    ],
  };
}

// Audio without a set that is not saved, or on its way.
const aloneRows = () =>
  [
    ...aloneDrafts().map(([parseId, { name }]) => ({ parseId, name })),
    ...state.uploads.filter(
      ({ parseId, itemId, artistId }) =>
        isAlone(parseId) && !itemId && artistId === state.artistId,
    ),
  ].map(({ parseId, name, draft }) => ({
    ...rowOf(null, { parseId, projectName: name, createdAt: '' }),
    set: null,
    caption: draft?.caption || state.drafted.get(parseId)?.caption || '',
  }));

const bounceRow = (one) => ({
  id: one.id,
  parseId: null,
  item: null,
  mark: null,
  aside: false,
  set: null,
  bounce: one,
  name: one.name,
  at: '',
  tempo: null,
  key: null,
  seconds: one.seconds,
  caption: '',
  state: 'bounce',
  problems: [],
});

function stateOf(item, mark, parseId) {
  if ((!item || isWaiting(item)) && uploading(parseId)) return 'uploading';
  const audio = mark?.hasFile || item?.audioPath;
  if (item && !isWaiting(item)) return item.status;
  if (audio && mark?.hasCaption) return 'review';
  if (mark?.hasFile) return 'unsaved';
  return item?.status || 'idle';
}

/* ---- which of them are shown ---- */

const plain = (text) => text.normalize('NFC').toLowerCase();

// What versions of one song have in common: the name without "v12", and without
// the time that Live appends in its backups.
const songOf = ({ set: { alsFilename }, name }) =>
  plain(alsFilename || name)
    .replace(/\.als$/, '')
    .replace(/ *\[\d{4}-\d\d-\d\d \d{6}\]$/, '')
    .replace(/[ _-]*\(?(v|ver|version)[ ._-]?\d{1,3}\)?$/, '');

// Older versions of one song that nobody has begun are folded under the newest.
function fold(rows) {
  const newest = new Map();
  const folds = (row) =>
    ['needs_audio', 'idle'].includes(row.state) &&
    row.set &&
    !row.mark &&
    row.id !== currentId();
  const made = (row) => row.set.createdAt || '';
  for (const row of rows.filter(folds)) {
    const other = newest.get(songOf(row));
    if (!other || made(row) >= made(other.row)) {
      newest.set(songOf(row), { row, n: (other?.n || 0) + 1 });
    } else {
      other.n++;
    }
  }
  return rows.flatMap((row) => {
    const group = folds(row) && newest.get(songOf(row));
    if (!group || group.n < 2 || state.unfolded.has(songOf(row))) return [row];
    return group.row === row
      ? [{ ...row, folded: group.n - 1, song: songOf(row) }]
      : [];
  });
}

// What the rows that are shown depend on, wherever they are shown.
export const ofRows = [
  'sets',
  'items',
  'top',
  'loose',
  'drafted',
  'uploads',
  'aside',
  'query',
  'filter',
  'sort',
  'unfolded',
];

export const shownRows = kept([...ofRows, 'selection'], () => {
  const wanted = plain(state.query);
  // Elsewhere than at the end, the rest would push these about.
  if (!state.items && (wanted || state.filter || state.sort !== 'added')) {
    return [];
  }
  let rows = allRows().filter(
    (row) =>
      fits(row, state.filter) &&
      (!wanted || plain(`${row.name}\n${row.caption}`).includes(wanted)),
  );
  const [by, down] = state.sort.split('-');
  if (!wanted && !state.filter && by === 'added') rows = fold(rows);
  if (by === 'added' && !down) return rows;
  const of = sorts[by];
  const compare = (a, b) => (typeof a === 'string' ? byName(a, b) : a - b);
  rows = rows.toSorted((a, b) => compare(of(a), of(b)));
  return down ? rows.reverse() : rows;
});

// filter: '' for all, a state, `problem` for any, `problem:CODE` for one.
function fits(row, filter) {
  if (!filter) return !row.aside;
  if (filter === 'problem') return row.problems.length > 0;
  if (filter.startsWith('problem:')) {
    return row.problems.some(({ code }) => filter.endsWith(`:${code}`));
  }
  return row.state === filter;
}

// What can be filtered by now: [[filter, text, how many]].
export function filters() {
  const count = new Map();
  const add = (key) => count.set(key, (count.get(key) || 0) + 1);
  const rows = allRows();
  for (const row of rows) {
    add(row.state);
    if (row.problems.length) add('problem');
    for (const code of new Set(row.problems.map((p) => p.code))) {
      add(`problem:${code}`);
    }
  }
  const all = rows.filter((row) => !row.aside).length;
  return [
    ['', 'All tracks', all],
    ...Object.entries(states)
      .filter(([key]) => count.has(key))
      .map(([key, [, text]]) => [key, text, count.get(key)]),
    ...(count.has('problem')
      ? [['problem', 'Any problem', count.get('problem')]]
      : []),
    ...[...count]
      .filter(([key]) => key.startsWith('problem:'))
      .map(([key, n]) => [key, `Problem: ${problemLabel(key.slice(8))}`, n]),
  ];
}

/* ---- selected for work on many ---- */

export const currentId = () =>
  state.selection &&
  (state.selection.itemId || `set:${state.selection.parseId}`);

export const pickedRows = () =>
  allRows().filter((row) => state.picked.has(row.id));

// From the row that was picked last to this one, with Shift.
let anchor = null;
export function pick(row, { range = false } = {}) {
  if (!state.items) return;
  const picked = new Set(state.picked);
  const rows = shownRows();
  const from = rows.findIndex(({ id }) => id === anchor);
  const to = rows.findIndex(({ id }) => id === row.id);
  if (range && from >= 0) {
    for (let i = Math.min(from, to); i <= Math.max(from, to); i++) {
      picked.add(rows[i].id);
    }
  } else if (!picked.delete(row.id)) {
    picked.add(row.id);
  }
  anchor = row.id;
  set({ picked });
}

export const pickAll = () =>
  state.items && set({ picked: new Set(shownRows().map(({ id }) => id)) });

export const pickNone = () => set({ picked: new Set() });

/* ---- set aside: this browser's own choice, and out of the way ---- */

export function recallAside(artistId) {
  const ids = (recall(`aside.${artistId}`) || '').split(' ').filter(Boolean);
  set({ aside: new Set(ids) });
}

export function setAside(rows, on) {
  const aside = new Set(state.aside);
  for (const { item, parseId } of rows) {
    if (on) aside.add(item?.id || parseId);
    else aside.delete(item?.id || parseId);
  }
  remember(`aside.${state.artistId}`, [...aside].join(' '));
  set({ aside });
}
