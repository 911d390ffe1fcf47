// The desk: the one set or item that is being worked on. Choosing it, its
// draft, what comes after it, and what the page says to do now.
import { call, newKey } from './api.js';
import { listDrafts, readDraft, writeDraft } from './drafts.js';
import { factsOf, guessesOf, measuredOf, partsOf } from './facts.js';
import { count, length, nameOf } from './format.js';
import { byId, html, refill } from './html.js';
import { read, write } from './kept.js';
import { stateBadge } from './list.js';
import { notice } from './notices.js';
import { recall, remember, set, state, watch } from './state.js';

const waits = ['needs_audio', 'needs_prompt'];
let touched = false; // what is on the desk was chosen or worked on
let changedHere = false; // the desk's draft, since it was read
let coming = null; // the desk's draft while it is read
let turn = Promise.resolve(); // changes of drafts that are not on the desk
const skipped = new Set(); // skipped since the last save

export function startDesk() {
  watch(
    [
      'artistId',
      'artists',
      'sets',
      'items',
      'selection',
      'draft',
      'busy',
      'failed',
      'uploads',
      'loose',
      'drafted',
    ],
    renderInstruction,
  );
  watch(
    ['selection', 'items', 'sets', 'summary', 'failed', 'draft'],
    renderDesk,
  );
}

export const isWaiting = (item) => waits.includes(item.status);

// A track without a set: "audio:SHA256" once it is saved, and before that
// "alone:KEY", which the server never sees.
export const isAlone = (parseId) => /^(audio|alone):/.test(parseId);

// Those that are not saved: [[parseId, mark]], as they came.
export const aloneDrafts = () =>
  [...state.drafted]
    .filter(([id, { hasFile }]) => hasFile && id.startsWith('alone:'))
    .sort(([a], [b]) => (a < b ? -1 : 1));

const nameAlone = (parseId) =>
  state.drafted.get(parseId)?.name ||
  state.uploads.find((one) => one.parseId === parseId)?.name ||
  'Audio';

export function currentItem() {
  const id = state.selection?.itemId;
  const items = state.items || state.top;
  return (id && items?.find((item) => item.id === id)) || null;
}

// The name, from the set, the item or both.
export function currentName() {
  const { parseId } = state.selection;
  if (isAlone(parseId) && !currentItem()) return nameAlone(parseId);
  return nameOf(
    currentItem() ||
      state.sets?.find((s) => s.parseId === parseId) ||
      state.summary || { parseId },
  );
}

export const hasAudio = () =>
  Boolean(state.draft.file || currentItem()?.audioPath);

// The item that represents a set: the first one that waits, otherwise the
// newest. The library asks for each of its rows, so the answers are kept until
// the items change.
let standing = { items: null, bySet: new Map() };

export function itemOf(parseId) {
  const { items } = state;
  if (standing.items !== items) {
    standing = { items, bySet: new Map() };
    for (const item of items || []) {
      const one = standing.bySet.get(item.parseId);
      if (!one || !isWaiting(one)) standing.bySet.set(item.parseId, item);
    }
  }
  return standing.bySet.get(parseId) || null;
}

// Put a set ({parseId}) or an item ({parseId, itemId}) on the desk; null
// clears it. `idle`: nobody chose it, it is only the next. `focus`: on its name,
// once that is shown and not with the draft, when somebody may be typing.
export async function select(selection, { focus = false, idle = false } = {}) {
  if (state.busy) return;
  touched = !idle;
  remember('selection', selection && JSON.stringify(selection));
  set({ selection, summary: null, draft: {} });
  coming = selection && bringDraft(selection);
  await null; // for the watchers
  if (selection && focus) byId('set-name').focus();
  await coming;
  if (!selection || state.selection !== selection) return;
  loadSummary(selection);
}

async function bringDraft(selection) {
  const item = currentItem();
  const draft = await readDraft(draftId(selection, item));
  if (state.selection !== selection) return;
  draft.caption ??= item?.promptText || '';
  coming = null;
  changedHere = false;
  set({ draft });
}

export const selectSet = (parseId, options) =>
  select({ parseId, itemId: itemOf(parseId)?.id }, options);

export const selectItem = (item, options) =>
  select({ parseId: item.parseId, itemId: item.id }, options);

// Selects what the address names: an item's id, or set:PARSEID; null clears it.
export async function selectTrack(track) {
  const item = state.items.find(({ id }) => id === track);
  const parseId = track?.startsWith('set:') && track.slice(4);
  if (item) await selectItem(item);
  else if (parseId && isThere(parseId)) {
    await selectSet(parseId);
  } else {
    await select(null);
  }
}

const isThere = (parseId) =>
  state.sets.some((s) => s.parseId === parseId) ||
  (isAlone(parseId) && (state.drafted.has(parseId) || uploading(parseId)));

