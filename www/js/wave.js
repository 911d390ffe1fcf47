// The player: the waveform from the server's peaks (a plain bar until they are
// there), the set's sections over it, play and time. The sound is an <audio>
// without its own controls.
import { sectionsOf } from './facts.js';
import { length } from './format.js';
import { byId, html } from './html.js';
import { state, watch } from './state.js';

let peaks = null; // 0 to 1 each, all of one width

export function startWave() {
  const canvas = byId('wave-canvas');
  const audio = byId('audio');
  canvas.addEventListener('click', (event) => {
    const box = canvas.getBoundingClientRect();
    seekTo((total() * (event.clientX - box.left)) / box.width);
  });
  canvas.addEventListener('keydown', pressed);
  byId('play').addEventListener('click', togglePlay);
  for (const name of [
    'timeupdate',
    'seeked',
    'loadedmetadata',
    'emptied',
    'play',
    'pause',
    'ended',
  ]) {
    audio.addEventListener(name, draw);
  }
  audio.addEventListener('play', followFrames);
  for (const name of ['loadedmetadata', 'emptied']) {
    audio.addEventListener(name, markSections);
  }
  watch(['summary'], markSections);
  document.addEventListener('themechange', draw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  new ResizeObserver(draw).observe(byId('wave'));
}

// null: none yet.
export function showPeaks(list) {
  peaks = list;
  draw();
}

export function togglePlay() {
  const audio = byId('audio');
  if (!audio.getAttribute('src')) return;
  if (audio.paused)
    audio.play().catch(() => {}); // a broken file: see its error
  else audio.pause();
}

export const seekBy = (seconds) => seekTo(byId('audio').currentTime + seconds);

function seekTo(seconds) {
  if (total()) {
    byId('audio').currentTime = Math.min(total(), Math.max(0, seconds));
  }
}

function total() {
  const { duration } = byId('audio');
  return Number.isFinite(duration) ? duration : 0;
}

function pressed(event) {
  const by = {
    ArrowLeft: -5,
    ArrowDown: -5,
    ArrowRight: 5,
    ArrowUp: 5,
    PageDown: -30,
    PageUp: 30,
    Home: -Infinity,
    End: Infinity,
  }[event.key];
  if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  seekBy(by);
}

function markSections() {
  const all = total();
  const list =
    all && state.summary && !state.summary.error
      ? sectionsOf(state.summary, all)
      : [];
  const row = byId('sections');
  row.hidden = !list.length;
  row.replaceChildren(
    ...list.map(({ name, from, to }) => {
      const mark = html`<li>
        <button
          type="button"
          title=${name}
          aria-label=${`Go to ${name}, ${length(from)}`}
          @click=${() => seekTo(from)}
        >
          ${name}
        </button>
      </li>`;
      mark.style.left = `${(100 * from) / all}%`;
      mark.style.width = `${(100 * (to - from)) / all}%`;
      return mark;
    }),
  );
}

// The position moves with the picture, and not four times a second.
function followFrames() {
  draw();
  if (!byId('audio').paused) requestAnimationFrame(followFrames);
}

function draw() {
  const canvas = byId('wave-canvas');
  const audio = byId('audio');
  const at = total() ? audio.currentTime / total() : 0;
  const time = `${length(audio.currentTime)} / ${length(total())}`;
  byId('time').textContent = time;
  byId('play').textContent = audio.paused ? 'Play' : 'Pause';
  canvas.setAttribute('aria-valuemax', String(Math.round(total())));
  canvas.setAttribute('aria-valuenow', String(Math.round(audio.currentTime)));
  canvas.setAttribute('aria-valuetext', time);
  paintWave(canvas, at);
}

function paintWave(canvas, at) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = window.devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const style = getComputedStyle(canvas);
  const paint = canvas.getContext('2d');
  paint.scale(scale, scale);
  const bars = Math.floor(width / 3);
  for (let i = 0; i < bars; i++) {
    const high = Math.max(2, highest(i / bars, (i + 1) / bars) * height);
    paint.fillStyle = style.getPropertyValue(
      i / bars < at ? '--accent' : '--wave',
    );
    paint.fillRect(i * 3, (height - high) / 2, 2, high);
  }
}

// The highest peak of a part of the track.
function highest(from, to) {
  if (!peaks) return 0;
  const first = Math.floor(from * peaks.length);
  let high = 0;
  for (let i = first; i < Math.max(first + 1, to * peaks.length); i++) {
    high = Math.max(high, peaks[i] || 0);
  }
  return high;
}
