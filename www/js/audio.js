// The audio of the set on the desk: chosen, dropped or pasted.
import { call, request } from './api.js';
import { decide } from './decisions.js';
import { editDraft } from './drafting.js';
import { bytes } from './format.js';
import { byId, html, say } from './html.js';
import { lengthProblem, takeOut } from './pairs.js';
import { currentItem, isAlone, resting } from './standing.js';
import { state, watch } from './state.js';
import { showPeaks, startWave } from './wave.js';

const kinds = /\.(mp3|wav|flac|aiff?|ogg|oga)$/i;
const others = /\.(m4a|aac|wma|caf)$/i; // which the server does not take
// Of these too, whatever the name says: bytes, where, and what has them.
const marks = [
  ['ftyp', 4, 'an M4A file'],
  ['\x30\x26\xb2\x75', 0, 'a Windows Media file'],
  ['\x1aE\xdf\xa3', 0, 'a WebM file'],
  ['caff', 0, 'a CAF file'],
  ['MThd', 0, 'a MIDI file'],
];
let playing = ''; // what the player has loaded: a file or an item
let objectUrl = '';

export const isAudio = (file) =>
  kinds.test(file.name) ||
  others.test(file.name) ||
  file.type.startsWith('audio/');

const again = 'Bounce it as WAV, FLAC or MP3.';

// Why a file with an audio name cannot be used; '' if it can.
export async function whyNot(file) {
  if (!isAudio(file) && !/\.als$/i.test(file.name)) return '';
  if (!file.size) return 'the file is empty (0 bytes).';
  if (!isAudio(file)) return '';
  if (
    !kinds.test(file.name) &&
    !/audio\/(mpeg|wav|x-wav|flac|ogg|aiff|x-aiff)/.test(file.type)
  )
    return `we can’t use this kind. ${again}`;
  const head = await file
    .slice(0, 12)
    .arrayBuffer()
    .then((bytes) => String.fromCharCode(...new Uint8Array(bytes)))
    .catch(() => ''); // whoever reads it says so
  const found = marks.find(([mark, at]) => head.startsWith(mark, at));
  return found ? `it is ${found[2]}, which we can’t use. ${again}` : '';
}

// The audio of that set from now on; what cannot be is said by `tell`.
export async function giveAudio(file, parseId, tell) {
  const fault = isAudio(file)
    ? await whyNot(file)
    : `it is not audio. ${again}`;
  if (fault) {
    tell(`We can’t use “${file.name}”: ${fault}`);
    return;
  }
  tell('');
  decide(file, parseId);
  await editDraft({ file }, parseId);
}

export function startAudio() {
  const input = byId('audio-input');
  const drop = byId('drop');
  input.addEventListener('change', () => {
    take(input.files);
    input.value = '';
  });
  for (const name of ['dragenter', 'dragover']) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add('over');
    });
  }
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', (event) => {
    drop.classList.remove('over');
    const files = [...event.dataTransfer.files];
    if (files.length !== 1 || !isAudio(files[0])) return; // the importer's
    event.preventDefault();
    event.stopPropagation();
    document.dispatchEvent(new Event('droptaken'));
    take(files);
  });
  document.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files || [])].filter(isAudio);
    if (files.length && state.selection) take(files);
  });
  byId('audio-remove').addEventListener('click', takeOut);
  byId('audio').addEventListener('loadedmetadata', noteLength);
  startWave();
  watch(['selection', 'draft', 'items', 'busy', 'uploads'], render);
}

function take(files) {
  const [file] = files;
  if (!file || !state.selection || resting()) return;
  const { parseId } = state.selection;
  giveAudio(file, parseId, (text) => {
    if (state.selection?.parseId === parseId) say(byId('audio-error'), text);
  });
}

