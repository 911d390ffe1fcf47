// Changes of drafts: of the one on the desk, and of any other. Their marks are
// kept with them.
import { newKey } from './api.js';
import { listDrafts, readDraft, writeDraft } from './drafts.js';
import { read, write } from './kept.js';
import { currentItem, draftId, itemOf } from './standing.js';
import { set, state } from './state.js';

let changedHere = false; // the desk's draft, since it was read
let coming = null; // the desk's draft while it is read
let turn = Promise.resolve(); // changes of drafts that are not on the desk

async function bringDraft(selection) {
  const item = currentItem();
  const draft = await readDraft(draftId(selection, item));
  if (state.selection !== selection) return;
  draft.caption ??= item?.promptText || '';
  coming = null;
  changedHere = false;
  set({ draft });
}

// The draft of what is put on the desk; null if nothing is.
export function takeDraft(selection) {
  coming = selection && bringDraft(selection);
  return coming;
}

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
  if (!isFound(patch)) state.touched = changedHere = true;
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

export function unmark(id) {
  const drafted = new Map(state.drafted);
  drafted.delete(id.slice(state.artistId.length + 1));
  set({ drafted });
}

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
export function note(id, draft) {
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
