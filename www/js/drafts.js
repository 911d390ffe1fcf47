// Work that is not saved yet, kept in IndexedDB so that a reload or a crash
// loses nothing. One draft per set (by parseId), or per item for one that was
// finished before; the audio file lies in a store of its own, so that typing
// does not write it again.
//
// A draft: {file, caption, generationId, written, model, fields, warnings,
// key, doubt}. `written` is the caption as the model wrote it, `key` the
// Idempotency-Key of the save that is under way, `doubt` why its file may be
// the wrong one.

const memory = { drafts: new Map(), files: new Map() };
let opened;

export async function readDraft(id) {
  const [draft, file] = await Promise.all([
    run('drafts', 'readonly', (s) => s.get(id), (m) => m.get(id)),
    run('files', 'readonly', (s) => s.get(id), (m) => m.get(id)),
  ]);
  return { ...draft, file: file || null };
}

// `file` undefined: leave the file as it is; null: take it out.
export async function writeDraft(id, { file, ...draft }) {
  await run('drafts', 'readwrite', (s) => s.put(draft, id),
    (m) => m.set(id, draft));
  if (file === null) await removeFrom('files', id);
  if (file) {
    await run('files', 'readwrite', (s) => s.put(file, id),
      (m) => m.set(id, file));
  }
}

export async function dropDraft(id) {
  await removeFrom('drafts', id);
  await removeFrom('files', id);
}

// All drafts of an artist, without their files: [[id, draft, hasFile]].
export async function listDrafts(prefix) {
  const keys = (name) => run(name, 'readonly',
    (s) => s.getAllKeys(IDBKeyRange.bound(prefix, `${prefix}\uffff`)),
    (m) => [...m.keys()].filter((id) => id.startsWith(prefix)));
  const [ids, files] = await Promise.all([keys('drafts'), keys('files')]);
  return Promise.all(ids.map(async (id) => [id,
    await run('drafts', 'readonly', (s) => s.get(id), (m) => m.get(id)),
    files.includes(id)]));
}

function removeFrom(name, id) {
  return run(name, 'readwrite', (s) => s.delete(id), (m) => m.delete(id));
}

// Do it in the database; in memory where the browser gives none (private
// windows) or has no room left.
async function run(name, mode, ask, instead) {
  const db = await (opened ||= open());
  if (!db) return instead(memory[name]);
  return new Promise((resolve) => {
    const request = ask(db.transaction(name, mode).objectStore(name));
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      event.preventDefault();
      resolve(instead(memory[name]));
    };
  });
}

function open() {
  return new Promise((resolve) => {
    let request;
    try {
      request = indexedDB.open('trainmode', 1);
    } catch {
      resolve(null);
      return;
    }
    request.onupgradeneeded = () => {
      request.result.createObjectStore('drafts');
      request.result.createObjectStore('files');
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
  });
}
