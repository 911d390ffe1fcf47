// Sets that are made here, with what a person judges of them: each holds traps
// that captions of real sets fell into. A set is {file, why, sounds, key,
// vocals, bpm, tempo, meter, tracks}; sounds to bpm as in the judgments of
// truth.js, tempo if it is another number. says and saysNot: words that are
// right and wrong in the caption.
//
// A track: {name, made: Live's own name, kit: {pitch: name}, device, devices
// (before it), notes: [[beat, pitch, length]], every: beats until they come
// again, sample: a file in place of notes, out, fader}. All clips last 64 beats.
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const device = (name, inside = '') =>
  `<${name} Id="0"><On><Manual Value="true" /></On>${inside}</${name}>`;
const pad = ([
  pitch,
  name,
]) => `<DrumBranch Id="0"><Name><EffectiveName Value="${name}" /></Name><DeviceChain>
<MidiToAudioDeviceChain><Devices>${device('OriginalSimpler')}</Devices></MidiToAudioDeviceChain></DeviceChain>
<BranchInfo><ReceivingNote Value="${128 - pitch}" /></BranchInfo></DrumBranch>`;
const note = ([
  beat,
  pitch,
  length,
]) => `<KeyTrack Id="0"><Notes><MidiNoteEvent Time="${beat}" Duration="${length}" Velocity="100" /></Notes>
<MidiKey Value="${pitch}" /></KeyTrack>`;
const clip = (
  kind,
  inside,
  every = 16,
) => `<${kind} Id="0" Time="0"><CurrentStart Value="0" /><CurrentEnd Value="64" /><Name Value="" />
<Loop><LoopStart Value="0" /><LoopEnd Value="${every}" /><StartRelative Value="0" /><LoopOn Value="true" /></Loop>${inside}</${kind}>`;

function trackXml(
  {
    name,
    made = false,
    kit,
    device: own,
    devices = '',
    notes = [],
    every,
    sample,
    out,
    fader = 1,
  },
  i,
) {
  const kind = sample ? 'AudioTrack' : 'MidiTrack';
  const sound = kit
    ? device(
        'DrumGroupDevice',
        `<Branches>${Object.entries(kit).map(pad).join('')}</Branches>`,
      )
    : own
      ? device(own)
      : '';
  const events = sample
    ? `<Sample><ArrangerAutomation><Events>${clip('AudioClip', `<SampleRef><FileRef><Path Value="/x/${sample}" /></FileRef></SampleRef>`)}</Events></ArrangerAutomation></Sample>`
    : `<ClipTimeable><ArrangerAutomation><Events>${notes.length ? clip('MidiClip', `<Notes><KeyTracks>${notes.map(note).join('')}</KeyTracks></Notes>`, every) : ''}</Events></ArrangerAutomation></ClipTimeable>`;
  return `<${kind} Id="${i}"><Name><EffectiveName Value="${i + 1}-${name}" /><UserName Value="${made ? '' : name}" /></Name>
<TrackGroupId Value="-1" /><DeviceChain>${out ? `<AudioOutputRouting><Target Value="${out}" /></AudioOutputRouting>` : ''}
<Mixer><Speaker><Manual Value="true" /></Speaker><Volume><Manual Value="${fader}" /></Volume></Mixer>
<MainSequencer>${events}</MainSequencer><DeviceChain><Devices>${devices}${sound}</Devices></DeviceChain></DeviceChain></${kind}>`;
}

// Quarters over four, as Live numbers meters: 99 × log2(4) + numerator − 1.
const setXml = ({
  tracks,
  tempo,
  bpm,
  beats = 4,
  scale,
}) => `<?xml version="1.0" encoding="UTF-8"?>
<Ableton MajorVersion="5" MinorVersion="11.0_11300" Creator="Ableton Live 11.3.2"><LiveSet><Tracks>${tracks.map(trackXml).join('')}</Tracks>
<MasterTrack><DeviceChain><Mixer><Tempo><Manual Value="${tempo ?? bpm}" /></Tempo><TimeSignature><Manual Value="${198 + beats - 1}" /></TimeSignature></Mixer></DeviceChain></MasterTrack>
${scale ? `<ScaleInformation><RootNote Value="${scale[0]}" /><Name Value="${scale[1]}" /></ScaleInformation>` : ''}</LiveSet></Ableton>`;

