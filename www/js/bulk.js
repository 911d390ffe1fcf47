// Generate all: a caption for each set that has audio here but no caption,
// three at a time. A row that fails says why and stops no other.
import { fromAnswer, writeCaption } from './caption.js';
import { editDraft, isWaiting } from './desk.js';
import { byId } from './html.js';
import { announce } from './notices.js';
import { set, state, watch } from './state.js';

const atOnce = 3;
let stop = null;
let resume = null; // lets a paused run go on

export function startBulk() {
  byId('bulk-generate').addEventListener('click', run);
  byId('bulk-pause').addEventListener('click', pause);
  byId('bulk-cancel').addEventListener('click', () => {
    stop?.abort();
    resume?.();
  });
  watch(['items', 'drafted', 'bulk', 'busy'], render);
}

// Sets that wait, with their audio here or on the server, without a caption.
function work() {
  const ids = (state.items || []).filter((item) => isWaiting(item) &&
    (item.audioPath || state.drafted.get(item.parseId)?.hasFile) &&
    !state.drafted.get(item.parseId)?.hasCaption).map((i) => i.parseId);
  return [...new Set(ids)];
}

async function run() {
  const left = work();
  const rows = new Map();
  const total = left.length;
  stop = new AbortController();
  let done = 0;
  let failed = 0;
  const tell = (id, text) => {
    if (id) rows.set(id, { text });
    set({ bulk: { rows, done, failed, total, running: true,
      paused: Boolean(resume) } });
  };
  tell();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (left.length && !stop.signal.aborted) {
      if (resume) await new Promise((go) => waiting.push(go));
      const id = left.shift();
      if (!id || stop.signal.aborted) break;
      try {
        await writeOne(id, (text) => tell(id, text));
        rows.delete(id);
        done++;
      } catch (error) {
        failed++;
        tell(id, error.name === 'AbortError' ? 'canceled' : error.message);
      }
      tell();
    }
  }));
  stop = null;
  resume = null;
  set({ bulk: { rows, done, failed, total, running: false } });
  announce(`${done} captions written, ${failed} failed.`);
}

async function writeOne(id, tell) {
  let text = '';
  tell('writing…');
  const answer = await writeCaption(id, { signal: stop.signal,
    on: (name, data) => {
      text = name === 'delta' ? text + data.text : '';
      tell(text.slice(-60) || 'writing…');
    } });
  await editDraft(fromAnswer(answer), id);
}

const waiting = [];

function pause() {
  if (resume) {
    resume();
    return;
  }
  resume = () => {
    resume = null;
    for (const go of waiting.splice(0)) go();
    set({ bulk: { ...state.bulk, paused: false } });
  };
  set({ bulk: { ...state.bulk, paused: true } });
}

function render() {
  const { bulk } = state;
  const running = Boolean(bulk?.running);
  const todo = work().length;
  byId('bulk').hidden = !running && !todo && !bulk;
  byId('bulk-generate').hidden = running;
  byId('bulk-generate').disabled = !todo || Boolean(state.busy);
  byId('bulk-generate').textContent = bulk?.failed && !running
    ? 'Try the rest again' : `Generate all${todo ? ` (${todo})` : ''}`;
  byId('bulk-pause').hidden = !running;
  byId('bulk-pause').textContent = bulk?.paused ? 'Go on' : 'Pause';
  byId('bulk-cancel').hidden = !running;
  byId('bulk-text').textContent = bulk ? `${bulk.done}/${bulk.total} written${
    bulk.failed ? `, ${bulk.failed} failed` : ''}` : '';
}
