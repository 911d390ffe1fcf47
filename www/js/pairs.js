// Bounces whose set is uncertain: kept here, each with the most similar set,
// until the user says yes, names another set (or drags the bounce onto one), or
// puts it aside. Until then nothing of them is saved.
import { newKey } from './api.js';
import { giveAudio, isAudio } from './audio.js';
import { decide } from './decisions.js';
import { editDraft, unmark } from './drafting.js';
import { readDraft } from './drafts.js';
import { count, length, nameOf } from './format.js';
import { byId, copyOf, html, keyed } from './html.js';
import { list, read, write } from './kept.js';
import { announce, notice } from './notices.js';
import { byLikeness, byName } from './pairing.js';
import { select, selectSet } from './select.js';
import { draftId, itemOf, uploading } from './standing.js';
import { set, state, watch } from './state.js';
import { allRows } from './tracks.js';

const dragged = 'application/x-trainmode-bounce';
const sound = new Audio(); // to listen to one of them
const sets = () => state.sets || [];
const offered = new WeakMap(); // select -> the choices that it shows
const settling = new Set(); // ids: a second click settles nothing twice

let latest = 0; // when the last one was used without a set

export function startPairs() {
  for (const name of ['play', 'pause', 'emptied']) {
    sound.addEventListener(name, render);
  }
  takeDrops(byId('tracks'));
  byId('match-yes').addEventListener('click', () =>
    settle(matching(), matching().parseId),
  );
  byId('match-no').addEventListener('click', () => putAside(matching()));
  byId('pairs-alone').addEventListener('click', async () => {
    for (const one of looseFiles()) await useAlone(one);
  });
  watch(['loose', 'items', 'drafted', 'selection', 'busy'], render);
}

// Loads what is still to be settled. With the library, since proposals need it.
export async function loadLoose() {
  const { artistId } = state;
  sound.removeAttribute('src');
  set({ loose: [] });
  const kept = await list('loose', `${artistId}/`);
  if (!kept.length || state.artistId !== artistId) return;
  const here = new Set(state.loose.map(({ id }) => id)); // came since
  propose([
    ...kept.map(([, one]) => one).filter(({ id }) => !here.has(id)),
    ...state.loose,
  ]);
}

// Another tab has changed them.
export async function refreshLoose() {
  const { artistId } = state;
  const kept = await list('loose', `${artistId}/`);
  if (state.artistId !== artistId) return;
  const here = new Map(state.loose.map((one) => [one.id, one]));
  propose(kept.map(([id, one]) => ({ ...here.get(id), ...one })));
}

// files: [{file, path, caption, ear}]; all but the file may be missing, for
// ear see hearAs. Their lengths are read from their heads.
export async function addLoose(files, artistId = state.artistId) {
  const left = [...files.entries()];
  const added = [];
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let next = left.shift(); next; next = left.shift()) {
        const [at, { file, path, caption, ear }] = next;
        const fileId = newKey();
        const one = {
          id: `${artistId}/${fileId}`,
          fileId,
          name: file.name,
          path,
          caption,
          ear,
          size: file.size,
          seconds: await secondsOf(file),
        };
        await write([
          ['files', fileId, file],
          ['loose', one.id, one],
        ]);
        added[at] = one; // in the order of the files
      }
    }),
  );
  if (state.artistId === artistId) propose([...state.loose, ...added]);
  return added;
}

// Those that are not put aside.
export const looseFiles = () => state.loose.filter((one) => !one.later);

/* ---- by ear ---- */

// What is happening to one, in words.
export function tellOf(id, doing) {
  set({
    loose: state.loose.map((one) => (one.id === id ? { ...one, doing } : one)),
  });
}

// ear: {uploadId: where its audio waits on the server, best: the set that fits
// best, according to /api/train/match}. If there is no doubt, it is paired with
// that set.
export async function hearAs(id, ear) {
  const kept = await read('loose', id);
  const one = state.loose.find((other) => other.id === id);
  // What the user settles in the meantime must not be written again.
  if (!one || settling.has(id)) return;
  if (!kept) {
    drop(one); // by another tab
    return;
  }
  const heard = { ...one, ear, doing: '' };
  propose(state.loose.map((other) => (other === one ? heard : other)));
  // A server that was away is asked again after a reload.
  if (!ear.failed) await write([['loose', id, heard]]);
  const found = sets().find((s) => s.parseId === ear.best?.parseId);
  if (ear.best?.verdict !== 'same' || !found || hasAudio(found)) return;
  const now = state.loose.find((other) => other.id === id);
  if (!now || now.later) return;
  await settle(now, found.parseId);
  notice(`${one.name} is the audio of ${nameOf(found)}: ${heardIn(ear.best)}.`);
}

