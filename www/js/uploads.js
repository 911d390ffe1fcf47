// The uploads: what Save & Next hands over is sent from here, a few at a time,
// each until it is done. They are in IndexedDB with their files, so after a
// reload or a crash they continue; the id of each is its Idempotency-Key, so
// that nothing is saved twice. An upload: {id, at, artistId, parseId, itemId
// (null: a new item), draftId, draft, recaption, name, size}, and while it is
// here {file, is, stop, text, pace, mine}; `is` waiting, running, stopped or
// done, `mine`: this tab is the one that sends it.
import { call } from './api.js';
import { bytes, count, length } from './format.js';
import { byId, copyOf, keyed } from './html.js';
import { list, read, write } from './kept.js';
import { loadItems } from './load.js';
import { announce } from './notices.js';
import { giveBack, showSaved } from './select.js';
import { isAlone, isWaiting, itemOf } from './standing.js';
import { set, state, watch } from './state.js';
import { persist, upload } from './upload.js';

const atOnce = 3;

export async function startUploads() {
  watch(['uploads', 'pace'], render);
  addEventListener('online', () => state.uploads.forEach(again));
  await joinUploads();
}

// What this browser keeps and this tab does not know yet: from before a
// reload, or another tab's, which goes on here if that one is closed. What is
// sent here and not kept any more was canceled in another tab.
export async function joinUploads() {
  const all = (await list('uploads')).map(([, one]) => one);
  for (const one of state.uploads) {
    if (one.mine && !all.some(({ id }) => id === one.id)) drop(one);
  }
  const fresh = all
    .map((one) => ({ ...one, is: 'waiting' }))
    .filter(({ id }) => !state.uploads.some((one) => one.id === id));
  if (!fresh.length) return;
  set({ uploads: [...fresh.sort((a, b) => a.at - b.at), ...state.uploads] });
  pump();
}

// Closing this tab would stop one.
export const sending = () =>
  state.uploads.some(
    ({ is, file, pace }) =>
      ['waiting', 'running'].includes(is) && (file || pace),
  );

const place = ({ artistId, id }) => `${artistId}/${id}`;

// What of it outlives the page.
const kept = (one) =>
  Object.fromEntries(
    Object.entries(one).filter(
      ([key]) => !['file', 'is', 'stop', 'text', 'pace', 'mine'].includes(key),
    ),
  );

// The draft becomes an upload, at once or not at all. Its file is kept already,
// unless another tab has chosen other audio for the same draft.
export async function addUpload(one, file) {
  const { draftId, draft } = one;
  set({ uploads: [...state.uploads, { ...one, file, is: 'waiting' }] });
  const isLost = file && !(await read('files', draft.fileId));
  await write([
    ['uploads', place(one), one],
    ['drafts', draftId],
    ...(isLost ? [['files', draft.fileId, file]] : []),
  ]);
  pump();
}

const those = (is) => state.uploads.filter((one) => one.is === is);

function pump() {
  const free = Math.max(0, atOnce - those('running').length);
  for (const one of those('waiting').slice(0, free)) run(one);
}

async function run(one) {
  change(one, {
    is: 'running',
    stop: new AbortController(),
    text: 'Starting…',
  });
  try {
    if (!(await alone(one, () => sendAndSettle(one)))) await leave(one);
  } catch (error) {
    // Canceled before its turn came.
    if (one.is !== 'done') await refuse(one, error);
  }
  pump();
}

// Only one tab at a time sends it, if the browser has locks (a studio's plain
// http has none; there the key alone prevents duplicates), and what becomes of
// it is kept before another has its turn. False: another tab did.
function alone(one, work) {
  if (!navigator.locks) return work();
  return navigator.locks.request(
    `upload ${one.id}`,
    { signal: one.stop.signal },
    async () =>
      Boolean(one.file || (await read('uploads', place(one)))) && work(),
  );
}

async function sendAndSettle(one) {
  one.mine = true;
  try {
    await send(one);
    announce(`${one.name} is saved.`);
    await finish(one);
  } catch (error) {
    if (one.is === 'done') return true; // its track or artist is gone
    if (error.passing) stay(one, error);
    else await refuse(one, error);
  } finally {
    one.mine = false;
  }
  return true;
}

