// Captions for many: for each track that has audio here but no caption, or for
// the selected ones, three at a time; windows of those too. A row that fails
// says why and stops no other.
import { call } from './api.js';
import { fromAnswer, writeCaption } from './caption.js';
import { changeCaptions, showAgain } from './captions.js';
import { ask } from './dialogs.js';
import { editDraft, forgetCaption } from './drafting.js';
import { postEvents } from './events.js';
import { count, length } from './format.js';
import { did } from './history.js';
import { byId } from './html.js';
import { ears, fetched } from './late.js';
import { loadItems, takeItem } from './load.js';
import { announce } from './notices.js';
import { aloneDrafts, isWaiting, itemOf } from './standing.js';
import { set, state, watch } from './state.js';
import { allRows } from './tracks.js';

const atOnce = 3;
let stop = null;
let resume = null; // lets a paused run go on

export function startBulk() {
  byId('bulk-generate').addEventListener('click', writeAll);
  byId('bulk-pause').addEventListener('click', pause);
  byId('bulk-cancel').addEventListener('click', () => {
    stop?.abort();
    resume?.();
  });
  watch(['items', 'drafted', 'bulk', 'busy'], render);
}

// Sets that wait, with their audio here or on the server, without a caption.
function work() {
  const ids = (state.items || [])
    .filter(
      (item) =>
        isWaiting(item) &&
        (item.audioPath || state.drafted.get(item.parseId)?.hasFile) &&
        !state.drafted.get(item.parseId)?.hasCaption,
    )
    .map((i) => i.parseId);
  const alone = aloneDrafts()
    .filter(([, { hasCaption }]) => !hasCaption)
    .map(([id]) => id);
  return [...new Set([...ids, ...alone])];
}

async function writeAll() {
  const ids = work();
  if (await mayCost(ids.length)) await run(ids);
}

// One caption is cheap; many of a connected model are asked about first.
async function mayCost(n) {
  if (n < 2 || state.health?.model !== 'connected') return true;
  let costs;
  return (
    (await fetched(async () => {
      costs = await import('./costs.js');
    })) && costs.agreed(n)
  );
}

// Existing captions are only rewritten if the user agrees.
export async function generateRows(picked) {
  const rows = picked.filter(
    ({ bounce, state: is }) => !bounce && is !== 'uploading',
  );
  const there = rows.filter(({ caption }) => caption).length;
  if (!rows.length || state.bulk?.running) return;
  if (
    there &&
    !(await ask(
      `Write ${count(rows.length, 'caption')}?`,
      `${count(there, 'caption')} will be replaced. It can be undone.`,
      rows.length === 1 ? 'Write it' : 'Write them',
      'Cancel',
    ))
  )
    return;
  if (!there && !(await mayCost(rows.length))) return;
  await run([...new Set(rows.map(({ parseId }) => parseId))]);
}

// Saved tracks are cut into windows; what a user wrote in one stays.
export async function windowsOfRows(picked) {
  const items = new Map(
    picked
      .filter(({ item }) => item?.audioPath && !isWaiting(item))
      .map((row) => [row.parseId, row.item]),
  );
  if (!items.size || state.bulk?.running) return;
  await run([...items.keys()], 'window', async (id, tell) => {
    let made = 0;
    tell('cutting…');
    await postEvents(`/api/train/items/${items.get(id).id}/windows/generate`, {
      body: (await (await ears())?.ofWindows()) || { audio: false },
      signal: stop.signal,
      on: (name) => {
        if (name === 'window') tell(count(++made, 'window'));
      },
    });
  });
  await loadItems();
  set({ cut: state.cut + 1 });
}

async function run(ids, what = 'caption', one = writeOne) {
  const left = [...ids];
  const began = performance.now();
  const before = new Map(allRows().map((row) => [row.parseId, row]));
  const written = [];
  const rows = new Map();
  const total = left.length;
  stop = new AbortController();
  let done = 0;
  let failed = 0;
  const tell = (id, text) => {
    if (id) rows.set(id, { text });
    set({
      bulk: {
        rows,
        done,
        failed,
        total,
        what,
        running: true,
        paused: Boolean(resume),
        began,
      },
    });
  };
  tell();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left.length && !stop.signal.aborted) {
        if (resume) await new Promise((go) => waiting.push(go));
        const id = left.shift();
        if (!id || stop.signal.aborted) break;
        try {
          written.push([
            before.get(id),
            await one(id, (text) => tell(id, text)),
          ]);
          rows.delete(id);
          done++;
        } catch (error) {
          failed++;
          tell(id, error.name === 'AbortError' ? 'canceled' : error.message);
        }
        tell();
      }
    }),
  );
  stop = null;
  resume = null;
  set({ bulk: { rows, done, failed, total, what, running: false } });
  announce(
    `${
      what === 'window'
        ? `${count(done, 'track')} cut into windows`
        : `${count(done, 'caption')} written`
    }, ${failed} failed.`,
  );
  if (written.length && one === writeOne) {
    did(
      `writing of ${count(written.length, 'caption')}`,
      () => changeCaptions(written.map(([row]) => [again(row), row.caption])),
      () => changeCaptions(written.map(([row, text]) => [again(row), text])),
    );
  }
}

// The row in its current state.
const again = (row) =>
  allRows().find(
    ({ id, parseId }) => id === row.id || parseId === row.parseId,
  ) || row;

async function writeOne(id, tell) {
  let text = '';
  tell('writing…');
  const answer = await writeCaption(id, {
    signal: stop.signal,
    on: (name, data) => {
      text = name === 'delta' ? text + data.text : '';
      tell(name === 'sending' ? data.text : text.slice(-60) || 'writing…');
    },
  });
  const item = itemOf(id);
  if (!item || isWaiting(item)) {
    await editDraft(fromAnswer(answer), id);
  } else {
    const { prompt: promptText, generationId } = answer;
    takeItem({
      ...(await call('PATCH', `/api/train/items/${item.id}`, {
        body: { promptText, generationId },
      })),
      id: item.id,
      promptText,
    });
    await forgetCaption(id, item);
    await showAgain(item);
  }
  return answer.prompt;
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
  byId('bulk-generate').textContent =
    bulk?.failed && !running
      ? 'Try the rest again'
      : `Generate all${todo ? ` (${todo})` : ''}`;
  byId('bulk-pause').hidden = !running;
  byId('bulk-pause').textContent = bulk?.paused ? 'Go on' : 'Pause';
  byId('bulk-cancel').hidden = !running;
  byId('bulk-text').textContent = bulk
    ? `${doneText(bulk)}${
        bulk.failed ? `, ${bulk.failed} failed` : ''
      }${leftOf(bulk)}`
    : '';
}

const doneText = ({ done, total, what }) =>
  `${done}/${total} ${what === 'window' ? 'cut into windows' : 'written'}`;

function leftOf({ running, paused, done, failed, total, began }) {
  const over = done + failed;
  if (!running || paused || !over || over === total) return '';
  const spent = (performance.now() - began) / 1000;
  return `, ${length((spent / over) * (total - over))} left`;
}
