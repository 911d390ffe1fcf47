// The audio of the set on the desk: chosen, dropped or pasted.
import { call } from './api.js';
import { currentItem, editDraft, isAlone, resting } from './desk.js';
import { lengthProblem, takeOut } from './pairs.js';
import { bytes } from './format.js';
import { byId, html, say } from './html.js';
import { state, watch } from './state.js';
import { showPeaks, startWave } from './wave.js';

const kinds = /\.(mp3|wav|flac|aiff?|ogg|oga)$/i;
let playing = ''; // what the player has loaded: a file or an item
let objectUrl = '';

export const isAudio = (file) =>
  kinds.test(file.name) || file.type.startsWith('audio/');

// Why a file with an audio name cannot be used; '' if it can.
export function whyNot(file) {
  if (!isAudio(file) && !/\.als$/i.test(file.name)) return '';
  if (!file.size) return 'the file is empty (0 bytes).';
  return isAudio(file) &&
    !kinds.test(file.name) &&
    !/audio\/(mpeg|wav|x-wav|flac|ogg|aiff|x-aiff)/.test(file.type)
    ? 'we can’t use this kind. Bounce it as WAV, FLAC or MP3.'
    : '';
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
  if (!isAudio(file) || whyNot(file)) {
    say(
      byId('audio-error'),
      `We can’t use “${file.name}”: ${
        whyNot(file) || 'it is not audio. Use MP3, WAV, FLAC, AIFF or Ogg.'
      }`,
    );
    return;
  }
  say(byId('audio-error'), '');
  editDraft({ file });
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
  if (key) audio.src = objectUrl || `/api/train/items/${item.id}/audio`;
  else audio.removeAttribute('src');
  showPeaks(null);
  if (item) loadPeaks(item, key);
  else if (file) drawLocally(file, key);
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