async function send(one) {
  const {
    draft,
    stop: { signal },
  } = one;
  const file =
    one.file || (draft.fileId && (await read('files', draft.fileId))) || null;
  if (draft.fileId && !file) {
    throw new Error('This browser has lost its audio. Choose it again.');
  }
  await persist(() => sendAsItIs(one, file), {
    tries: 8,
    signal,
    onWait: (seconds, error) => {
      one.text = `${error.message} Trying again in ${Math.round(seconds)} s…`;
      one.pace = null;
      set({ pace: {} });
    },
  });
}

const unkeep = ({ draft: { fileId }, ...one }) =>
  write([['uploads', place(one)], ...(fileId ? [['files', fileId]] : [])]);

// A bounce that was exported again, moved or deleted while it waited can no
// longer be read; a request alone would take that for a server that is away.
// This browser's copy of it is the old sound, so it is removed too.
async function sendAsItIs(one, file) {
  try {
    await file?.slice(0, 1).arrayBuffer();
  } catch {
    const { fileId } = one.draft;
    one.draft = { ...one.draft, fileId: null };
    if (fileId) await write([['files', fileId]]);
    throw new Error(
      `${file.name} was bounced again, moved or deleted while ` +
        'it waited here. Choose it again: then the new one is saved.',
    );
  }
  try {
    await sendOnce(one, file);
  } catch (error) {
    if (error.code !== 'item_exists') throw error;
    await askWhich(one);
    await sendOnce(one, file);
  }
}

// Another tab, or another computer, has saved its set meanwhile.
async function askWhich(one) {
  change(one, { text: 'New version or replace?', pace: null });
  const { newOrReplace } = await import('./clash.js');
  one.ifExists = await newOrReplace(one.name);
  if (!one.ifExists) {
    if (one.artistId === state.artistId) await loadItems();
    throw new Error(
      'It was saved in another tab or on another computer. Yours was not saved.',
    );
  }
  await write([['uploads', place(one), kept(one)]]);
}

async function sendOnce(one, file) {
  const { id, artistId, parseId, itemId, recaption, draft } = one;
  const { caption: promptText, generationId } = draft;
  const path = `/api/train/items/${itemId}`;
  const by = {
    signal: one.stop.signal,
    onProgress: (pace) => {
      one.pace = pace;
      one.text = pace.sent < pace.total ? '' : 'Checking the audio…';
      set({ pace: {} });
    },
  };
  if (!itemId) {
    const fields = {
      artistId,
      ...(isAlone(parseId)
        ? { projectName: one.name }
        : { parseId, ifExists: one.ifExists || 'refuse' }),
      promptText,
      ...(generationId ? { generationId } : {}),
    };
    const answer =
      (await sendWaiting(one, fields)) ||
      (await upload('POST', '/api/train/save', {
        ...by,
        body: formOf(fields, file),
        headers: { 'Idempotency-Key': id },
      }));
    one.itemId = answer.trainingItemId;
    return;
  }
  if (file) {
    await upload('PUT', `${path}/audio`, {
      ...by,
      body: file,
      headers: { 'Content-Type': file.type || 'application/octet-stream' },
    });
  }
  if (recaption) {
    await call('PATCH', path, {
      signal: by.signal,
      body: { promptText, ...(generationId ? { generationId } : {}) },
    });
  }
}

function formOf(fields, file) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set('audio', file, file.name);
  return body;
}

// No file is sent twice: one that was heard is on the server already. null if
// it is not, or not any more.
async function sendWaiting({ id, draft, stop }, fields) {
  const { uploadId } = draft;
  if (!uploadId) return null;
  try {
    return await call('POST', '/api/train/save', {
      signal: stop.signal,
      body: { ...fields, uploadId },
      headers: { 'Idempotency-Key': id },
    });
  } catch (error) {
    if (error.code === 'upload_not_found') return null;
    throw error;
  }
}

/* ---- what becomes of one ---- */

async function finish(one) {
  change(one, { is: 'done', text: 'Saved', pace: null, mine: false });
  pump();
  await unkeep(one);
  await leave(one);
}

