// Windows: a saved track cut into pieces of some thirty seconds, each with its
// own caption. Here the user hears one in a loop, reads and edits it; an
// excluded one stays out of datasets.
import { call } from './api.js';
import { warningText } from './caption.js';
import { postEvents } from './events.js';
import { count, length, words } from './format.js';
import { did } from './history.js';
import { byId, html, keyed, say } from './html.js';
import { ears, fetched } from './late.js';
import { takeItem } from './load.js';
import { paintMarks, selectWords } from './marks.js';
import { announce, notice } from './notices.js';
import { currentItem, currentName, isWaiting } from './standing.js';
import { state, watch } from './state.js';

let of = null; // {id, sha256, seconds} of the item with these windows
let list = [];
let at = 0; // which of them is shown
let changes = 0; // begun and done here: a list from before one is old
let looping = false;
let stop = null; // ends the generation in progress
let evidence = null; // tells what words rest on, once there is some to show

const path = (more = '') => `/api/train/items/${of.id}/windows${more}`;

export function startWindows() {
  const field = byId('window-text');
  byId('windows-make').addEventListener('click', generate);
  byId('windows-stop').addEventListener('click', () => stop?.abort());
  byId('window-play').addEventListener('click', play);
  byId('window-before').addEventListener('click', () => stepWindow(-1));
  byId('window-next').addEventListener('click', () => stepWindow(1));
  byId('window-out').addEventListener('change', (event) =>
    change({ excluded: event.target.checked }),
  );
  field.addEventListener('change', keep);
  field.addEventListener('input', () => renderMarks(list[at], field));
  field.addEventListener('scroll', () => {
    byId('window-marks').scrollTop = field.scrollTop;
  });
  field.addEventListener('keydown', (event) => {
    if (
      event.key !== 'Enter' ||
      event.shiftKey ||
      event.ctrlKey ||
      event.metaKey ||
      event.isComposing
    )
      return;
    event.preventDefault();
    stepWindow(1); // which keeps the text
    field.focus();
  });
  for (const name of ['play', 'pause', 'emptied']) {
    byId('audio').addEventListener(name, follow);
  }
  watch(['selection', 'items', 'draft'], load);
  watch(['cut'], fetchThem);
}

// Windows are of audio that is saved.
async function load() {
  const item = state.draft.file ? null : currentItem();
  const mine =
    item?.audioPath && item.audio && !isWaiting(item)
      ? {
          id: item.id,
          name: currentName(),
          sha256: item.audio.sha256,
          analysis: item.analysis,
          promptText: item.promptText,
          seconds: item.audio.durationSec,
        }
      : null;
  if (mine?.id === of?.id && mine?.sha256 === of?.sha256) {
    // The server remade them, with the caption or by the analysis.
    const anew =
      of &&
      (mine.analysis !== of.analysis || mine.promptText !== of.promptText);
    Object.assign(of ?? {}, mine);
    if (anew && !stop) await fetchThem();
    return;
  }
  stop?.abort();
  keep(); // by keys, nobody leaves the field first
  of = mine;
  looping = false;
  take([]);
  await fetchThem();
}

async function fetchThem() {
  const mine = of;
  if (!mine) return;
  const before = changes;
  const answer = await call('GET', path()).catch(() => null);
  if (!answer || of !== mine) return;
  if (before !== changes) {
    await fetchThem();
    return;
  }
  take(answer.windows, at);
  const waiting = answer.replaced ?? [];
  if (waiting.length && of.waiting !== waiting.length) tellGone(waiting);
  of.waiting = waiting.length;
}

function tellGone(gone) {
  notice(
    `The track is cut differently now: ${gone.length} of your captions ${
      gone.length === 1 ? 'fits' : 'fit'
    } no window any more. ${gone
      .map(({ promptText }) => `“${promptText}”`)
      .join(' ')}`,
  );
}

function take(windows, shown = 0) {
  list = windows;
  at = Math.max(0, Math.min(shown, list.length - 1));
  say(byId('windows-error'), '');
  render();
}

async function generate() {
  const mine = of;
  const where = path('/generate');
  stop = new AbortController();
  render();
  byId('windows-text').textContent = 'Cutting…';
  let made = 0;
  try {
    const done = await postEvents(where, {
      body: (await (await ears())?.ofWindows()) || { audio: false },
      signal: stop.signal,
      on: (name) => {
        if (name === 'window' && of === mine) {
          byId('windows-text').textContent =
            `${count(++made, 'caption')} written…`;
        }
      },
    });
    if (of !== mine) return;
    stop = null;
    take(done.windows);
    takeItem({ id: mine.id, windows: done.windows.length });
    announce(`${count(list.length, 'window')}. Review their captions.`);
    if (done.replaced?.length) tellGone(done.replaced);
  } catch (error) {
    stop = null;
    if (of !== mine) return;
    render();
    if (error.name !== 'AbortError') say(byId('windows-error'), error.message);
  }
}

/* ---- one of them ---- */

export function stepWindow(by) {
  if (list.length) show(at + by);
}

function show(index) {
  keep();
  at = (index + list.length) % list.length;
  render();
  if (!looping) return;
  byId('audio').currentTime = list[at].startSec;
}

// Whether somebody changed what was put into the field for this window.
const place = () => `${of.id} ${at}`;
const typed = ({ value, dataset }) =>
  dataset.of === place() && dataset.text !== value;

function keep() {
  const field = byId('window-text');
  const text = field.value.replace(/\s*\n\s*/g, ' ').trim();
  const now = list[at];
  if (!now || !typed(field) || !text || text === now.promptText) return;
  change({ promptText: text });
}