// What was on the desk before a reload, if it still exists.
export async function selectRemembered() {
  let wanted = null;
  try {
    wanted = JSON.parse(recall('selection'));
  } catch {
    // Not ours: begin with an empty desk.
  }
  if (wanted?.itemId && state.items.some((i) => i.id === wanted.itemId)) {
    await select(wanted);
  } else if (wanted && isThere(wanted.parseId)) {
    await selectSet(wanted.parseId);
  } else {
    await select(null);
  }
}

// What needs work next: the next waiting item below this one, from the top
// again at the end, those with audio first, then audio without a set; then the
// sets that are on no list yet. Skipped ones come again only after a save, so
// that nobody goes in circles.
export function nextSelection() {
  const { itemId, parseId } = state.selection || {};
  const items = state.items || [];
  const here = items.findIndex((item) => item.id === itemId);
  const round = [...items.slice(here + 1), ...items.slice(0, here + 1)].filter(
    (i) => isWaiting(i) && i.id !== itemId && open(i.parseId, i.id),
  );
  const heard = round.find(
    (i) => i.audioPath || state.drafted.get(i.parseId)?.hasFile,
  );
  const alone =
    !heard && aloneDrafts().find(([id]) => id !== parseId && open(id, id))?.[0];
  if (alone) return { parseId: alone };
  const item = heard || round[0];
  if (item) return { parseId: item.parseId, itemId: item.id };
  const next = (state.sets || []).find(
    (s) =>
      s.parseId !== parseId && !itemOf(s.parseId) && open(s.parseId, s.parseId),
  );
  return next ? { parseId: next.parseId } : null;
}

const open = (parseId, id) =>
  !uploading(parseId) && !state.aside.has(id) && !skipped.has(parseId);

export const passOver = (parseId) => skipped.add(parseId);
export const passNothing = () => skipped.clear();

// Change the draft of the desk, or of any set's by its parseId. A draft that
// changed is another request, so its Idempotency-Key goes. A patch with a
// `file` that is stored already names its `fileId`. `also`: see drafts.js.
export async function editDraft(
  patch,
  parseId = state.selection.parseId,
  also = [],
) {
  while (onDesk(parseId) && coming) await coming;
  if (!onDesk(parseId)) {
    await inTurn(() => editKept(patch, parseId, also));
    return;
  }
  if (!isFound(patch)) touched = changedHere = true;
  const draft = changed(state.draft, patch, currentItem());
  const { fileId } = state.draft;
  set({ draft });
  await keep(draftId({ parseId }, currentItem()), draft, patch, fileId, also);
}

const onDesk = (parseId) => parseId === state.selection?.parseId;

// If it is on the desk, change it there once it is read.
async function editKept(patch, parseId, also) {
  const id = draftId({ parseId }, itemOf(parseId));
  const before = await readDraft(id);
  if (onDesk(parseId)) await editDraft(patch, parseId, also);
  else {
    const draft = changed(before, patch, itemOf(parseId));
    await keep(id, draft, patch, before.fileId, also);
  }
}

// What reads and then writes would lose what another wrote in between.
function inTurn(work) {
  const mine = turn.then(work);
  turn = mine.catch(() => {}); // the caller reports it
  return mine;
}

// What is only found out of the audio: nobody worked on it, and the request is
// no other one.
const isFound = (patch) =>
  Object.keys(patch).every((name) => ['problem', 'seconds'].includes(name));

// `of`: which audio a new file is to replace, by its hash; see save.js.
function changed(before, patch, item) {
  const draft = isFound(patch)
    ? { ...before, ...patch }
    : { ...before, key: null, fault: null, ...patch };
  if (isFresh(patch)) draft.fileId = newKey();
  if (patch.file !== undefined) {
    draft.of = item?.audio?.sha256 ?? null;
    for (const of of ['uploadId', 'sha256', 'measured']) {
      draft[of] = patch[of] ?? null;
    }
  }
  if (patch.file === null) draft.fileId = null;
  return draft;
}

const isFresh = ({ file, fileId }) => Boolean(file && !fileId);

async function keep(id, draft, patch, old, also) {
  note(id, draft);
  await writeDraft(id, draft, { old, fresh: isFresh(patch), also });
}