// Its item is on the list before it leaves the uploads: one or the other says
// all the while that there is nothing more to do. Its file may be a draft's, if
// another tab canceled it.
async function leave(one) {
  change(one, { is: 'done' });
  if (one.artistId === state.artistId) await loadItems();
  take(one);
  await showSaved(one);
}

function take(one) {
  set({ uploads: state.uploads.filter((other) => other !== one) });
}

// The server was away for long: it stays, and waits to be asked again.
function stay(one, error) {
  announce(`${one.name}: ${error.message}`);
  change(one, {
    is: 'stopped',
    pace: null,
    text: `${error.message} It is kept here.`,
  });
}

function again(one) {
  if (one.is !== 'stopped') return;
  change(one, { is: 'waiting', text: '' });
  pump();
}

// Back to where it came from, with the reason; unless it was already done when
// it was stopped.
async function refuse(one, error) {
  if (error.name !== 'AbortError') {
    take(one);
    await giveBack(one, error.message, [['uploads', place(one)]]);
    return;
  }
  if (one.artistId === state.artistId) await loadItems();
  const item = isAlone(one.parseId)
    ? state.items.find((i) => isAlone(i.parseId) && i.projectName === one.name)
    : itemOf(one.parseId);
  if (
    !one.itemId &&
    item &&
    !isWaiting(item) &&
    item.promptText === one.draft.caption
  ) {
    await finish(one);
    return;
  }
  take(one);
  await giveBack(one, 'Canceled. Nothing was saved.', [
    ['uploads', place(one)],
  ]);
}

function cancel(one) {
  if (one.is === 'running') one.stop.abort();
  else if (one.is !== 'done') refuse(one, new DOMException('', 'AbortError'));
}

// Its track was deleted: nothing of it is to come back.
export function dropUpload(parseId) {
  for (const one of state.uploads.filter(
    (u) => u.parseId === parseId && u.artistId === state.artistId,
  )) {
    drop(one);
    unkeep(one);
  }
}

// The artist is gone, and all of its with it.
export function dropUploads(artistId) {
  for (const one of state.uploads.filter((u) => u.artistId === artistId)) {
    drop(one);
  }
}

// Stops it; nothing becomes of it here.
function drop(one) {
  take(one);
  one.is = 'done';
  one.stop?.abort();
}

function change(one, patch) {
  Object.assign(one, patch);
  set({ uploads: [...state.uploads] });
}

/* ---- on the page ---- */

// What is left to send, for all artists: "3 uploads, 2.1 MB/s, 0:40 left".
export function uploadText() {
  const all = [...those('waiting'), ...those('running')];
  if (!all.length) return '';
  const sum = (of) => all.reduce((n, one) => n + of(one), 0);
  const speed = sum(({ pace }) =>
    pace && pace.sent < pace.total ? pace.speed : 0,
  );
  const left = sum(({ size, pace }) => (pace ? pace.total - pace.sent : size));
  return (
    count(all.length, 'upload') +
    (speed ? `, ${bytes(speed)}/s, ${length(left / speed)} left` : '')
  );
}

function render() {
  const all = state.uploads;
  byId('uploads').hidden = !all.length;
  byId('uploads-text').textContent = uploadText();
  keyed(byId('uploads-list'), all, ({ id }) => id, makeRow, updateRow);
}

function makeRow(one) {
  const row = copyOf('upload-row');
  const { name } = one;
  row.querySelector('strong').textContent = name;
  row.querySelector('progress').setAttribute('aria-label', `Upload of ${name}`);
  for (const [selector, label, work] of [
    ['.again', 'Try again: ', again],
    ['.cancel', 'Cancel the upload of ', cancel],
  ]) {
    const button = row.querySelector(selector);
    button.setAttribute('aria-label', label + name);
    button.addEventListener('click', () => work(one));
  }
  return row;
}

function updateRow(row, { is, text, pace }) {
  row.querySelector('.again').hidden = is !== 'stopped';
  row.querySelector('.cancel').hidden = is === 'done';
  row.querySelector('progress').value = pace ? pace.sent / pace.total : 0;
  row.querySelector('.hint').textContent =
    text ||
    (pace
      ? `${bytes(pace.sent)} of ${bytes(pace.total)}, ${bytes(
          pace.speed,
        )}/s, ${length(pace.left)} left`
      : 'Waiting for its turn');
}
