// The audio of what lies on the desk: chosen, dropped or pasted.
import { call } from './api.js';
import { currentItem, editDraft, resting } from './desk.js';
import { bytes } from './format.js';
import { byId, html, say } from './html.js';
import { state, watch } from './state.js';
import { showPeaks, startWave } from './wave.js';

const kinds = /\.(mp3|wav|flac|aiff?|ogg|oga)$/i;
let playing = ''; // what the player has loaded: a file or an item
let objectUrl = '';

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
    editDraft({ file: null }));
  startWave();
  watch(['selection', 'draft', 'items', 'busy', 'uploads'], render);
}

function take(files) {
  const [file] = files;
  if (!file || !state.selection || resting()) return;
  if (!isAudio(file)) {
    say(byId('audio-error'), `“${file.name}” is no audio file. MP3, WAV, ` +
      'FLAC, AIFF or Ogg, please.');
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
  byId('audio-label').textContent = file || saved ? 'Choose another file'
    : 'Choose the audio';
  byId('audio-input').disabled = resting();
  byId('audio-remove').hidden = !file;
  byId('audio-remove').disabled = resting();
  byId('audio-name').textContent = file ? `${file.name}, ${bytes(file.size)}`
    : saved ? savedName(saved.audio) : '';
  byId('checks').replaceChildren(...(saved?.checks || []).map((c) =>
    html`<li class=${c.level}>${c.detail}</li>`));
  load(file, saved);
}

const savedName = (audio) => audio
  ? `${audio.format.toUpperCase()}, ${bytes(audio.bytes)}, ${
    Math.round(audio.bitrate / 1000)} kbit/s, ${audio.sampleRate / 1000} kHz`
  : '';

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
  showPeaks(null);
  if (item) loadPeaks(item, key);
}

// The analysis follows a save by seconds; without it there is no waveform.
async function loadPeaks(item, key) {
  for (let n = 0; n < 20 && key === playing; n++) {
    const whole = await call('GET', `/api/train/items/${item.id}`)
      .catch(() => null);
    if (key !== playing || !whole || whole.analysis === 'failed') return;
    if (whole.peaks) {
      showPeaks(whole.peaks);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
}
