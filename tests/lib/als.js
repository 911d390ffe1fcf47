// Live sets that the tests make themselves.
import { gzipSync } from 'node:zlib';

const escaped = (text) =>
  text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

// A small set of Live 11 as XML: one MIDI track with that name, with Operator
// and a clip of 16 beats with a note on each, 120 BPM by default, E minor.
export function alsXml({
  track = 'Bass',
  bpm = 120,
  root = 4,
  scale = 'Minor',
  creator = 'Ableton Live 11.3.2',
} = {}) {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Ableton MajorVersion="5" MinorVersion="11.0_11300" Creator="${creator}"><LiveSet><Tracks>
<MidiTrack Id="1"><Name><EffectiveName Value="1-${escaped(track)}" /><UserName Value="${escaped(track)}" /></Name>
<TrackGroupId Value="-1" /><DeviceChain><Mixer><Speaker><Manual Value="true" /></Speaker></Mixer>
<MainSequencer><ClipTimeable><ArrangerAutomation><Events><MidiClip Id="0" Time="0">
<CurrentStart Value="0" /><CurrentEnd Value="16" /><Loop><LoopStart Value="0" /><LoopEnd Value="4" />
<StartRelative Value="0" /><LoopOn Value="true" /></Loop><Notes><KeyTracks><KeyTrack Id="0"><Notes>
${[0, 1, 2, 3].map((beat) => `<MidiNoteEvent Time="${beat}" Duration="1" Velocity="100" IsEnabled="true" />`).join('')}</Notes><MidiKey Value="40" />
</KeyTrack></KeyTracks></Notes></MidiClip></Events></ArrangerAutomation></ClipTimeable></MainSequencer>
<DeviceChain><Devices><Operator Id="0"><On><Manual Value="true" /></On></Operator></Devices></DeviceChain>
</DeviceChain></MidiTrack></Tracks>
<MasterTrack><DeviceChain><Mixer><Tempo><Manual Value="${bpm}" /></Tempo>
<TimeSignature><Manual Value="201" /></TimeSignature></Mixer></DeviceChain></MasterTrack>
<ScaleInformation><RootNote Value="${root}" /><Name Value="${scale}" /></ScaleInformation>
</LiveSet></Ableton>
`;
}

export const als = (options) => gzipSync(alsXml(options));
