// Drafts: unsaved work. One per set (by parseId), or per item if it was
// finished before. A draft: {fileId, uploadId, caption, generationId, written,
// model, fields, warnings, key, fault}. `uploadId`: where its audio waits on
// the server, for a day. `written` is the caption as the model wrote it, `key`
// the Idempotency-Key of a save that may have arrived, `fault` why the last one
// failed. Its audio is the file `fileId`, so that typing does not write it
// again.
import { list, read, write } from './kept.js';

export async function readDraft(id) {
  const draft = await read('drafts', id);
  const file = draft?.fileId && (await read('files', draft.fileId));
  return { ...draft, file: file || null };
}

// `old`: the fileId before; `fresh`: its file is not in the store yet; `also`:
// changes that belong to this one, as kept.js takes them.
export async function writeDraft(
  id,
  { file, ...draft },
  { old, fresh, also = [] },
) {
  const changes = [['drafts', id, draft], ...also];
  if (old && old !== draft.fileId) changes.push(['files', old]);
  if (fresh) changes.push(['files', draft.fileId, file]);
  await write(changes);
}

export const listDrafts = (prefix) => list('drafts', prefix);
