<?xml version="1.0" encoding="UTF-8"?>
<Ableton MajorVersion="4" MinorVersion="8.2_202" Creator="Ableton Live 8.2">
<LiveSet>
<Tracks>
<GroupTrack Id="100"><Name><EffectiveName Value="100-Rhythm" /><UserName Value="Rhythm" />
</Name><TrackGroupId Value="-1" />
<DeviceChain><Mixer><Speaker><ArrangerAutomation><Events><BoolEvent Time="-63072000" Value="true" /></Events></ArrangerAutomation></Speaker>
</Mixer></DeviceChain></GroupTrack><MidiTrack Id="1"><Name><EffectiveName Value="1-Барабаны" /><UserName Value="Барабаны" />
</Name><TrackGroupId Value="100" />
<DeviceChain><Mixer><Speaker><ArrangerAutomation><Events><BoolEvent Time="-63072000" Value="true" /></Events></ArrangerAutomation></Speaker>
</Mixer><MainSequencer><ClipSlotList><ClipSlot Id="0"><ClipSlot><Value></Value></ClipSlot></ClipSlot></ClipSlotList><ClipTimeable><ArrangerAutomation><Events><MidiClip Id="0" Time="0"><CurrentStart Value="0" />
<CurrentEnd Value="16" />
<Loop><LoopStart Value="0" />
<LoopEnd Value="4" />
<StartRelative Value="0" />
<LoopOn Value="true" />
</Loop><Disabled Value="false" />
<Notes><KeyTracks><KeyTrack><Notes><MidiNoteEvent Time="0" Duration="0.5" Velocity="100" IsEnabled="true" /></Notes><MidiKey Value="36" />
</KeyTrack><KeyTrack><Notes><MidiNoteEvent Time="1" Duration="0.5" Velocity="100" IsEnabled="true" /></Notes><MidiKey Value="38" />
</KeyTrack><KeyTrack><Notes><MidiNoteEvent Time="2" Duration="0.5" Velocity="100" IsEnabled="true" /></Notes><MidiKey Value="36" />
</KeyTrack><KeyTrack><Notes><MidiNoteEvent Time="3" Duration="0.5" Velocity="100" IsEnabled="false" /></Notes><MidiKey Value="38" />
</KeyTrack><KeyTrack><Notes><MidiNoteEvent Time="6" Duration="0.5" Velocity="100" IsEnabled="true" /></Notes><MidiKey Value="36" />
</KeyTrack></KeyTracks></Notes></MidiClip>
</Events></ArrangerAutomation></ClipTimeable></MainSequencer><FreezeSequencer><Sample><ArrangerAutomation><Events><AudioClip Id="0" Time="0"><CurrentStart Value="0" />
<CurrentEnd Value="200" />
<Loop><LoopStart Value="0" />
<LoopEnd Value="200" />
<StartRelative Value="0" />
<LoopOn Value="false" />
</Loop><Disabled Value="false" />
<IsWarped Value="false" />
<SampleRef><FileRef><Name Value="frozen.wav" />
<SearchHint><PathHint><RelativePathElement Dir="/Users/someone" /></PathHint></SearchHint></FileRef></SampleRef></AudioClip>
</Events></ArrangerAutomation></Sample></FreezeSequencer><DeviceChain><Devices><DrumGroupDevice><On><ArrangerAutomation><Events><BoolEvent Time="-63072000" Value="true" /></Events></ArrangerAutomation></On>
<Branches><DrumBranch><Name><UserName Value="Kick" />
</Name><DeviceChain><MidiToAudioDeviceChain><Devices><OriginalSimpler Id="0"><On><ArrangerAutomation><Events><BoolEvent Time="-63072000" Value="true" /></Events></ArrangerAutomation></On>
<UserName Value="" /></OriginalSimpler>
</Devices></MidiToAudioDeviceChain></DeviceChain><BranchInfo><ReceivingNote Value="92" />
</BranchInfo></DrumBranch><DrumBranch><Name><UserName Value="Snare" />
</Name><DeviceChain><MidiToAudioDeviceChain><Devices><OriginalSimpler Id="0"><On><ArrangerAutomation><Events><BoolEvent Time="-63072000" Value="true" /></Events></ArrangerAutomation></On>
<UserName Value="" /></OriginalSimpler>
</Devices></MidiToAudioDeviceChain></DeviceChain><BranchInfo><ReceivingNote Value="90" />
</BranchInfo></DrumBranch></Branches></DrumGroupDevice></Devices></DeviceChain></DeviceChain></MidiTrack>
<MidiTrack Id="2"><Name><EffectiveName Value="2-ベース" /><UserName Value="ベース" />
</Name><TrackGroupId Value="-1" />
<DeviceChain><Mixer><Speaker><ArrangerAutomation><Events><BoolEvent Time="-63072000" Value="true" /></Events></ArrangerAutomation></Speaker>
</Mixer><MainSequencer><ClipSlotList><ClipSlot Id="0"><ClipSlot><Value><MidiClip Id="0" Time="0"><CurrentStart Value="0" />
<CurrentEnd Value="4" />
<Loop><LoopStart Value="0" />
<LoopEnd Value="4" />
<StartRelative Value="0" />
<LoopOn Value="true" />
</Loop><Disabled Value="false" />
<Notes><KeyTracks><KeyTrack><Notes><MidiNoteEvent Time="0" Duration="1" Velocity="100" IsEnabled="true" /></Notes><MidiKey Value="40" />
</KeyTrack><KeyTrack><Notes><MidiNoteEvent Time="1" Duration="1" Velocity="100" IsEnabled="true" /></Notes><MidiKey Value="41" />
</KeyTrack></KeyTracks></Notes></MidiClip>
</Value></ClipSlot></ClipSlot></ClipSlotList><ClipTimeable><ArrangerAutomation><Events><MidiClip Id="0" Time="16"><CurrentStart Value="16" />
<CurrentEnd Value="32" />
<Loop><LoopStart Value="0" />
<LoopEnd Value="16" />
<StartRelative Value="0" />
<LoopOn Value="false" />
</Loop><Disabled Value="false" />
<Notes><KeyTracks><KeyTrack><Notes><MidiNoteEvent Time="0" Duration="4" Velocity="100" IsEnabled="true" /></Notes><MidiKey Value="40" />
</KeyTrack><KeyTrack><Notes><MidiNoteEvent Time="4" Duration="4" Velocity="100" IsEnabled="true" /></Notes><MidiKey Value="43" />
</KeyTrack><KeyTrack><Notes><MidiNoteEvent Time="8" Duration="4" Velocity="100" IsEnabled="true" /></Notes><MidiKey Value="47" />
</KeyTrack><KeyTrack><Notes><MidiNoteEvent Time="12" Duration="4" Velocity="100" IsEnabled="true" /></Notes><MidiKey Value="40" />
</KeyTrack></KeyTracks></Notes></MidiClip>
</Events></ArrangerAutomation></ClipTimeable></MainSequencer><FreezeSequencer><Sample><ArrangerAutomation><Events><AudioClip Id="0" Time="0"><CurrentStart Value="0" />
<CurrentEnd Value="200" />
<Loop><LoopStart Value="0" />
<LoopEnd Value="200" />
<StartRelative Value="0" />
<LoopOn Value="false" />
</Loop><Disabled Value="false" />
<IsWarped Value="false" />
<SampleRef><FileRef><Name Value="frozen.wav" />
<SearchHint><PathHint><RelativePathElement Dir="/Users/someone" /></PathHint></SearchHint></FileRef></SampleRef></AudioClip>
</Events></ArrangerAutomation></Sample></FreezeSequencer><DeviceChain><Devices><Operator Id="0"><On><ArrangerAutomation><Events><BoolEvent Time="-63072000" Value="true" /></Events></ArrangerAutomation></On>
<UserName Value="" /></Operator>
</Devices></DeviceChain></DeviceChain></MidiTrack>
<MidiTrack Id="3"><Name><EffectiveName Value="3-Muted lead" /><UserName Value="Muted lead" />
</Name><TrackGroupId Value="-1" />
<DeviceChain><Mixer><Speaker><ArrangerAutomation><Events><BoolEvent Time="-63072000" Value="false" /></Events></ArrangerAutomation></Speaker>
</Mixer><MainSequencer><ClipSlotList><ClipSlot Id="0"><ClipSlot><Value></Value></ClipSlot></ClipSlot></ClipSlotList><ClipTimeable><ArrangerAutomation><Events><MidiClip Id="0" Time="0"><CurrentStart Value="0" />
<CurrentEnd Value="64" />
<Loop><LoopStart Value="0" />
<LoopEnd Value="64" />
<StartRelative Value="0" />
<LoopOn Value="false" />
</Loop><Disabled Value="false" />
<Notes><KeyTracks><KeyTrack><Notes><MidiNoteEvent Time="0" Duration="1" Velocity="100" IsEnabled="true" /></Notes><MidiKey Value="72" />
</KeyTrack><KeyTrack><Notes><MidiNoteEvent Time="60" Duration="1" Velocity="100" IsEnabled="true" /></Notes><MidiKey Value="74" />
</KeyTrack></KeyTracks></Notes></MidiClip>
</Events></ArrangerAutomation></ClipTimeable></MainSequencer><FreezeSequencer><Sample><ArrangerAutomation><Events><AudioClip Id="0" Time="0"><CurrentStart Value="0" />
<CurrentEnd Value="200" />
<Loop><LoopStart Value="0" />
<LoopEnd Value="200" />
<StartRelative Value="0" />
<LoopOn Value="false" />
</Loop><Disabled Value="false" />
<IsWarped Value="false" />
<SampleRef><FileRef><Name Value="frozen.wav" />
<SearchHint><PathHint><RelativePathElement Dir="/Users/someone" /></PathHint></SearchHint></FileRef></SampleRef></AudioClip>
</Events></ArrangerAutomation></Sample></FreezeSequencer><DeviceChain><Devices><Operator Id="0"><On><ArrangerAutomation><Events><BoolEvent Time="-63072000" Value="true" /></Events></ArrangerAutomation></On>
<UserName Value="" /></Operator>
</Devices></DeviceChain></DeviceChain></MidiTrack>
<AudioTrack Id="4"><Name><EffectiveName Value="4-Take" /><UserName Value="Take" />
</Name><TrackGroupId Value="-1" />
<DeviceChain><Mixer><Speaker><ArrangerAutomation><Events><BoolEvent Time="-63072000" Value="true" /></Events></ArrangerAutomation></Speaker>
</Mixer><MainSequencer><Sample><ArrangerAutomation><Events><AudioClip Id="0" Time="0"><CurrentStart Value="0" />
<CurrentEnd Value="8" />
<Loop><LoopStart Value="0" />
<LoopEnd Value="4" />
<StartRelative Value="0" />
<LoopOn Value="false" />
</Loop><Disabled Value="false" />
<IsWarped Value="false" />
<SampleRef><FileRef><Name Value="voce.wav" />
<SearchHint><PathHint><RelativePathElement Dir="/Users/someone" /></PathHint></SearchHint></FileRef></SampleRef></AudioClip>
</Events></ArrangerAutomation></Sample></MainSequencer><FreezeSequencer><Sample><ArrangerAutomation><Events><AudioClip Id="0" Time="0"><CurrentStart Value="0" />
<CurrentEnd Value="200" />
<Loop><LoopStart Value="0" />
<LoopEnd Value="200" />
<StartRelative Value="0" />
<LoopOn Value="false" />
</Loop><Disabled Value="false" />
<IsWarped Value="false" />
<SampleRef><FileRef><Name Value="frozen.wav" />
<SearchHint><PathHint><RelativePathElement Dir="/Users/someone" /></PathHint></SearchHint></FileRef></SampleRef></AudioClip>
</Events></ArrangerAutomation></Sample></FreezeSequencer><DeviceChain><Devices></Devices></DeviceChain></DeviceChain></AudioTrack>
<ReturnTrack Id="5"><Name><EffectiveName Value="5-A-Reverb" /><UserName Value="A-Reverb" />
</Name><TrackGroupId Value="-1" />
<DeviceChain><Mixer><Speaker><ArrangerAutomation><Events><BoolEvent Time="-63072000" Value="true" /></Events></ArrangerAutomation></Speaker>
</Mixer><FreezeSequencer><Sample><ArrangerAutomation><Events><AudioClip Id="0" Time="0"><CurrentStart Value="0" />
<CurrentEnd Value="200" />
<Loop><LoopStart Value="0" />
<LoopEnd Value="200" />
<StartRelative Value="0" />
<LoopOn Value="false" />
</Loop><Disabled Value="false" />
<IsWarped Value="false" />
<SampleRef><FileRef><Name Value="frozen.wav" />
<SearchHint><PathHint><RelativePathElement Dir="/Users/someone" /></PathHint></SearchHint></FileRef></SampleRef></AudioClip>
</Events></ArrangerAutomation></Sample></FreezeSequencer><DeviceChain><Devices><Reverb Id="0"><On><ArrangerAutomation><Events><BoolEvent Time="-63072000" Value="true" /></Events></ArrangerAutomation></On>
<UserName Value="" /></Reverb>
</Devices></DeviceChain></DeviceChain></ReturnTrack>
</Tracks>
<MasterTrack><MasterChain><Mixer><Tempo><ArrangerAutomation><Events><FloatEvent Time="-63072000" Value="120" /><FloatEvent Time="16" Value="120" /><FloatEvent Time="16" Value="60" /></Events></ArrangerAutomation><AutomationTarget Id="8" /></Tempo>
<TimeSignature><ArrangerAutomation><Events><EnumEvent Time="16" Value="200" /><EnumEvent Time="-63072000" Value="201" /></Events></ArrangerAutomation><AutomationTarget Id="10" /></TimeSignature>
</Mixer></MasterChain></MasterTrack>
<Locators><Locators><Locator Id="0"><Time Value="16" />
<Name Value="Drop" />
</Locator><Locator Id="0"><Time Value="0" />
<Name Value="Intro &amp; co" />
</Locator><Locator Id="0"><Time Value="32" />
<Name Value="End" />
</Locator></Locators></Locators><GroovePool><Grooves><Groove><Clip><Value><MidiClip Id="0" Time="0"><CurrentStart Value="0" />
<CurrentEnd Value="4" />
<Loop><LoopStart Value="0" />
<LoopEnd Value="4" />
<StartRelative Value="0" />
<LoopOn Value="true" />
</Loop><Disabled Value="false" />
<Notes><KeyTracks><KeyTrack><Notes><MidiNoteEvent Time="0" Duration="1" Velocity="100" IsEnabled="true" /></Notes><MidiKey Value="60" />
</KeyTrack><KeyTrack><Notes><MidiNoteEvent Time="1.1" Duration="1" Velocity="100" IsEnabled="true" /></Notes><MidiKey Value="60" />
</KeyTrack></KeyTracks></Notes></MidiClip>
</Value></Clip></Groove></Grooves></GroovePool></LiveSet>
</Ableton>
