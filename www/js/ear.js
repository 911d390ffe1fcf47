// Bounces that no name settles are compared with the sets by ear: each is
// uploaded once, three at a time, waits on the server for its save, and is
// paired at once if there is no doubt.
import { read } from './kept.js';
import { hearAs, looseFiles, tellOf } from './pairs.js';
import { state, watch } from './state.js';
import { upload } from './upload.js';

const atOnce = 3;
const hearing = new Set(); // ids

export function startEar() {
  watch(['loose', 'sets', 'artistId'], listenOn);
}

function listenOn() {
  if (!state.sets?.length) return;
  const next = looseFiles().filter((one) => !one.ear && !hearing.has(one.id));
  for (const one of next.slice(0, Math.max(0, atOnce - hearing.size))) {
    hearing.add(one.id);
    inOneTab(one);
  }
}

// Another tab may be at it already, or have done it.
async function inOneTab(one) {
  const work = async () => {
    const kept = await read('loose', one.id);
    if (kept && !kept.ear) await hear(one);
    else hearing.delete(one.id);
  };
  if (navigator.locks) await navigator.locks.request(`hear ${one.id}`, work);
  else await work();
  listenOn();
}

// If that fails, names and lengths have to do.
async function hear(one) {
  const { artistId } = state;
  try {
    const file = await read('files', one.fileId);
    const answer =
      file &&
      (await upload('POST', `/api/train/match?artistId=${artistId}`, {
        body: file,
        headers: { 'Content-Type': file.type || 'application/octet-stream' },
        onProgress: ({ sent, total }) =>
          tellOf(
            one.id,
            sent < total
              ? `Uploading, ${Math.round((100 * sent) / total)} %…`
              : 'Listening…',
          ),
      }));
    hearing.delete(one.id);
    await hearAs(one.id, {
      uploadId: answer?.uploadId || null,
      sha256: answer?.sha256,
      measured: answer?.measured,
      best: answer?.matches[0] || null,
    });
  } catch {
    hearing.delete(one.id);
    await hearAs(one.id, { best: null, failed: true });
  }
}