// An upload that will not go through becomes a draft again, with the reason;
// later changes are kept on top of it. It returns to the desk if nobody works
// there, and otherwise says how to get back to it.
export async function giveBack(one, fault, also) {
  const { artistId, parseId, itemId, draft, id: key } = one;
  // If somebody saved its set meanwhile, the draft belongs to that item.
  const draftAt =
    itemId || artistId !== state.artistId
      ? one.draftId
      : draftId({ parseId }, itemOf(parseId));
  const newer = await read('drafts', draftAt);
  const whole = { ...draft, ...newer, key: newer ? null : key, fault };
  if (newer && !newer.fileId) whole.fileId = draft.fileId;
  await write([['drafts', draftAt, whole], ...also]);
  if (artistId !== state.artistId) {
    notice(`${one.name} was not saved. ${fault}`);
    return;
  }
  note(draftAt, whole);
  const back = () =>
    select({ parseId, itemId: itemId || itemOf(parseId)?.id }, { focus: true });
  if (
    !state.busy &&
    ((!touched && byId('audio').paused) || state.selection?.parseId === parseId)
  ) {
    await back();
  } else {
    notice(`${one.name} was not saved. ${fault}`, {
      action: 'Show',
      run: back,
    });
  }
}

// If its set is on the desk, the new item takes the set's place.
export async function showSaved({ artistId, parseId, itemId }) {
  if (
    artistId !== state.artistId ||
    parseId !== state.selection?.parseId ||
    state.draft.file // another tab's save does not change this desk
  ) {
    return;
  }
  // Other audio without a set has another parseId.
  const item = state.items.find(({ id }) => id === itemId) || itemOf(parseId);
  await select({ parseId: item?.parseId || parseId, itemId: item?.id });
}

export function unmark(id) {
  const drafted = new Map(state.drafted);
  drafted.delete(id.slice(state.artistId.length + 1));
  set({ drafted });
}

export const uploading = (parseId) =>
  state.uploads.some(
    (one) => one.parseId === parseId && one.artistId === state.artistId,
  );

// Nothing can be changed on the desk now.
export const resting = () =>
  Boolean(
    state.busy ||
    (state.selection && (!state.items || uploading(state.selection.parseId))),
  );

// Which sets have a draft: marks in the lists, work for "Generate all".
export async function loadDrafted() {
  set({ drafted: new Map() });
  const prefix = `${state.artistId}/`;
  const list = await listDrafts(prefix);
  if (prefix !== `${state.artistId}/`) return;
  set({
    drafted: new Map([
      ...list.map(([id, draft]) => [id.slice(prefix.length), markOf(draft)]),
      ...state.drafted, // changed since
    ]),
  });
}

// Drafts that another tab has changed. What was changed on this desk too stays
// as it is here: whoever saves second is asked, see save.js.
export async function refreshDrafts(ids) {
  const { selection } = state;
  for (const id of ids) {
    const draft = await read('drafts', id);
    if (!id.startsWith(`${state.artistId}/`)) return;
    if (draft) note(id, draft);
    else unmark(id);
  }
  const mine = selection && draftId(selection, currentItem());
  if (coming) await coming;
  if (
    ids.has(mine) &&
    !changedHere &&
    !state.busy &&
    state.selection === selection
  ) {
    coming = bringDraft(selection); // what is typed meanwhile waits for it
    await coming;
  }
}

const markOf = ({ fileId, caption, problem, name, seconds, measured }) => ({
  name, // these three of audio without a set
  seconds,
  measured,
  hasFile: Boolean(fileId),
  hasCaption: Boolean(caption),
  problem: (fileId && problem) || null,
  caption: caption || '',
});

// Typing changes the draft but mostly not its mark; then no list is redrawn.
function note(id, draft) {
  const own = id.slice(state.artistId.length + 1);
  const mark = markOf(draft);
  const old = state.drafted.get(own);
  const same =
    old &&
    ['hasFile', 'hasCaption'].every((k) => mark[k] === old[k]) &&
    old.measured === mark.measured &&
    old.problem?.detail === mark.problem?.detail;
  if (same && state.view === 'list') old.caption = mark.caption;
  else set({ drafted: new Map(state.drafted).set(own, mark) });
}

// The draft's caption of a set or item that is saved otherwise now.
export async function forgetCaption(parseId, item) {
  const id = draftId({ parseId }, item);
  const { file, ...draft } = await readDraft(id);
  if (draft.caption === undefined) return;
  if (draft.fileId) {
    const rest = { ...draft, caption: undefined, written: undefined };
    note(id, rest);
    await writeDraft(id, { ...rest, file }, { old: draft.fileId });
  } else {
    unmark(id);
    await write([['drafts', id]]);
  }
}

// The mark of an item's draft; of a set's, if it is on no list.
export const markFor = (parseId, item) =>
  state.drafted.get(item && !isWaiting(item) ? item.id : parseId);

export function draftId({ parseId }, item) {
  const own = item && !isWaiting(item) ? item.id : parseId;
  return `${state.artistId}/${own}`;
}

// The facts arrive late and may fail; the desk works without them. Audio may have
// no set.
async function loadSummary(selection) {
  if (isAlone(selection.parseId)) {
    set({ summary: {} });
    return;
  }
  const path = `/api/library/${encodeURIComponent(selection.parseId)}`;
  try {
    const summary = await call('GET', path);
    if (state.selection === selection) {
      set({ summary: { ...summary.summary, facts: summary.facts } });
    }
  } catch (error) {
    if (state.selection === selection) set({ summary: { error } });
  }
}

