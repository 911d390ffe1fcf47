// How a set or a track stands: its item, its name, its draft’s place and mark,
// and whether anything can be changed now. Questions about the state only.
import { nameOf } from './format.js';
import { state } from './state.js';

// The desk: the one set or item that is being worked on. Choosing it, its
// draft, what comes after it, and what the page says to do now.

const waits = ['needs_audio', 'needs_prompt'];

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

// The mark of an item's draft; of a set's, if it is on no list.
export const markFor = (parseId, item) =>
  state.drafted.get(item && !isWaiting(item) ? item.id : parseId);

export function draftId({ parseId }, item) {
  const own = item && !isWaiting(item) ? item.id : parseId;
  return `${state.artistId}/${own}`;
}
