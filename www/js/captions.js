// Captions of many tracks: read and changed from the table and in bulk.
import { call } from './api.js';
import { editDraft, forgetCaption } from './drafting.js';
import { count } from './format.js';
import { did } from './history.js';
import { takeItem } from './load.js';
import { notice } from './notices.js';
import { select } from './select.js';
import { isWaiting } from './standing.js';
import { state } from './state.js';
import { allRows } from './tracks.js';

// changes: [[row, text]]; what: a description for undo; without it there is no
// undo. False if nothing could be changed.
export async function changeCaptions(changes, what) {
  const real = changes.filter(([row, text]) => row.caption !== text);
  if (!real.length) return true;
  const before = real.map(([row]) => [row.id, row.caption]);
  const after = real.map(([row, text]) => [row.id, text]);
  if (!(await writeAll(after))) return false;
  if (what)
    did(
      what,
      () => writeAll(before),
      () => writeAll(after),
    );
  return true;
}

async function writeAll(texts) {
  const rows = new Map(allRows().map((row) => [row.id, row]));
  const failed = [];
  for (const [id, text] of texts) {
    const row = rows.get(id);
    try {
      if (row) await writeOne(row, text);
    } catch (error) {
      failed.push(`${row.name}: ${error.message}`);
    }
  }
  if (failed.length) {
    notice(`${count(failed.length, 'caption')} not changed. ${failed[0]}`);
  }
  return failed.length < texts.length;
}

// A saved caption is changed on the server; another one is a draft's.
async function writeOne({ item, parseId }, text) {
  if (!item || isWaiting(item) || !text.trim()) {
    await editDraft({ caption: text }, parseId);
    return;
  }
  const answer = await call('PATCH', `/api/train/items/${item.id}`, {
    body: { promptText: text },
  });
  takeItem({ ...answer, id: item.id, promptText: text });
  await forgetCaption(parseId, item);
  await showAgain(item);
}

// If it is on the desk, show it in its current state.
export async function showAgain({ id }) {
  if (state.selection?.itemId === id) await select({ ...state.selection });
}