/* ---- music to make them of ---- */

const chord = (beat, root, kind, length = 4) =>
  (kind === 'minor' ? [0, 3, 7] : [0, 4, 7]).map((step) => [
    beat,
    root + step,
    length,
  ]);
const fourFloor = [0, 1, 2, 3].map((beat) => [beat, 36, 0.25]);
const backbeat = [1, 3].map((beat) => [beat, 38, 0.25]);
const hats = [0.5, 1.5, 2.5, 3.5].map((beat) => [beat, 42, 0.25]);
const kit = {
  36: 'Kick',
  38: 'Snare',
  42: 'Hihat Closed',
  46: 'Hihat Open',
  49: 'Crash',
};
// i - VI - III - VII of A minor, with its leading tone nowhere.
const aMinor = [
  ...chord(0, 57, 'minor'),
  ...chord(4, 53, 'major'),
  ...chord(8, 60, 'major'),
  ...chord(12, 55, 'major'),
];
const aMinorBass = [
  [0, 33, 4],
  [4, 29, 4],
  [8, 36, 4],
  [12, 31, 4],
];
const dials = (values) =>
  Object.entries(values)
    .map(([name, value]) => `<${name}><Manual Value="${value}" /></${name}>`)
    .join('');
const toMinor = device(
  'MidiScale',
  dials({ Base: 0, Transpose: 0, Fold: false, Lowest: 0, Range: 128 }) +
    [0, 0, 2, 3, 3, 5, 5, 7, 8, 8, 10, 10]
      .map((to, i) => dials({ [`Mapping.${i}`]: to }))
      .join(''),
);
// I - IV - V - I of C major.
const cMajor = [
  ...chord(0, 60, 'major'),
  ...chord(4, 65, 'major'),
  ...chord(8, 67, 'major'),
  ...chord(12, 60, 'major'),
];
const cMajorBass = [
  [0, 36, 4],
  [4, 41, 4],
  [8, 43, 4],
  [12, 36, 4],
];
const hits = (pitch, ...beats) => beats.map((beat) => [beat, pitch, 0.12]);
const kitPlays = {
  name: 'Drums',
  kit,
  notes: [...fourFloor, ...backbeat, ...hats],
  every: 4,
};

