// An afternoon's folder: sets and their bounces, both made from the same notes,
// so that what is heard is what the set plays.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { bounceOf, song } from '../tests/lib/song.js';

const run = promisify(execFile);
const NAMES = [
  'Night Drive',
  'Amber',
  'Low Tide',
  'Signal',
  'Paper Moon',
  'Harbor',
  'Undertow',
  'Glass',
  'Meridian',
  'Ashes',
  'Halcyon',
  'Drift',
  'Cinder',
  'Vesper',
  'Lantern',
  'Opal',
  'Quarry',
  'Sable',
  'Tundra',
  'Umber',
  'Violet',
  'Willow',
  'Zenith',
  'Juniper',
];
const KEYS = { 0: 36, 1: 38, 3: 42 };

// As heavy as sets are: devices with the parameters that nobody reads.
const device = (id) =>
  `<Operator Id="${id}"><On><Manual Value="true" /></On>${Array.from(
    { length: 120 },
    (_, k) =>
      `<Parameter${k}><LomId Value="0" /><Manual Value="${(k * 7919) % 997}" /><MidiControllerRange><Min Value="0" /><Max Value="127" /></MidiControllerRange><AutomationTarget Id="${id * 1000 + k}"><LockEnvelope Value="0" /></AutomationTarget></Parameter${k}>`,
  ).join('')}</Operator>`;

function track(id, name, s, hits, keyOf) {
  const beats = s.bars * 4;
  const keys = new Map();
  for (const hit of hits)
    keys.set(keyOf(hit), [...(keys.get(keyOf(hit)) ?? []), hit]);
  return `<MidiTrack Id="${id}"><Name><EffectiveName Value="${name}" /><UserName Value="${name}" /></Name><TrackGroupId Value="-1" /><DeviceChain>
<Mixer><Speaker><Manual Value="true" /></Speaker></Mixer><MainSequencer><ClipTimeable><ArrangerAutomation><Events><MidiClip Id="0" Time="0">
<CurrentStart Value="0" /><CurrentEnd Value="${beats}" /><Loop><LoopStart Value="0" /><LoopEnd Value="${beats}" /><StartRelative Value="0" /><LoopOn Value="false" /></Loop>
<Notes><KeyTracks>${[...keys]
    .map(
      ([key, list], k) =>
        `<KeyTrack Id="${k}"><Notes>${list
          .map(
            (h) =>
              `<MidiNoteEvent Time="${h.tick / 48}" Duration="${(h.length ?? 6) / 48}" Velocity="100" IsEnabled="true" />`,
          )
          .join('\n')}</Notes><MidiKey Value="${key}" /></KeyTrack>`,
    )
    .join('')}</KeyTracks></Notes>
</MidiClip></Events></ArrangerAutomation></ClipTimeable></MainSequencer><DeviceChain><Devices>${Array.from({ length: 40 }, (_, k) => device(id * 100 + k)).join('\n')}</Devices></DeviceChain></DeviceChain></MidiTrack>`;
}

const setOf = (s) =>
  gzipSync(`<?xml version="1.0" encoding="UTF-8"?>
<Ableton MajorVersion="5" MinorVersion="11.0_11300" Creator="Ableton Live 11.3.2"><LiveSet><Tracks>
${track(1, 'Drums', s, s.drums, (h) => KEYS[h.name])}
${track(2, 'Lead', s, s.notes, (h) => h.name)}
</Tracks><MasterTrack><DeviceChain><Mixer><Tempo><Manual Value="${s.bpm}" /></Tempo><TimeSignature><Manual Value="201" /></TimeSignature></Mixer></DeviceChain></MasterTrack>
</LiveSet></Ableton>
`);

// Like a studio bounce: twice the rate of bounceOf and two channels, one of
// which comes a little later and softer.
function stereo(bounce, gain) {
  const from = bounce.subarray(44);
  const n = from.length / 2;
  const out = Buffer.alloc(44 + n * 8);
  bounce.copy(out, 0, 0, 44);
  const at = (i) => (i >= 0 && i < n ? from.readInt16LE(2 * i) : 0);
  for (let i = 0; i < n; i++) {
    for (let half = 0; half < 2; half++) {
      const left = gain * (half ? (at(i) + at(i + 1)) / 2 : at(i));
      out.writeInt16LE(Math.round(left), 44 + 8 * i + 4 * half);
      out.writeInt16LE(
        Math.round(0.5 * left + 0.4 * gain * at(i - 40)),
        46 + 8 * i + 4 * half,
      );
    }
  }
  out.writeUInt32LE(36 + n * 8, 4);
  out.writeUInt16LE(2, 22);
  out.writeUInt32LE(44100, 24);
  out.writeUInt32LE(44100 * 4, 28);
  out.writeUInt16LE(4, 32);
  out.writeUInt32LE(n * 8, 40);
  return out;
}

// short: a sixth of it. {sets: [{name, file}], bounces: [{file, set, named,
// format, seconds}]}; set is a place in sets, named whether the file says so.
export async function makeAfternoon(dir, { short = false } = {}) {
  const count = short ? { sets: 4, bounces: 8 } : { sets: 24, bounces: 40 };
  const songs = [];
  const bounced = [];
  const sets = [];
  const bounces = [];
  for (let i = 0; i < count.sets; i++) {
    const bpm = 118 + ((i * 7) % 23);
    const seconds = short ? 30 + 10 * i : 120 + ((i * 53) % 240); // 2 to 6 minutes
    songs.push(song(i + 1, { bpm, bars: Math.floor((seconds * bpm) / 240) }));
    sets.push({ name: NAMES[i], file: path.join(dir, `${NAMES[i]}.als`) });
    fs.writeFileSync(sets[i].file, setOf(songs[i]));
  }
  // Three of ten are WAVs; bounces beyond the number of sets are other mixes of
  // them.
  for (let k = 0; k < count.bounces; k++) {
    const set = k % count.sets;
    const named = k < count.sets;
    const format = k % 10 < 3 ? 'wav' : 'mp3';
    const file = path.join(
      dir,
      named ? `${sets[set].name}.${format}` : `Bounce ${k}.${format}`,
    );
    bounced[set] ??= bounceOf(songs[set]);
    const audio = stereo(bounced[set], named ? 1 : 0.8);
    const wav = format === 'wav' ? file : `${file}.wav`;
    fs.writeFileSync(wav, audio);
    if (format === 'mp3') {
      await run('lame', ['--quiet', '-q', '7', '-b', '192', wav, file]);
      fs.rmSync(wav);
    }
    bounces.push({
      file,
      set,
      named,
      format,
      seconds: (audio.length - 44) / 176400,
    });
  }
  return { sets, bounces };
}
