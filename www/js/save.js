// Save & Next: the audio and the caption go to the server, the queue moves on.
import { call, newKey } from './api.js';
import { currentItem, currentName, editDraft, forgetDraft, hasAudio, isWaiting,
  nextSelection, select } from './desk.js';
import { bytes, length } from './format.js';
import { byId, say } from './html.js';
import { announce } from './notices.js';
import { loadItems } from './queue.js';
import { set, state, watch } from './state.js';
import { persist, upload } from './upload.js';

let stop = null;

export function startSave() {
  byId('save').addEventListener('click', save);
  byId('save-cancel').addEventListener('click', () => stop?.abort());
  byId('skip').addEventListener('click', skip);
  watch(['selection'], () => say(byId('save-error'), ''));
  watch(['selection', 'draft', 'items', 'busy'], render);
}

export const canSave = () => Boolean(state.selection && !state.busy &&
  hasAudio() && state.draft.caption?.trim());

export async function save() {
  if (!canSave()) return;
  const name = currentName();
  stop = new AbortController();
  say(byId('save-error'), '');
  set({ busy: 'saving' });
  try {
    await send();
    await forgetDraft();
    await loadItems();
    set({ busy: null });
    announce(`${name} is saved.`);
    await select(nextSelection(), { focus: true });
  } catch (error) {
    set({ busy: null });
    say(byId('save-error'), error.name === 'AbortError'
      ? 'Canceled. Nothing was saved.' : error.message);
  } finally {
    stop = null;
    byId('save-note').textContent = '';
  }
}

// A new item in one request; one that is there gets what changed.
async function send() {
  const item = currentItem();
  const { file, caption, generationId } = state.draft;
  if (file && (!item || isWaiting(item) && !item.audioPath)) {
    await sendNew(file);
    return;
  }
  if (file) {
    await send1('PUT', `/api/train/items/${item.id}/audio`, { body: file,
      headers: { 'Content-Type': file.type || 'application/octet-stream' } });
  }
  if (caption !== item.promptText) {
    await call('PATCH', `/api/train/items/${item.id}`, { signal: stop.signal,
      body: { promptText: caption, ...(generationId ? { generationId } : {}) } });
  }
}

// The key stays with the draft until the save is through, so that a retry
// (after a reload too) makes nothing twice.
async function sendNew(file) {
  const key = state.draft.key || newKey();
  if (!state.draft.key) await editDraft({ key });
  const { caption, generationId } = state.draft;
  const form = new FormData();
  form.set('artistId', state.artistId);
  form.set('parseId', state.selection.parseId);
  form.set('promptText', caption);
  if (generationId) form.set('generationId', generationId);
  form.set('audio', file, file.name);
  await send1('POST', '/api/train/save', { body: form,
    headers: { 'Idempotency-Key': key } });
}

function send1(method, url, { body, headers }) {
  const { signal } = stop;
  return persist(() => upload(method, url, { body, headers, signal,
    onProgress }), { signal, onWait: (seconds, error) => {
    byId('save-note').textContent =
      `${error.message} Trying again in ${Math.round(seconds)} s…`;
  } });
}

function onProgress({ sent, total, speed, left }) {
  byId('save-bar').value = total ? sent / total : 0;
  byId('save-note').textContent = sent < total
    ? `${bytes(sent)} of ${bytes(total)}, ${bytes(speed)}/s, ${
      length(left)} left` : 'The server looks at the audio…';
}

async function skip() {
  const next = nextSelection();
  if (next) await select(next, { focus: true });
}

function render() {
  const saving = state.busy === 'saving';
  byId('save').disabled = !canSave();
  byId('save-cancel').hidden = !saving;
  byId('save-bar').hidden = !saving;
  byId('skip').hidden = saving || !nextSelection();
  if (!saving) byId('save-bar').value = 0;
}