export const made = [
  {
    file: 'made-house.als',
    why: 'kick, snare and closed hats are hit, an open one and a crash are not; A minor by its chords and its bass',
    sounds: ['drums', 'kick drum', 'snare', 'hi-hats', 'bass', 'pads'],
    key: ['A minor', null],
    vocals: 'no',
    bpm: 124,
    tracks: [
      kitPlays,
      { name: 'Bass', device: 'Operator', notes: aMinorBass },
      { name: 'Warm Pad', device: 'UltraAnalog', notes: aMinor },
    ],
  },
  {
    file: 'made-recorded.als',
    why: 'audio of unknown content beside a kit: there may be a voice in it, or none',
    sounds: ['drums', 'kick drum', 'snare', 'hi-hats'],
    key: null,
    vocals: 'unknown',
    bpm: 98,
    tracks: [
      kitPlays,
      { name: '2-Audio', made: true, sample: 'TRACKING 0303.wav' },
    ],
  },
  {
    file: 'made-sung.als',
    why: 'a group of voices by their typed names, one misspelled as people do',
    sounds: ['vocals', 'backing vocals', 'piano'],
    key: ['C major', null],
    vocals: 'yes',
    bpm: 80,
    tracks: [
      { name: 'Lead Vox', sample: 'take 4.wav' },
      { name: 'BVox', sample: 'take 5.wav' },
      {
        name: 'Piano',
        device: 'OriginalSimpler',
        notes: [...cMajor, ...cMajorBass],
      },
    ],
  },
  {
    file: 'made-empty-tracks.als',
    why: 'a marimba, keys and a kit that nothing plays, a choir with its fader down, an output that leads nowhere; a bass alone sounds',
    sounds: ['bass'],
    key: null,
    vocals: 'no',
    bpm: 110,
    tracks: [
      { name: 'Marimba', device: 'Collision' },
      { name: 'Keys', device: 'LoungeLizard' },
      { name: 'Kit', kit },
      {
        name: 'Choir',
        device: 'OriginalSimpler',
        notes: cMajor,
        fader: 0.0003162277571,
      },
      {
        name: 'Strings',
        device: 'OriginalSimpler',
        notes: cMajor,
        out: 'AudioOut/None',
      },
      {
        name: 'Bass',
        device: 'Operator',
        notes: [
          [0, 36, 1],
          [2, 36, 1],
        ],
        every: 4,
      },
    ],
  },
  {
    file: 'made-nothing.als',
    why: 'instruments, and no clip',
    nothing: true,
    sounds: [],
    key: null,
    vocals: 'unknown',
    bpm: 120,
    tracks: [{ name: 'Piano', device: 'Operator' }, kitPlays].map((t) => ({
      ...t,
      notes: [],
    })),
  },
  {
    file: 'made-kit-named-fx.als',
    why: 'a kit on a track named FX, of which kick and hats are hit; its pads are not pitches',
    sounds: ['drums', 'kick drum', 'hi-hats'],
    key: null,
    vocals: 'no',
    bpm: 132,
    tracks: [{ name: 'FX', kit, notes: [...fourFloor, ...hats], every: 4 }],
  },
  {
    file: 'made-transposed.als',
    why: 'C major is written, a Pitch device of +3 stands before it: E flat major sounds',
    sounds: ['piano', 'bass'],
    key: ['Eb major', null],
    vocals: 'no',
    bpm: 90,
    tracks: [
      {
        name: 'Piano',
        device: 'OriginalSimpler',
        devices: device('MidiPitcher', '<Pitch><Manual Value="3" /></Pitch>'),
        notes: cMajor,
      },
      {
        name: 'Bass',
        device: 'Operator',
        devices: device('MidiPitcher', '<Pitch><Manual Value="3" /></Pitch>'),
        notes: cMajorBass,
      },
    ],
  },
  {
    file: 'made-scale.als',
    why: 'C major is written, a Scale device of C minor stands before it: C minor sounds',
    sounds: ['piano', 'bass'],
    key: ['C minor', null],
    vocals: 'no',
    bpm: 90,
    tracks: [
      {
        name: 'Piano',
        device: 'OriginalSimpler',
        devices: toMinor,
        notes: cMajor,
      },
      {
        name: 'Bass',
        device: 'Operator',
        devices: toMinor,
        notes: cMajorBass,
      },
    ],
  },
  {
    file: 'made-declared-wrong.als',
    why: 'C minor is declared, and C, E, G and B are played',
    sounds: ['piano'],
    key: ['C major', null],
    vocals: 'no',
    bpm: 100,
    scale: [0, 'Minor'],
    tracks: [
      {
        name: 'Piano',
        device: 'OriginalSimpler',
        notes: [
          ...chord(0, 60, 'major'),
          [4, 71, 2],
          [6, 67, 2],
          ...chord(8, 60, 'major'),
          [12, 64, 4],
        ],
      },
    ],
  },
  {
    file: 'made-unknown-plugin.als',
    why: 'a plug-in that nothing names, in the register of a bass: a guess',
    sounds: [],
    key: null,
    vocals: 'unknown',
    bpm: 140,
    tracks: [
      {
        name: 'Zork',
        devices: device(
          'PluginDevice',
          '<PluginDesc><VstPluginInfo><PlugName Value="Zork" /><Category Value="2" /></VstPluginInfo></PluginDesc>',
        ),
        notes: Array.from({ length: 8 }, (_, i) => [i, 40, 0.5]),
        every: 8,
      },
    ],
  },
  {
    file: 'made-808.als',
    why: 'a track named 808 with long single notes from 33 to 41 is a bass, not a kit',
    sounds: ['808 bass', 'bass', 'bells'],
    key: ['A minor', null],
    vocals: 'no',
    bpm: 140,
    tracks: [
      {
        name: '808',
        device: 'OriginalSimpler',
        notes: [
          [0, 33, 3],
          [4, 36, 3],
          [8, 38, 3],
          [12, 40, 3],
        ],
      },
      { name: 'Bells', device: 'Operator', notes: aMinor },
    ],
  },
  {
    file: 'made-instruments.als',
    why: 'typed names: bassoon, viola, kalimba, electric piano',
    sounds: ['bassoon', 'viola', 'kalimba', 'electric piano'],
    key: ['C major', null],
    vocals: 'no',
    bpm: 72,
    tracks: [
      ['Bassoon', cMajorBass],
      ['Viola', cMajor],
      ['Kalimba', cMajor],
      ['E Piano Mk1', cMajor],
    ].map(([name, notes]) => ({ name, device: 'OriginalSimpler', notes })),
  },
  {
    file: 'made-misleading-names.als',
    why: 'names of samples that look like a voice, a drum kit and a bass: Singing Percussion is percussion, the others say nothing',
    sounds: ['percussion'],
    key: null,
    vocals: 'unknown',
    tempo: 115,
    bpm: null,
    tracks: [
      { name: 'Audio', made: true, sample: 'Voice_of_a_Stream.wav' },
      { name: 'Singing Percussion', sample: 'x.wav' },
      { name: 'Audio', made: true, sample: 'TRACKING 303.wav' },
    ],
  },
  {
    file: 'made-off-beat-hats.als',
    why: 'kick on each beat, hats between them',
    sounds: ['drums', 'kick drum', 'snare', 'hi-hats'],
    key: null,
    vocals: 'no',
    bpm: 125,
    says: ['four-on-the-floor', 'off-beat hi-hats'],
    tracks: [kitPlays],
  },
  {
    file: 'made-shuffled-hats.als',
    why: 'hats on each beat, and one more that is shuffled',
    sounds: ['drums', 'kick drum', 'snare', 'hi-hats'],
    key: null,
    vocals: 'no',
    bpm: 131,
    says: ['four-on-the-floor'],
    saysNot: ['quarter-note'],
    tracks: [
      {
        name: 'Drums',
        kit,
        notes: [...fourFloor, ...backbeat, ...hits(42, 0, 1, 1.67, 2, 3)],
        every: 4,
      },
    ],
  },
  {
    file: 'made-ghost-hat.als',
    why: 'hats on each beat and one sixteenth: not on quarters alone',
    sounds: ['drums', 'kick drum', 'snare', 'hi-hats'],
    key: null,
    vocals: 'no',
    bpm: 125,
    saysNot: ['quarter-note'],
    tracks: [
      {
        name: 'Drums',
        kit,
        notes: [...fourFloor, ...backbeat, ...hits(42, 0, 1, 2, 2.25, 3)],
        every: 4,
      },
    ],
  },
  {
    file: 'made-free-time.als',
    why: 'played freely: no grid, so neither a tempo, a broken beat nor swing',
    sounds: ['drums', 'kick drum', 'snare', 'hi-hats'],
    key: null,
    vocals: 'no',
    tempo: 95,
    bpm: null,
    saysNot: ['broken', 'swing', 'swung'],
    tracks: [
      {
        name: 'Drums',
        kit,
        notes: [
          ...hits(36, 0.5, 1.12, 2.37, 3.6),
          ...hits(38, 1.35, 3.37),
          ...hits(42, 0.35, 0.87, 1.36, 1.87, 2.35, 2.62, 3.12),
        ],
        every: 4,
      },
    ],
  },
  {
    file: 'made-pickup.als',
    why: 'kick on one and three, a pickup, and a backbeat: a straight beat',
    sounds: ['drums', 'kick drum', 'snare', 'hi-hats'],
    key: null,
    vocals: 'no',
    bpm: 140,
    saysNot: ['broken'],
    tracks: [
      {
        name: 'Drums',
        kit,
        notes: [...hits(36, 0, 2, 3.5), ...backbeat, ...hats],
        every: 4,
      },
    ],
  },
  {
    file: 'made-half-broken.als',
    why: 'two straight bars with pickups for each broken one',
    sounds: ['drums', 'kick drum', 'snare', 'hi-hats'],
    key: null,
    vocals: 'no',
    bpm: 180,
    saysNot: ['broken'],
    tracks: [
      {
        name: 'Drums',
        kit,
        notes: [
          ...hits(36, 0, 2, 2.5, 4, 6, 6.5, 8.5, 9.5, 10.5, 11.25, 11.75),
          ...backbeat,
          ...hats,
        ],
        every: 12,
      },
    ],
  },
  {
    file: 'made-late-kicks.als',
    why: 'a kick after each beat is as even as one on each',
    sounds: ['drums', 'kick drum', 'snare', 'hi-hats'],
    key: null,
    vocals: 'no',
    bpm: 126,
    saysNot: ['broken', 'four-on-the-floor'],
    tracks: [
      {
        name: 'Drums',
        kit,
        notes: [...hits(36, 0.25, 1.25, 2.25, 3.25), ...backbeat, ...hats],
        every: 4,
      },
    ],
  },
  {
    file: 'made-breakbeat.als',
    why: 'kicks between the beats in each bar',
    sounds: ['drums', 'kick drum', 'snare', 'hi-hats'],
    key: null,
    vocals: 'no',
    bpm: 160,
    says: ['broken'],
    tracks: [
      {
        name: 'Drums',
        kit,
        notes: [...hits(36, 0, 0.5, 2.5), ...backbeat, ...hats],
        every: 4,
      },
    ],
  },
  {
    file: 'made-second-kit.als',
    why: 'a kit whose slots have no names plays too, perhaps other hats',
    sounds: ['drums', 'kick drum', 'snare', 'hi-hats'],
    key: null,
    vocals: 'no',
    bpm: 136,
    says: ['four-on-the-floor'],
    saysNot: ['off-beat'],
    tracks: [
      kitPlays,
      {
        name: 'Beat',
        device: 'InstrumentImpulse',
        notes: hits(62, 0, 1, 2, 3),
        every: 4,
      },
    ],
  },
  {
    file: 'made-even-bass.als',
    why: 'even eighths strike each beat: neither syncopated nor off the beat',
    sounds: ['bass'],
    key: null,
    vocals: 'no',
    bpm: 112,
    saysNot: ['syncopated', 'off-beat'],
    tracks: [
      {
        name: 'Bass',
        device: 'Operator',
        notes: [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5].map((beat) => [beat, 36, 0.4]),
        every: 4,
      },
    ],
  },
  {
    file: 'made-click.als',
    why: 'a metronome for the players is not music, whatever plays it',
    sounds: ['grand piano'],
    key: ['C major', null],
    vocals: 'no',
    bpm: 90,
    saysNot: ['hi-hat', 'kick'],
    tracks: [
      {
        name: 'CLICK',
        kit: { 42: 'Hihat Closed' },
        notes: hits(42, 0, 1, 2, 3),
        every: 4,
      },
      { name: 'Grand Piano', device: 'OriginalSimpler', notes: cMajor },
    ],
  },
];

// Write them into a folder; their judgments, each with its path.
export function makeSets(dir) {
  return made.map((set) => {
    const file = path.join(dir, set.file);
    fs.writeFileSync(file, gzipSync(setXml(set)));
    return { ...set, path: file };
  });
}