const heardIn = ({ coverage, startBar }) =>
  `${Math.round(100 * coverage)} % of the notes are heard${
    startBar == null ? '' : `, from bar ${Math.floor(startBar)}`
  }`;

function byEar(one) {
  const { best } = one.ear || {};
  const found = best && sets().find((s) => s.parseId === best.parseId);
  if (!found || !['same', 'unsure'].includes(best.verdict)) return null;
  return {
    set: found,
    sure: best.verdict === 'same',
    reason:
      heardIn(best) + (hasAudio(found) ? '; it has other audio already' : ''),
  };
}

// A track without a set, named as its file is. By when it came, so that many
// keep their order.
export function useAlone(one) {
  latest = Math.max(Date.now(), latest + 1);
  const key = latest.toString(36).padStart(9, '0') + newKey().slice(0, 12);
  return settle(one, `alone:${key}`, {
    name: one.name.replace(/\.[^.]+$/, ''),
    seconds: one.seconds,
    sha256: one.ear?.sha256,
    measured: one.ear?.measured,
  });
}

export async function settle(one, parseId, more = {}) {
  const file = await read('files', one.fileId);
  if (!file) {
    await forget(one);
    announce(`${one.name} is not kept here any more. Drop it again.`);
    return;
  }
  if (settling.has(one.id)) return;
  settling.add(one.id);
  await decide(file, parseId);
  const found = sets().find((s) => s.parseId === parseId);
  await editDraft(
    {
      file,
      fileId: one.fileId,
      uploadId: one.ear?.uploadId || null,
      problem: lengthProblem(one.seconds, found?.durationSec),
      ...(one.caption ? { caption: one.caption } : {}),
      ...more,
    },
    parseId,
    [['loose', one.id]],
  );
  drop(one);
  settling.delete(one.id);
  propose(state.loose);
  announce(
    more.name
      ? `${more.name} is a track without a set.`
      : `${one.name} is the audio of ${nameOf(found || { parseId })}.`,
  );
  if (!one.id.startsWith(state.artistId)) return;
  if (!state.selection) await selectSet(parseId);
  focusNext();
}

// Move the focus to the next row once one is settled.
function focusNext() {
  const next = byId('pairs-list').querySelector('.yes:not([hidden]), select');
  if (document.activeElement === document.body) next?.focus();
}

// A description of a bounce that is much longer than its set, before it is
// saved; a shorter one is a part of it.
export function lengthProblem(seconds, set) {
  if (!seconds || !set || seconds - set <= Math.max(5, set / 20)) return null;
  return {
    code: 'length_differs',
    level: 'warn',
    detail: `${length(seconds)} long, the set ${length(set)}.`,
  };
}

// The bounce of a set goes back to those that look for one.
export async function takeOut() {
  const { parseId } = state.selection;
  const { file } = state.draft;
  if (parseId.startsWith('alone:')) {
    await putBack(parseId);
    return;
  }
  // It was no ear's business to put it there again.
  const [one] = await addLoose([{ file, ear: { best: null } }]);
  await editDraft({ file: null, problem: null }, parseId);
  notice(`${file.name} is back among the bounces.`, {
    action: 'Undo',
    run: () =>
      settle(state.loose.find(({ id }) => id === one.id) || one, parseId),
  });
}

// So does audio that was used without a set; nothing is left of the track.
export async function putBack(parseId) {
  const id = draftId({ parseId });
  const { file, fileId, caption, uploadId, sha256, measured } =
    await readDraft(id);
  if (state.selection?.parseId === parseId) await select(null);
  unmark(id);
  await write([
    ['drafts', id],
    ['files', fileId],
  ]);
  const ear = { best: null, uploadId, sha256, measured };
  const [one] = await addLoose([{ file, caption, ear }]);
  notice(`${file.name} is back among the bounces.`, {
    action: 'Undo',
    run: () => useAlone(state.loose.find(({ id: i }) => i === one.id) || one),
  });
}

async function forget(one) {
  drop(one);
  await write([
    ['loose', one.id],
    ['files', one.fileId],
  ]);
}

async function putAside(one) {
  const changed = { ...one, later: true, parseId: null, reason: '' };
  propose(state.loose.map((other) => (other === one ? changed : other)));
  await write([['loose', one.id, changed]]);
  focusNext();
}

function drop(one) {
  if (sound.dataset.of === one.id) sound.removeAttribute('src');
  set({ loose: state.loose.filter(({ id }) => id !== one.id) });
}