function renderInstruction() {
  byId('instruction').textContent = instruction();
}

function instruction() {
  if (state.failed) return 'Your tracks could not be loaded.';
  if (!state.artists) return 'Opening the studio…';
  if (!state.artistId) return 'Make an artist to begin.';
  if (!state.sets || !state.items) return 'Loading your tracks…';
  if (!state.selection) return startingPoint();
  if (uploading(state.selection.parseId)) {
    return `“${currentName()}” is being uploaded.`;
  }
  if (!hasAudio()) return `Drop the bounced audio of “${currentName()}”.`;
  if (state.busy === 'generating') return 'Writing the caption…';
  if (!state.draft.caption) {
    return 'Click Write caption, or write it yourself.';
  }
  const item = currentItem();
  if (item && !isWaiting(item) && item.promptText === state.draft.caption) {
    return item.status === 'exported'
      ? 'This one is in a dataset already.'
      : 'This one is ready for the dataset.';
  }
  return 'Review the caption, then Save & Next.';
}

function startingPoint() {
  if (!state.sets.length && !state.items.length && !aloneDrafts().length) {
    if (state.loose.length) return 'Add its set, or use it without a set.';
    return 'Drop your Live sets (.als) to fill the library.';
  }
  if (state.items.length && !nextSelection()) {
    if (state.uploads.length) return 'The last uploads are under way.';
    return doneText();
  }
  return 'Choose a track to start.';
}

// What closes the job: "22 tracks, 1:17:37, ready to train."
function doneText() {
  const ready = state.items.filter(({ status }) => status === 'ready');
  const bare = state.items.filter(
    (item) =>
      isWaiting(item) &&
      !item.audioPath &&
      !state.drafted.get(item.parseId)?.hasFile,
  ).length;
  const sum = ready.reduce((n, { audio }) => n + (audio?.durationSec || 0), 0);
  const apart = bare ? ` ${count(bare, 'track')} without audio.` : '';
  return (
    (ready.length
      ? `${count(ready.length, 'track')}, ${length(sum)}, ` +
        'ready to train. Export the dataset.'
      : 'All done. Add more sets when you have them.') + apart
  );
}

function renderDesk() {
  const { selection } = state;
  byId('desk').hidden = !selection;
  byId('nothing').hidden = Boolean(selection);
  if (!selection) {
    renderNothing();
    return;
  }
  byId('set-name').textContent = currentName();
  const item = currentItem();
  byId('set-badge').replaceChildren(...(item ? [stateBadge(item.status)] : []));
  renderFacts();
}

function renderFacts() {
  const { sets, selection, summary } = state;
  const listed = sets?.find((s) => s.parseId === selection.parseId) || {};
  byId('facts').replaceChildren(
    ...(summary?.error
      ? [`The set’s facts could not be loaded: ${summary.error.message}`]
      : factsOf(listed, summary || {})
    ).map((fact) => html`<li>${fact}</li>`),
    ...guessesOf(measuredOf(currentItem(), state.draft)).map(
      (guess) =>
        html`<li title="Measured in the audio. No caption says it.">
          ${guess}, a guess
        </li>`,
    ),
  );
  const parts = partsOf(summary || {});
  byId('parts').hidden = !parts.length;
  byId('parts').replaceChildren(
    ...parts.map(
      ([role, names]) =>
        html`<div>
          <dt>${role}</dt>
          <dd>${names}</dd>
        </div>`,
    ),
  );
}

let startWith; // what the button of an empty desk does

// state.failed: what did not load, in words, and how to try again.
function renderNothing() {
  const { failed } = state;
  const empty =
    !state.sets?.length && !state.items?.length && !aloneDrafts().length;
  const [what, run] = failed
    ? ['Try again', failed.again]
    : state.artists && !state.artistId
      ? ['Name your artist', () => byId('artist-new').click()]
      : empty && state.sets && state.items
        ? ['Choose sets', () => byId('sets-input').click()]
        : [];
  startWith = run;
  refill(byId('nothing-action'), what ?? null, () =>
    what
      ? [
          html`<button
            type="button"
            class="primary"
            @click=${() => startWith()}
          >
            ${what}
          </button>`,
        ]
      : [],
  );
  byId('nothing-text').textContent = failed
    ? failed.text
    : !state.artistId
      ? 'Everything belongs to an artist: sets, style, dataset.'
      : empty
        ? 'Drop sets anywhere on this page, together with their bounces: ' +
          'files with the same name are paired. Audio without a set is ' +
          'welcome too.'
        : 'Choose a track to start.';
}
