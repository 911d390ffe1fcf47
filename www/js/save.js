// Save & Next: audio and caption are handed to the uploads, the queue moves on.
import { newKey } from './api.js';
import { unmark } from './drafting.js';
import { byId, say } from './html.js';
import { nextSelection, passNothing, passOver } from './next.js';
import { select } from './select.js';
import {
  currentItem,
  currentName,
  draftId,
  hasAudio,
  isWaiting,
  resting,
} from './standing.js';
import { set, state, watch } from './state.js';
import { addUpload, uploadText } from './uploads.js';

export function startSave() {
  byId('save').addEventListener('click', save);
  byId('skip').addEventListener('click', skip);
  watch(['selection', 'draft', 'items', 'busy', 'uploads', 'pace'], render);
}

const canSave = () =>
  Boolean(
    state.selection && !resting() && hasAudio() && state.draft.caption?.trim(),
  );

export async function save() {
  if (!canSave()) return;
  const item = currentItem();
  const { file, key, ...draft } = state.draft;
  const { parseId } = state.selection;
  // It has other audio than when this was chosen: somebody has saved it
  // meanwhile. As a new one the server refuses it, and the person is asked.
  const clash = (item?.audio?.sha256 ?? null) !== (draft.of ?? null);
  const isNew =
    file && (!item || clash || (isWaiting(item) && !item.audioPath));
  const recaption = !isNew && draft.caption !== item.promptText;
  if (file || recaption) {
    const id = draftId(state.selection, item);
    const name = currentName(); // which a draft without a set knows alone
    unmark(id);
    addUpload(
      {
        id: key || newKey(),
        at: Date.now(),
        draftId: id,
        artistId: state.artistId,
        parseId,
        itemId: isNew ? null : item.id,
        draft,
        recaption,
        name,
        size: file?.size || 0,
      },
      file,
    );
    set({ draft: {} });
  }
  passNothing();
  await goOn();
}

async function skip() {
  passOver(state.selection.parseId);
  await goOn();
}

async function goOn() {
  const next = nextSelection();
  await select(next, { focus: true, idle: true });
  if (!next) byId('work').focus();
}

function render() {
  byId('save').disabled = !canSave();
  byId('skip').hidden = !state.selection || Boolean(state.busy);
  byId('save-note').textContent = uploadText();
  say(byId('save-error'), state.draft.fault);
}
