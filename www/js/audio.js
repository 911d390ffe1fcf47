// The audio of what lies on the desk: chosen, dropped or pasted; played; its
// waveform from the server's peaks.
import { call } from './api.js';
import { currentItem, editDraft } from './desk.js';
import { bytes } from './format.js';
import { byId, html, say } from './html.js';
import { state, watch } from './state.js';

const kinds = /\.(mp3|wav|flac|aiff?|ogg|oga)$/i;
let playing = ''; // what the player has loaded: a file or an item
let objectUrl = '';
let peaks = null;

export const isAudio = (file) =>
  kinds.test(file.name) || file.type.startsWith('audio/');

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
  byId('audio-remove').addEventListener('click', () =>
    editDraft({ file: null, doubt: null }));
  startWave();
  watch(['selection', 'draft', 'items', 'busy'], render);
  document.addEventListener('themechange', draw);
  new ResizeObserver(draw).observe(byId('wave'));
}

function take(files) {
  const [file] = files;
  if (!file || !state.selection || state.busy) return;
  if (!isAudio(file)) {
    say(byId('audio-error'), `“${file.name}” is no audio file. MP3, WAV, ` +
      'FLAC, AIFF or Ogg, please.');
    return;
  }
  say(byId('audio-error'), '');
  editDraft({ file, doubt: null });
}

function render() {
  const { file } = state.draft;
  const item = currentItem();
  const saved = !file && item?.audioPath ? item : null;
  byId('player').hidden = !file && !saved;
  byId('drop').classList.toggle('small', Boolean(file || saved));
  byId('audio-label').textContent = file || saved ? 'Choose another file'
    : 'Choose the audio';
  byId('audio-input').disabled = Boolean(state.busy);
  byId('audio-remove').hidden = !file;
  byId('audio-remove').disabled = Boolean(state.busy);
  byId('audio-name').textContent = file ? `${file.name}, ${bytes(file.size)}`
    : saved ? savedName(saved.audio) : '';
  byId('checks').replaceChildren(...notes(file, saved).map(([level, text]) =>
    html`<li class=${level}>${text}</li>`));
  load(file, saved);
}

const savedName = (audio) => audio
  ? `${audio.format.toUpperCase()}, ${bytes(audio.bytes)}, ${
    Math.round(audio.bitrate / 1000)} kbit/s, ${audio.sampleRate / 1000} kHz`
  : '';

function notes(file, saved) {
  if (file) return state.draft.doubt ? [['warn', state.draft.doubt]] : [];
  return (saved?.checks || []).map((c) => [c.level, c.detail]);
}

function load(file, item) {
  const key = file ? `file ${file.name} ${file.size} ${file.lastModified}`
    : item ? `item ${item.id} ${item.audio?.sha256}` : '';
  if (key === playing) return;
  playing = key;
  const audio = byId('audio');
  if (objectUrl) URL.revokeObjectURL(objectUrl);
  objectUrl = file ? URL.createObjectURL(file) : '';
  if (key) audio.src = objectUrl || `/api/train/items/${item.id}/audio`;
  else audio.removeAttribute('src');
  peaks = null;
  byId('wave').hidden = true;
  if (item) loadPeaks(item, key);
}

// The analysis follows a save by seconds; without it there is no waveform.
async function loadPeaks(item, key) {
  for (let n = 0; n < 20 && key === playing; n++) {
    const whole = await call('GET', `/api/train/items/${item.id}`)
      .catch(() => null);
    if (key !== playing || !whole || whole.analysis === 'failed') return;
    if (whole.peaks) {
      peaks = whole.peaks;
      byId('wave').hidden = false;
      draw();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
}

/* ---- the waveform ---- */

export function togglePlay() {
  const audio = byId('audio');
  if (!audio.src) return;
  if (audio.paused) audio.play().catch(() => {});
  else audio.pause();
}

export function seekBy(seconds) {
  const audio = byId('audio');
  if (!audio.duration) return;
  audio.currentTime = Math.min(audio.duration,
    Math.max(0, audio.currentTime + seconds));
}

function startWave() {
  const canvas = byId('wave-canvas');
  const audio = byId('audio');
  canvas.addEventListener('click', (event) => {
    const box = canvas.getBoundingClientRect();
    if (audio.duration) {
      audio.currentTime = audio.duration * (event.clientX - box.left) /
        box.width;
    }
  });
  canvas.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -5, ArrowRight: 5, PageDown: -30, PageUp: 30 };
    if (!by[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    seekBy(by[event.key]);
  });
  for (const name of ['timeupdate', 'seeked', 'loadedmetadata']) {
    audio.addEventListener(name, draw);
  }
}

function draw() {
  const canvas = byId('wave-canvas');
  const audio = byId('audio');
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!peaks || !width) return;
  const at = audio.duration ? audio.currentTime / audio.duration : 0;
  const scale = window.devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.setAttribute('aria-valuemax', String(Math.round(audio.duration || 0)));
  canvas.setAttribute('aria-valuenow', String(Math.round(audio.currentTime)));
  const style = getComputedStyle(canvas);
  const paint = canvas.getContext('2d');
  paint.scale(scale, scale);
  const bars = Math.min(peaks.length, Math.floor(width / 3));
  for (let i = 0; i < bars; i++) {
    const from = Math.floor(i * peaks.length / bars);
    const to = Math.max(from + 1, Math.floor((i + 1) * peaks.length / bars));
    const high = Math.max(1, Math.max(...peaks.slice(from, to)) * height);
    paint.fillStyle = style.getPropertyValue(i / bars < at ? '--accent'
      : '--wave');
    paint.fillRect(i * 3, (height - high) / 2, 2, high);
  }
}
