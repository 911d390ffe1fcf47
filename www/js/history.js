// The last fifty changes can be undone and redone.
import { byId } from './html.js';
import { announce, notice } from './notices.js';
import { set, state, watch } from './state.js';

const deep = 50;
let done = [];
let undone = [];
let busy = false;

export function startHistory() {
  byId('change-undo').addEventListener('click', undoChange);
  byId('change-redo').addEventListener('click', redoChange);
  watch(['artistId'], () => {
    done = [];
    undone = [];
    set({ changes: 0 });
  });
  watch(['changes'], render);
}

// Record a change: what, in words that fit after "Undo"; how to undo and redo
// it. tell: announce it, with a button to undo.
export function did(what, undo, redo, { tell } = {}) {
  const change = { what, undo, redo };
  done = [...done.slice(1 - deep), change];
  undone = [];
  set({ changes: state.changes + 1 });
  if (tell) {
    notice(tell, {
      action: 'Undo',
      run: () => {
        if (done.at(-1) === change) undoChange();
      },
    });
  }
}

const move = (from, to, way, word) => async () => {
  const change = from().at(-1);
  if (!change || busy) return;
  busy = true;
  try {
    await change[way]();
    from().pop();
    to().push(change);
    announce(`${word}: ${change.what}.`);
  } catch (error) {
    notice(`Not ${word.toLowerCase()}: ${change.what}. ${error.message}`);
  } finally {
    busy = false;
    set({ changes: state.changes + 1 });
  }
};

export const undoChange = move(
  () => done,
  () => undone,
  'undo',
  'Undone',
);
export const redoChange = move(
  () => undone,
  () => done,
  'redo',
  'Done again',
);

function render() {
  byId('changes').hidden = !done.length && !undone.length;
  for (const [id, list, word] of [
    ['change-undo', done, 'Undo'],
    ['change-redo', undone, 'Redo'],
  ]) {
    byId(id).disabled = !list.length;
    byId(id).title = list.length ? `${word}: ${list.at(-1).what}` : word;
  }
}
