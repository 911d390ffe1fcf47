// Audio that has no set, or that a model is to hear: it goes to the server,
// waits there for its save, and is known there by its uploadId.
import { editDraft } from './drafting.js';
import { readDraft } from './drafts.js';
import { draftId, itemOf } from './standing.js';
import { state } from './state.js';
import { upload } from './upload.js';

// {uploadId} of a draft's file, once it is there; not sent again by its save.
export async function sendDraft(parseId, { file }, { signal, on }) {
  const { uploadId, sha256, measured } = await upload(
    'POST',
    `/api/train/match?artistId=${state.artistId}`,
    {
      signal,
      body: file,
      headers: { 'Content-Type': file.type || 'application/octet-stream' },
      onProgress: ({ sent, total }) =>
        on?.('sending', {
          text:
            sent < total
              ? `Sending the audio, ${Math.round((100 * sent) / total)} %…`
              : 'Listening…',
        }),
    },
  );
  await editDraft(
    parseId.startsWith('alone:')
      ? { uploadId, sha256, measured }
      : { uploadId },
    parseId,
  );
  return { uploadId };
}

const draftOf = (parseId) =>
  state.selection?.parseId === parseId
    ? state.draft
    : readDraft(draftId({ parseId }, itemOf(parseId)));

// ask({uploadId}), of audio that the server may have forgotten: what waits for
// its save does so for a day.
export async function withUpload(parseId, options, ask) {
  const draft = await draftOf(parseId);
  if (draft.uploadId) {
    try {
      return await ask({ uploadId: draft.uploadId });
    } catch (error) {
      if (error.code !== 'upload_not_found') throw error;
    }
  }
  return ask(await sendDraft(parseId, draft, options));
}
