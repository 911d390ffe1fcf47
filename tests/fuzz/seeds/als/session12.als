<?xml version="1.0" encoding="UTF-8"?>
<Ableton MajorVersion="5" MinorVersion="12.0_12203" Creator="Ableton Live 12.2">
<LiveSet>
<Tracks>
<MidiTrack Id="1"><Name><EffectiveName Value="1-Keys" /><UserName Value="Keys" />
</Name><TrackGroupId Value="-1" />
<TakeLanes><TakeLanes><TakeLane><ClipAutomation><Events><MidiClip Id="0" Time="0"><CurrentStart Value="0" />
<CurrentEnd Value="99" />
<Loop><LoopStart Value="0" />
<LoopEnd Value="4" />
<StartRelative Value="0" />
<LoopOn Value="false" />
</Loop><Disabled Value="false" />
<Notes><KeyTracks><KeyTrack><Notes><MidiNoteEvent Time="0" Duration="1" Velocity="100" /></Notes><MidiKey Value="60" />
</KeyTrack></KeyTracks></Notes></MidiClip>
</Events></ClipAutomation></TakeLane></TakeLanes></TakeLanes><DeviceChain><Mixer><Speaker><Manual Value="true" />
</Speaker>
</Mixer><MainSequencer><ClipSlotList><ClipSlot Id="0"><ClipSlot><Value><MidiClip Id="0" Time="0"><CurrentStart Value="0" />
<CurrentEnd Value="4" />
<Loop><LoopStart Value="0" />
<LoopEnd Value="4" />
<StartRelative Value="0" />
<LoopOn Value="true" />
</Loop><Disabled Value="false" />
<Notes><KeyTracks><KeyTrack><Notes><MidiNoteEvent Time="0" Duration="1" Velocity="100" /></Notes><MidiKey Value="60" />
</KeyTrack></KeyTracks></Notes></MidiClip>
</Value></ClipSlot></ClipSlot><ClipSlot Id="1"><ClipSlot><Value></Value></ClipSlot></ClipSlot><ClipSlot Id="2"><ClipSlot><Value><MidiClip Id="0" Time="0"><CurrentStart Value="0" />
<CurrentEnd Value="8" />
<Loop><LoopStart Value="0" />
<LoopEnd Value="8" />
<StartRelative Value="0" />
<LoopOn Value="true" />
</Loop><Disabled Value="false" />
<Notes><KeyTracks><KeyTrack><Notes><MidiNoteEvent Time="0" Duration="1" Velocity="100" /></Notes><MidiKey Value="62" />
</KeyTrack><KeyTrack><Notes><MidiNoteEvent Time="4" Duration="1" Velocity="100" /></Notes><MidiKey Value="64" />
</KeyTrack></KeyTracks></Notes></MidiClip>
</Value></ClipSlot></ClipSlot></ClipSlotList></MainSequencer><FreezeSequencer><Sample><ArrangerAutomation><Events><AudioClip Id="0" Time="0"><CurrentStart Value="0" />
<CurrentEnd Value="200" />
<Loop><LoopStart Value="0" />
<LoopEnd Value="200" />
<StartRelative Value="0" />
<LoopOn Value="false" />
</Loop><Disabled Value="false" />
<IsWarped Value="false" />
<SampleRef><FileRef><RelativePath Value="" />
<Path Value="/Users/someone/Music/frozen.wav" /></FileRef></SampleRef></AudioClip>
</Events></ArrangerAutomation></Sample></FreezeSequencer><DeviceChain><Devices><LoungeLizard Id="0"><On><Manual Value="true" />
</On>
<UserName Value="" /></LoungeLizard>
</Devices></DeviceChain></DeviceChain></MidiTrack>
</Tracks>
<MainTrack><AutomationEnvelopes><Envelopes><AutomationEnvelope Id="0"><EnvelopeTarget><PointeeId Value="8" /></EnvelopeTarget><Automation><Events><FloatEvent Time="-63072000" Value="120" /></Events></Automation></AutomationEnvelope>
<AutomationEnvelope Id="0"><EnvelopeTarget><PointeeId Value="10" /></EnvelopeTarget><Automation><Events><EnumEvent Time="-63072000" Value="201" /></Events></Automation></AutomationEnvelope>
</Envelopes></AutomationEnvelopes><DeviceChain><Mixer><Tempo><Manual Value="120" />
<AutomationTarget Id="8" /></Tempo>
<TimeSignature><Manual Value="201" />
<AutomationTarget Id="10" /></TimeSignature>
</Mixer></DeviceChain></MainTrack>
<ScaleInformation><Root Value="0" />
<Name Value="0" />
</ScaleInformation><InKey Value="true" />
</LiveSet>
</Ableton>