// Kept at once, and changed back by Undo.
async function change(patch) {
  const { position, ...was } = list[at];
  const from = of;
  const before = Object.fromEntries(
    Object.keys(patch).map((key) => [key, was[key]]),
  );
  const where = path(`/${position}`);
  const put = async (body) => {
    changes++;
    const answer = await call('PATCH', where, { body });
    changes++;
    if (of?.id !== from.id) return true;
    list = list.map((w) => (w.position === position ? { ...w, ...answer } : w));
    render();
    return true;
  };
  list[at] = { ...list[at], ...patch };
  try {
    await put(patch);
    if (before.promptText !== null) {
      did(
        `window ${position + 1} of ${from.name}`,
        () => put(before),
        () => put(patch),
      );
    }
  } catch (error) {
    if (of !== from) {
      notice(`A window of ${from.name} was not changed. ${error.message}`);
      return;
    }
    list = list.map((w) => (w.position === position ? { ...w, ...before } : w));
    render();
    say(byId('windows-error'), error.message);
  }
}

/* ---- heard ---- */

function play() {
  const audio = byId('audio');
  if (looping && !audio.paused) {
    audio.pause();
    return;
  }
  looping = true;
  audio.currentTime = list[at].startSec;
  audio.play().catch(() => {}); // a broken file: see its error
}

// Round and round, until somebody pauses or goes elsewhere.
function follow() {
  const audio = byId('audio');
  const { startSec, endSec } = list[at] || {};
  const inside =
    audio.currentTime > startSec - 1 && audio.currentTime < endSec + 1;
  if (audio.paused || (looping && !inside && !audio.seeking)) looping = false;
  byId('window-play').textContent = looping ? 'Pause' : 'Play window';
  if (!looping) return;
  if (audio.currentTime >= endSec - 0.02) audio.currentTime = startSec;
  requestAnimationFrame(follow);
}

/* ---- on the page ---- */

function render() {
  const now = list[at];
  byId('windows').hidden = !of;
  byId('windows-make').hidden = Boolean(stop);
  byId('windows-make').textContent = list.length
    ? 'Cut again'
    : 'Generate windows';
  byId('windows-stop').hidden = !stop;
  if (!stop) {
    byId('windows-text').textContent = list.length
      ? `${count(list.length, 'window')}, ${
          list.filter((w) => !w.excluded).length
        } in the dataset`
      : 'A caption for each 30 seconds, from what sounds in them.';
  }
  byId('window').hidden = !now;
  renderLane();
  if (now) renderWindow(now);
}

function renderLane() {
  const lane = byId('windows-lane');
  lane.hidden = !list.length;
  keyed(
    lane,
    list.map((w, i) => ({ ...w, i })),
    ({ i }) => String(i),
    ({ i }) =>
      html`<li>
        <button type="button" @click=${() => show(i)}>${String(i + 1)}</button>
      </li>`,
    dressMark,
  );
}

function dressMark(mark, w, i) {
  const button = mark.firstElementChild;
  mark.className = w.excluded ? 'out' : '';
  mark.style.left = `${(100 * w.startSec) / of.seconds}%`;
  mark.style.width = `${(100 * (w.endSec - w.startSec)) / of.seconds}%`;
  button.setAttribute(
    'aria-label',
    `Window ${i + 1}, ${span(w)}${w.excluded ? ', left out' : ''}`,
  );
  button.title = w.promptText || span(w);
  if (i === at) button.setAttribute('aria-current', 'true');
  else button.removeAttribute('aria-current');
}

const span = ({ startSec, endSec }) =>
  `${length(startSec)} to ${length(endSec)}`;

function barsOf({ startBar, bars }) {
  if (startBar == null || bars == null) return '';
  const first = Math.floor(startBar);
  const last = Math.max(first, Math.ceil(startBar + bars) - 1);
  return first === last ? `bar ${first}` : `bars ${first} to ${last}`;
}

function renderWindow(now) {
  const field = byId('window-text');
  byId('window-title').textContent = `Window ${at + 1} of ${list.length}`;
  byId('window-span').textContent = [
    span(now),
    barsOf(now),
    now.section,
    now.promptText && count(words(now.promptText), 'word'),
    now.edited && 'changed by you',
  ]
    .filter(Boolean)
    .join(' · ');
  if (field !== document.activeElement || !typed(field)) {
    field.value = now.promptText || '';
    field.dataset.text = field.value;
  }
  field.dataset.of = place();
  byId('window-out').checked = Boolean(now.excluded);
  byId('window-sounds').replaceChildren(
    ...(now.sounds || []).map((sound) => html`<li>${sound}</li>`),
  );
  byId('window-unknown').hidden = now.known !== false;
  byId('window-warnings').replaceChildren(
    ...(now.warnings || []).map((w) => html`<li>${warningText(w)}</li>`),
  );
  renderMarks(now, field);
  follow();
}

// What its words rest on, like those of the track's caption, as long as it is
// the text that this is known of.
function renderMarks({ promptText, fields, warnings = [] }, field) {
  const text = field.value === promptText ? promptText : '';
  const known = text && fields?.evidence;
  if (known && !evidence) {
    fetched(async () => {
      const { legendOf } = await import('./evidence.js');
      evidence ??= legendOf('window-evidence', byId('window-warnings'));
      render();
    });
  }
  const find = (start, end) => selectWords(field, text, start, end);
  const places = text ? warnings.filter(({ start }) => start >= 0) : [];
  paintMarks(byId('window-marks'), field, text || '', [
    ...places,
    ...(evidence ? evidence(text || '', known || {}, places, find) : []),
  ]);
}