// The likeliest set of each that is not put aside, among those without audio;
// else one of its name that has other audio.
function propose(loose) {
  const open = loose.filter((one) => !one.later);
  const pairs = new Map(
    byLikeness(
      open,
      sets().filter((s) => !hasAudio(s)),
    ).map((pair) => [pair.file, pair]),
  );
  const rest = open.filter((one) => !pairs.has(one));
  for (const pair of byName(rest, sets().filter(hasAudio)).sure) {
    pairs.set(pair.file, { ...pair, reason: 'it has other audio already' });
  }
  set({
    loose: loose.map((one) => {
      const ear = one.later ? null : byEar(one);
      const pair = ear?.sure ? ear : pairs.get(one) || ear;
      return {
        ...one,
        parseId: pair?.set.parseId || null,
        setName: pair ? nameOf(pair.set) : '',
        reason: pair?.reason || '',
      };
    }),
  });
}

export const hasAudio = ({ parseId }) =>
  Boolean(
    itemOf(parseId)?.audioPath ||
    state.drafted.get(parseId)?.hasFile ||
    uploading(parseId),
  );

// null if neither this browser nor we can tell; only the head is read.
export async function secondsOf(file) {
  return (
    (await playedSeconds(file)) ??
    (await (await import('./aiff.js')).aiffSeconds(file))
  );
}

function playedSeconds(file) {
  const audio = new Audio();
  const url = URL.createObjectURL(file);
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      resolve(Number.isFinite(audio.duration) ? audio.duration : null);
      audio.removeAttribute('src');
      URL.revokeObjectURL(url);
    };
    const timer = setTimeout(done, 10000);
    audio.onloadedmetadata = audio.onerror = done;
    audio.preload = 'metadata';
    audio.src = url;
  });
}

async function listen(one) {
  if (sound.dataset.of === one.id && !sound.paused) {
    sound.pause();
    return;
  }
  if (sound.dataset.of !== one.id || !sound.getAttribute('src')) {
    const file = await read('files', one.fileId);
    URL.revokeObjectURL(sound.src);
    sound.dataset.of = one.id;
    sound.src = URL.createObjectURL(file || new Blob());
    sound.onerror = async () => {
      sound.onerror = null;
      const { wavOf } = await import('./aiff.js');
      const wav = file && (await wavOf(file).catch(() => null));
      if (sound.dataset.of !== one.id) return;
      if (!wav) announce('This browser cannot play that file.');
      else {
        sound.src = URL.createObjectURL(wav);
        sound.play().catch(() => {});
      }
    };
  }
  sound.play().catch(() => {}); // said as an error of the player
}

/* ---- onto a set's row ---- */

function takeDrops(rows) {
  const rowOf = (event) => event.target.closest?.('li');
  const taken = ({ dataTransfer }) =>
    dataTransfer.types.includes(dragged) ||
    dataTransfer.types.includes('Files');
  const mark = (row) => {
    for (const other of rows.querySelectorAll('.over')) {
      if (other !== row) other.classList.remove('over');
    }
    row?.classList.add('over');
  };
  rows.addEventListener('dragover', (event) => {
    if (!taken(event) || !rowOf(event)) return;
    event.preventDefault();
    mark(rowOf(event));
  });
  rows.addEventListener('dragleave', () => mark(null));
  rows.addEventListener('drop', (event) => {
    const row = rowOf(event);
    mark(null);
    if (!row || state.busy) return;
    const { parseId } = allRows().find(({ id }) => id === row.dataset.key);
    if (!parseId) return;
    const id = event.dataTransfer.getData(dragged);
    const one = state.loose.find((other) => other.id === id);
    const { files } = event.dataTransfer;
    if (!one && (files.length !== 1 || !isAudio(files[0]))) return;
    event.preventDefault();
    event.stopPropagation();
    document.dispatchEvent(new Event('droptaken'));
    if (one) settle(one, parseId);
    else giveAudio(files[0], parseId, (text) => text && notice(text));
  });
}

/* ---- on the page ---- */

function render() {
  const open = looseFiles();
  const later = state.loose.filter((one) => one.later);
  byId('pairs').hidden = !state.loose.length;
  byId('pairs-title').textContent = open.length
    ? `${count(open.length, 'bounce')} to check`
    : 'Bounces set aside';
  keyed(byId('pairs-list'), open, ({ id }) => id, makeRow, updateRow);
  byId('pairs-alone').hidden = open.length < 2;
  byId('pairs-alone').textContent = `Use all ${open.length} without a set`;
  byId('pairs-later').hidden = !later.length;
  byId('pairs-later-count').textContent = `(${later.length})`;
  keyed(byId('pairs-later-list'), later, ({ id }) => id, makeRow, updateRow);
  renderMatch();
}

