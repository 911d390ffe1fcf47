// Which set or item comes after the one on the desk.
import { aloneDrafts, isWaiting, itemOf, uploading } from './standing.js';
import { state } from './state.js';

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
  !uploading(parseId) && !state.aside.has(id) && !state.skipped.has(parseId);

export const passOver = (parseId) => state.skipped.add(parseId);

export const passNothing = () => state.skipped.clear();