function render() {
  const { file } = state.draft;
  const item = currentItem();
  const saved = !file && item?.audioPath ? item : null;
  byId('player').hidden = !file && !saved;
  byId('drop').classList.toggle('small', Boolean(file || saved));
  byId('audio-label').textContent =
    file || saved ? 'Choose another file' : 'Choose the audio';
  byId('audio-input').disabled = resting();
  byId('audio-remove').hidden = !file;
  byId('audio-remove').disabled = resting();
  byId('audio-name').textContent = file
    ? `${file.name}, ${bytes(file.size)}`
    : saved
      ? savedName(saved.audio)
      : '';
  const checks = file
    ? [state.draft.problem].filter(Boolean)
    : saved?.checks || [];
  byId('checks').replaceChildren(
    ...checks.map((c) => html`<li class=${c.level}>${c.detail}</li>`),
  );
  load(file, saved);
}

const savedName = (audio) =>
  audio
    ? `${audio.format.toUpperCase()}, ${bytes(audio.bytes)}, ${Math.round(
        audio.bitrate / 1000,
      )} kbit/s, ${audio.sampleRate / 1000} kHz`
    : '';

// How long a file is, is known once the player has its head: said before it is
// saved.
function noteLength() {
  const { file, problem, seconds } = state.draft;
  const { duration } = byId('audio');
  if (file && isAlone(state.selection.parseId)) {
    if (duration !== seconds) editDraft({ seconds: duration });
    return;
  }
  const listed = state.sets?.find(
    (s) => s.parseId === state.selection?.parseId,
  );
  if (!file || !listed) return;
  const found = lengthProblem(duration, listed.durationSec);
  if (found?.detail !== problem?.detail) editDraft({ problem: found });
}

function load(file, item) {
  const key = file
    ? `file ${file.name} ${file.size} ${file.lastModified}`
    : item
      ? `item ${item.id} ${item.audio?.sha256}`
      : '';
  if (key === playing) return;
  playing = key;
  const audio = byId('audio');
  if (objectUrl) URL.revokeObjectURL(objectUrl);
  objectUrl = file ? URL.createObjectURL(file) : '';
  say(byId('play-error'), '');
  audio.onerror = () => key === playing && key && playAnyway(file, item, key);
  if (key) audio.src = objectUrl || `/api/train/items/${item.id}/audio`;
  else audio.removeAttribute('src');
  showPeaks(null);
  if (item) loadPeaks(item, key);
  else if (file) drawLocally(file, key);
}

// A browser that plays no AIFF gets it as WAV.
async function playAnyway(file, item, key) {
  byId('audio').onerror = null;
  const wav = await import('./aiff.js')
    .then(async ({ wavOf }) =>
      wavOf(
        file ||
          (await (
            await request('GET', `/api/train/items/${item.id}/audio`)
          ).blob()),
      ),
    )
    .catch(() => null);
  if (key !== playing) return;
  if (!wav) {
    say(
      byId('play-error'),
      'This browser cannot play this file. It can be used all the same.',
    );
    return;
  }
  if (objectUrl) URL.revokeObjectURL(objectUrl);
  objectUrl = URL.createObjectURL(wav);
  byId('audio').src = objectUrl;
  if (file) drawLocally(wav, key);
}

// A bounce that is not saved shows its waveform too, from the file itself; one
// that would fill the memory does without.
async function drawLocally(file, key) {
  if (file.size > 300e6) return;
  const context = new OfflineAudioContext(1, 1, 8000);
  const sound = await file
    .arrayBuffer()
    .then((data) => context.decodeAudioData(data))
    .catch(() => null);
  if (sound && key === playing) showPeaks(peaksOf(sound.getChannelData(0)));
}

function peaksOf(samples) {
  const peaks = new Array(1000).fill(0);
  const width = samples.length / peaks.length;
  for (let i = 0; i < samples.length; i++) {
    const at = Math.min(peaks.length - 1, Math.floor(i / width));
    const level = Math.abs(samples[i]);
    if (level > peaks[at]) peaks[at] = level;
  }
  return peaks;
}

// The analysis follows a save, soon or late; without it there is no waveform.
async function loadPeaks(item, key) {
  for (let n = 0; key === playing; n++) {
    const whole = await call('GET', `/api/train/items/${item.id}`).catch(
      () => null,
    );
    if (key !== playing || !whole || whole.analysis === 'failed') return;
    if (whole.peaks) {
      showPeaks(whole.peaks);
      return;
    }
    await new Promise((resolve) =>
      setTimeout(resolve, Math.min(1000 + 500 * n, 10000)),
    );
  }
}
