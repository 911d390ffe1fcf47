// What this browser keeps until it is on the server, in IndexedDB: a reload or
// a crash loses nothing. Files are in a separate store under their own keys, so
// that what refers to one can change hands without writing it again.
import { notice } from './notices.js';

const stores = ['drafts', 'files', 'loose', 'uploads'];

// Holds what the database could not store (a private window, a full disk), so
// it is asked first.
const memory = Object.fromEntries(stores.map((name) => [name, new Map()]));
let opened;
let warned = false;

export async function read(store, id) {
  const db = await (opened ||= open());
  if (memory[store].has(id) || !db) return memory[store].get(id);
  return answer(db.transaction(store).objectStore(store).get(id));
}

// All whose id starts with the prefix: [[id, value]], by id.
export async function list(store, prefix = '') {
  const db = await (opened ||= open());
  const own = [...memory[store]].filter(([id]) => id.startsWith(prefix));
  if (!db) return own;
  const all = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
  const from = db.transaction(store).objectStore(store);
  const [ids, values] = await Promise.all([
    answer(from.getAllKeys(all)),
    answer(from.getAll(all)),
  ]);
  return [...new Map([...(ids || []).map((id, i) => [id, values[i]]), ...own])];
}

let tellKept = null; // see tabs.js
export const whenKept = (fn) => {
  tellKept = fn;
};

// Changes [[store, id, value]], all or nothing; no value: remove it.
export async function write(changes) {
  const db = await (opened ||= open());
  const done = Boolean(db) && (await commit(db, changes));
  for (const [store, id, value] of changes) {
    if (done || value === undefined) memory[store].delete(id);
    else memory[store].set(id, value);
  }
  tellKept?.(changes);
  if (done || warned) return;
  warned = true;
  notice(
    'This browser cannot keep your work for later (a private window, or ' +
      'no room left). Leave the page open until all is saved.',
  );
}

// All that is kept under ids that begin so, with its files.
export async function forget(prefix) {
  const changes = [];
  for (const store of ['drafts', 'loose', 'uploads']) {
    for (const [id, { fileId, draft }] of await list(store, prefix)) {
      changes.push([store, id], ['files', fileId || draft?.fileId || '']);
    }
  }
  if (changes.length) await write(changes);
}

function commit(db, changes) {
  return new Promise((resolve) => {
    const names = [...new Set(changes.map(([store]) => store))];
    const work = db.transaction(names, 'readwrite');
    work.oncomplete = () => resolve(true);
    work.onabort = () => resolve(false);
    for (const [store, id, value] of changes) {
      if (value === undefined) work.objectStore(store).delete(id);
      else work.objectStore(store).put(value, id);
    }
    work.commit?.(); // now, since a reload may follow
  });
}

// undefined if it cannot be read, just as if there is nothing.
function answer(request) {
  return new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(undefined);
  });
}

function open() {
  return new Promise((resolve) => {
    let request;
    try {
      request = indexedDB.open('trainmode.work', 1);
    } catch {
      resolve(null);
      return;
    }
    request.onupgradeneeded = () => {
      for (const name of stores) request.result.createObjectStore(name);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
  });
}