// The buttons use the row's state when they are pressed. Choosing from an open
// list settles it; arrow keys only move through the choices, so after them it
// takes the Yes.
function makeRow({ id, name, path, seconds }) {
  const row = copyOf('pair-row');
  const now = () => state.loose.find((one) => one.id === id);
  const on = (selector, type, work) =>
    row.querySelector(selector).addEventListener(type, work);
  let byKeys = true;
  const twice = state.loose.some(
    (other) => other.id !== id && other.name === name,
  );
  row.querySelector('strong').textContent = twice && path ? path : name;
  row.querySelector('.hint').textContent = seconds ? length(seconds) : '';
  const choice = row.querySelector('select');
  choice.setAttribute('aria-label', `Set of ${name}`);
  on('select', 'focus', () => offer(choice));
  on('select', 'pointerdown', () => {
    byKeys = false;
    offer(choice);
  });
  on('select', 'keydown', () => {
    byKeys = true;
    offer(choice);
  });
  on('select', 'change', () => {
    if (byKeys) choose(now(), choice.value);
    else if (choice.value) settle(now(), choice.value);
  });
  on('.listen', 'click', () => listen(now()));
  on('.yes', 'click', () => settle(now(), now().parseId));
  on('.alone', 'click', () => useAlone(now()));
  on('.aside', 'click', () => (now().later ? forget(now()) : putAside(now())));
  row.addEventListener('dragstart', (event) => {
    event.dataTransfer.setData(dragged, id);
    event.dataTransfer.effectAllowed = 'link';
  });
  return row;
}

function choose(one, parseId) {
  const chosen = sets().find((s) => s.parseId === parseId);
  set({
    loose: state.loose.map((other) =>
      other !== one
        ? other
        : {
            ...one,
            parseId: parseId || null,
            setName: chosen ? nameOf(chosen) : '',
            reason: 'your choice',
          },
    ),
  });
}

function updateRow(row, { id, name, parseId, setName, reason, later, doing }) {
  const plays = sound.dataset.of === id && !sound.paused;
  const listenButton = row.querySelector('.listen');
  listenButton.textContent = plays ? '❚❚' : '▶';
  listenButton.setAttribute(
    'aria-label',
    `${plays ? 'Pause' : 'Listen to'} ${name}`,
  );
  const guess = row.querySelector('.guess');
  guess.hidden = later && !parseId;
  guess.replaceChildren(
    ...(parseId
      ? ['Maybe ', html`<strong>${setName}</strong>`, `: ${reason}.`]
      : doing
        ? [doing]
        : [
            sets().length
              ? 'No matching set found. Choose one, drag it onto one, or use ' +
                'it without a set.'
              : 'No set yet: add one, or use it without a set.',
          ]),
  );
  const yes = row.querySelector('.yes');
  yes.hidden = !parseId;
  yes.setAttribute('aria-label', `Yes, ${name} belongs to ${setName}`);
  row
    .querySelector('.alone')
    .setAttribute('aria-label', `Use ${name} without a set`);
  const aside = row.querySelector('.aside');
  aside.textContent = later ? 'Remove' : 'Later';
  aside.setAttribute('aria-label', `${aside.textContent}: ${name}`);
}

// A thousand sets per row only when they are asked for; again once one of them
// was added, removed or got audio.
function offer(select) {
  const byLetters = [...sets()].sort((a, b) =>
    nameOf(a).localeCompare(nameOf(b), undefined, { numeric: true }),
  );
  const choices = byLetters.map((s) => [
    s.parseId,
    nameOf(s) + (hasAudio(s) ? ' (has audio)' : ''),
  ]);
  const text = JSON.stringify(choices);
  if (offered.get(select) === text) return;
  offered.set(select, text);
  const { value } = select;
  select.replaceChildren(
    select.firstElementChild,
    ...choices.map(
      ([id, label]) => html`<option value=${id}>${label}</option>`,
    ),
  );
  select.value = value;
  if (select.selectedIndex < 0) select.value = '';
}

// The same question for the set on the desk.
const matching = () =>
  state.loose.find(
    ({ parseId, later }) =>
      !later && parseId && parseId === state.selection?.parseId,
  );

function renderMatch() {
  const one = matching();
  byId('match').hidden = !one;
  byId('match-text').textContent = one
    ? `Is “${one.name}” the audio of this set? ${one.reason}.`
    : '';
}
