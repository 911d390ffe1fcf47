// A set and its bounce, made by the tests: the timeline that a summary carries
// (src/music/timeline_parts.h), and the same notes as a WAV.
import { deflateSync } from 'node:zlib';

const RATE = 22050;
const KICK = 0,
  SNARE = 1,
  HAT = 3;

const random = (seed) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

// Bars of 4/4 in sections of four, each with patterns and a melody of its own.
// Another seed is another song. chords: lists of tones, one a bar, held and
// broken, in place of the melody.
export function song(seed, { bpm = 124, bars = 28, chords } = {}) {
  const any = random(seed * 7919 + 1);
  const drums = [],
    notes = [];
  for (let from = 0; from < bars; from += 4) {
    const steps = [
      [KICK, 0.15],
      [SNARE, 0.1],
      [HAT, 0.4],
    ].map(([kind, share]) => [
      kind,
      Array.from({ length: 16 }, () => any() < share),
    ]);
    const melody = Array.from({ length: 16 }, () =>
      any() < 0.35 ? 48 + Math.floor(any() * 24) : 0,
    );
    for (let bar = from; bar < Math.min(from + 4, bars); bar++) {
      const tones = chords?.[bar % chords.length];
      for (const name of tones ?? [])
        notes.push({ tick: bar * 192, name, weight: 8, length: 190 });
      for (let i = 0; i < 16; i++) {
        const tick = (bar * 16 + i) * 12;
        if (tones) melody[i] &&= tones[i % tones.length] + 12;
        for (const [kind, on] of steps)
          if (on[i]) drums.push({ tick, name: kind, weight: 16 });
        if (melody[i])
          notes.push({ tick, name: melody[i], weight: 12, length: 20 });
      }
    }
  }
  notes.sort((a, b) => a.tick - b.tick || a.name - b.name);
  return { bpm, bars, drums, notes, tones: Boolean(chords) };
}

const number = (n) => {
  const bytes = [];
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
  return [...bytes, n];
};

const track = (s, hits, pitched) => [
  pitched ? 1 : 0,
  1,
  0,
  ...number(s.bars * 4 * 48),
  ...number(hits.length),
  ...hits.flatMap((h, i) => number(h.tick - (i ? hits[i - 1].tick : 0))),
  ...hits.map((h) => h.name),
  ...hits.map((h) => h.weight),
  ...(pitched ? hits.flatMap((h) => number(h.length)) : []),
];

export function summaryOf(s, name) {
  const sec = (s.bars * 240) / s.bpm;
  return {
    summaryVersion: 3,
    projectName: name,
    tempo: { bpm: s.bpm },
    meter: { main: '4/4' },
    length: { beats: s.bars * 4, sec },
    live: { version: '12.2' },
    tracks: [
      {
        index: 0,
        name: 'Drums',
        type: 'midi',
        audible: true,
        role: 'drums',
        roleConfidence: 0.9,
      },
      {
        index: 1,
        name: 'Lead',
        type: 'midi',
        audible: true,
        role: 'lead',
        roleConfidence: 0.9,
        ...(s.tones && { midi: { notes: s.notes.length, tones: true } }),
      },
    ],
    timeline: {
      format: 1,
      played: 'arrangement',
      endBeat: s.bars * 4,
      loopBeat: 0,
      loopBeats: 0,
      tempo: [[0, s.bpm]],
      meters: [[0, 4, 4]],
      ticks: 48,
      levels: 16,
      cut: false,
      tracks: [0, 1],
      data: deflateSync(
        Buffer.from([...track(s, s.drums, false), ...track(s, s.notes, true)]),
      ).toString('base64'),
    },
  };
}

// From one second of the song to another; one channel, 16 bits.
// tuned: how many semitones higher its notes are than they are written.
export function bounceOf(
  s,
  from = 0,
  to = (s.bars * 240) / s.bpm + 1,
  tuned = 0,
) {
  const n = Math.round((to - from) * RATE);
  const v = new Float32Array(n);
  const any = random(99);
  const add = (tick, len, level, voice) => {
    const start = Math.round((((tick / 48) * 60) / s.bpm - from) * RATE);
    for (let i = Math.max(0, -start); i < len * RATE && start + i < n; i++)
      v[start + i] += level * voice(i / RATE);
  };
  for (const h of s.drums) {
    if (h.name === KICK)
      add(
        h.tick,
        0.3,
        0.5,
        (t) => Math.exp(-t * 12) * Math.sin(2 * Math.PI * 60 * t),
      );
    if (h.name === SNARE)
      add(h.tick, 0.2, 0.25, (t) => Math.exp(-t * 20) * (2 * any() - 1));
    if (h.name === HAT)
      add(h.tick, 0.06, 0.15, (t) => Math.exp(-t * 60) * (2 * any() - 1));
  }
  for (const h of s.notes) {
    const hz = 440 * 2 ** ((h.name + tuned - 69) / 12);
    const held = h.length > 48;
    add(
      h.tick,
      held ? ((h.length / 48) * 60) / s.bpm : 0.25,
      held ? 0.05 : 0.2,
      (t) =>
        Math.exp(-t * (held ? 0.2 : 4)) *
        (Math.sin(2 * Math.PI * hz * t) + 0.4 * Math.sin(4 * Math.PI * hz * t)),
    );
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + 2 * n, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(2 * n, 40);
  const pcm = Buffer.alloc(2 * n);
  for (let i = 0; i < n; i++)
    pcm.writeInt16LE(
      Math.round(32000 * Math.max(-1, Math.min(1, v[i]))),
      2 * i,
    );
  return Buffer.concat([head, pcm]);
}
