// Which set or item is on the desk.
import { call } from './api.js';
import { note, takeDraft } from './drafting.js';
import { byId } from './html.js';
import { read, write } from './kept.js';
import { notice } from './notices.js';
import { draftId, isAlone, itemOf, uploading } from './standing.js';
import { recall, remember, set, state } from './state.js';

// Put a set ({parseId}) or an item ({parseId, itemId}) on the desk; null
// clears it. `idle`: nobody chose it, it is only the next. `focus`: on its name,
// once that is shown and not with the draft, when somebody may be typing.
export async function select(selection, { focus = false, idle = false } = {}) {
  if (state.busy) return;
  state.touched = !idle;
  remember('selection', selection && JSON.stringify(selection));
  set({ selection, summary: null, draft: {} });
  const coming = takeDraft(selection);
  await null; // for the watchers
  if (selection && focus) byId('set-name').focus();
  await coming;
  if (!selection || state.selection !== selection) return;
  loadSummary(selection);
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
    ((!state.touched && byId('audio').paused) ||
      state.selection?.parseId === parseId)
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
