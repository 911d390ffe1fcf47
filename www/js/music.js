// The example's music: its set, as example.xml has it, and its bounce.
import { request } from './api.js';

const bpm = 122;
const bars = 20; // 39 seconds
const rate = 32000; // Hz, the trainer's own
const chords = [
  [57, 60, 64],
  [53, 57, 60],
  [48, 52, 55],
  [55, 59, 62],
];

// Live's own form: gzipped XML.
export async function makeSet(song) {
  const { body } = await request('GET', '/example.xml');
  const packed = body.pipeThrough(new CompressionStream('gzip'));
  return new File([await new Response(packed).blob()], `${song}.als`);
}

/* ---- its bounce: 16-bit stereo WAV ---- */

export async function makeBounce(song) {
  const frames = Math.round(((bars * 4 * 60) / bpm) * rate);
  const sound = new Int16Array(frames * 2);
  for (let bar = 0; bar < bars; bar++) {
    paint(sound, bar);
    await new Promise((resolve) => setTimeout(resolve)); // let the page breathe
  }
  const bytes = sound.byteLength;
  const [riff, wave, fmt, data] = [
    0x46464952, 0x45564157, 0x20746d66, 0x61746164,
  ]; // as the machines that show pages have it: least byte first
  const head = Uint32Array.of(
    riff,
    36 + bytes,
    wave,
    fmt,
    16,
    (2 << 16) | 1,
    rate,
    4 * rate,
    (16 << 16) | 4,
    data,
    bytes,
  );
  return new File([head, sound], `${song}.wav`, { type: 'audio/wav' });
}

// One bar: a kick on each beat, a bass, a pad that breathes.
function paint(sound, bar) {
  const perBeat = (60 / bpm) * rate;
  const tones = chords[bar % 4].map((key) => 440 * 2 ** ((key - 69) / 12));
  const wave = (hz, t) => Math.sin(2 * Math.PI * hz * t);
  const kicks = bar < 12 || bar >= 14; // not in the break
  const low = kicks && bar >= 4; // nor in the intro
  const end = Math.min(sound.length / 2, Math.round((bar + 1) * 4 * perBeat));
  for (let i = Math.round(bar * 4 * perBeat); i < end; i++) {
    const t = i / rate;
    const s = (((i / perBeat) % 1) * 60) / bpm; // seconds since the beat
    const kick = kicks
      ? Math.exp(-9 * s) *
        Math.sin(2 * Math.PI * (48 * s + 4 * (1 - Math.exp(-30 * s))))
      : 0;
    const duck = kicks ? 1 - 0.7 * Math.exp(-7 * s) : 1;
    const bass = low ? wave(tones[0] / 4, t) + 0.4 * wave(tones[0] / 2, t) : 0;
    for (const side of [0, 1]) {
      const pad = tones.reduce(
        (sum, hz) => sum + wave(hz * (side ? 1.002 : 0.998), t),
        0,
      );
      sound[i * 2 + side] =
        32767 * (0.45 * kick + duck * (0.18 * bass + 0.06 * pad));
    }
  }
}
