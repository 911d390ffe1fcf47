/* Where things are in the XML of each version of Live: the one table. */
#include "als/grammar.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "als/set.h"
#include "base/mem.h"

/* A place; a place that only some versions write; a leaf; a leaf that only some
 * versions write. */
/* clang-format off */
#define AT(p, name, n) {N_##p, N_##n, 0, 0, 0, 0, 0, 0, name}
#define AT_ARG(p, name, n, arg) {N_##p, N_##n, 0, 0, 0, 0, 0, arg, name}
#define IN(since, until, p, name, n)                                           \
    {N_##p, N_##n, since, until, 0, 0, 0, 0, name}
#define IN_ARG(since, until, p, name, n, arg)                                  \
    {N_##p, N_##n, since, until, 0, 0, 0, arg, name}
#define LEAF_IN(since, until, p, name, kind, o, type, field)                   \
    {N_##p,   N_VALUE,                                                         \
     since,   until,                                                           \
     K_##kind, O_##o,                                                          \
     offsetof(struct type, field), 0,                                          \
     name}
/* An oscillator of Operator. */
#define OSCILLATOR(i)                                                          \
    AT(DEVICE, "Operator." #i, OSCILLATOR_##i),                                \
    AT_ARG(OSCILLATOR_##i, "IsOn", DIAL, DIAL_SOUNDS + (i)),                     \
    AT(OSCILLATOR_##i, "Envelope", LOUDNESS_##i),                              \
    AT_ARG(LOUDNESS_##i, "ReleaseTime", DIAL, DIAL_RELEASE + (i)),               \
    AT_ARG(LOUDNESS_##i, "LoopMode", DIAL, DIAL_LOOP + (i))
/* clang-format on */
#define LEAF(p, name, kind, o, type, field)                                    \
    LEAF_IN(0, 0, p, name, kind, o, type, field)

/*
 * Parent, element, child. A pair of numbers before them gives the first and
 * last versions of Live that write it so, 0 = from the first, to the last: all
 * differences between versions are here.
 */
static const struct als_rule als_rules[] = {
    AT(DOCUMENT, "Ableton", ROOT),
    AT(ROOT, "LiveSet", LIVESET),

    AT(LIVESET, "Tracks", TRACKS),
    IN(0, 11, LIVESET, "MasterTrack", MAIN),
    IN(12, 0, LIVESET, "MainTrack", MAIN),
    IN(0, 10, LIVESET, "SceneNames", SCENES), /* the name is its Value */
    IN(11, 0, LIVESET, "Scenes", SCENES),
    AT(LIVESET, "Locators", LOCATORS),
    AT(LIVESET, "Transport", TRANSPORT),
    IN(9, 0, LIVESET, "ScaleInformation", SCALE),
    LEAF_IN(11, 0, LIVESET, "InKey", BOOL, SET, als_set, in_key),

    LEAF_IN(9, 12, SCALE, "RootNote", INT, SET, als_set, scale_root),
    LEAF_IN(12, 0, SCALE, "Root", INT, SET, als_set, scale_root),
    LEAF_IN(9, 0, SCALE, "Name", TEXT, SET, als_set, scale),

    LEAF(TRANSPORT, "LoopStart", NUM, SET, als_set, loop_start),
    LEAF(TRANSPORT, "LoopLength", NUM, SET, als_set, loop_length),
    LEAF(TRANSPORT, "LoopOn", BOOL, SET, als_set, loop_on),

    /* tracks */
    AT_ARG(TRACKS, "MidiTrack", TRACK, ALS_MIDI),
    AT_ARG(TRACKS, "AudioTrack", TRACK, ALS_AUDIO),
    AT_ARG(TRACKS, "GroupTrack", TRACK, ALS_GROUP),
    AT_ARG(TRACKS, "ReturnTrack", TRACK, ALS_RETURN),
    AT(TRACK, "Name", TRACK_NAME),
    LEAF(TRACK_NAME, "EffectiveName", TEXT, TRACK, als_track, effective_name),
    LEAF(TRACK_NAME, "UserName", TEXT, TRACK, als_track, user_name),
    LEAF(TRACK, "TrackGroupId", INT, TRACK, als_track, group),
    LEAF(TRACK, "Freeze", BOOL, TRACK, als_track, frozen),
    AT(TRACK, "DeviceChain", CHAIN),
    AT(CHAIN, "Mixer", MIXER),
    AT(CHAIN, "MainSequencer", SEQUENCER), /* FreezeSequencer: no music */
    AT(CHAIN, "DeviceChain", INNER_CHAIN),
    AT(INNER_CHAIN, "Devices", DEVICES),
    AT(CHAIN, "MidiOutputRouting", ROUTING),
    LEAF(ROUTING, "Target", TEXT, TRACK, als_track, midi_out),
    AT(CHAIN, "AudioOutputRouting", AUDIO_ROUTING),
    LEAF(AUDIO_ROUTING, "Target", TEXT, TRACK, als_track, audio_out),
    AT(MIXER, "Sends", SENDS),
    AT(SENDS, "TrackSendHolder", SEND_HOLDER),
    AT(SEND_HOLDER, "Send", SEND),
    LEAF(SEND, "Manual", MOST, TRACK, als_track, sends),
    AT(MIXER, "Speaker", SPEAKER),
    AT(MIXER, "Volume", VOLUME),
    LEAF(MIXER, "SoloSink", BOOL, TRACK, als_track, solo),
    LEAF_IN(9, 0, SPEAKER, "Manual", BOOL, TRACK, als_track, on),
    LEAF_IN(9, 0, VOLUME, "Manual", NUM, TRACK, als_track, volume),
    AT_ARG(SPEAKER, "AutomationTarget", TARGET, ALS_ENVELOPE_ON),
    AT_ARG(VOLUME, "AutomationTarget", TARGET, ALS_ENVELOPE_VOLUME),
    IN_ARG(0, 9, SPEAKER, "ArrangerAutomation", OWN_AUTO, ALS_ENVELOPE_ON),
    IN_ARG(0, 9, VOLUME, "ArrangerAutomation", OWN_AUTO, ALS_ENVELOPE_VOLUME),
    IN(10, 0, TRACK, "AutomationEnvelopes", ENVELOPES),

    /* clips: only those of the arrangement and of the clip-slot grid */
    LEAF(SEQUENCER, "MonitoringEnum", INT, TRACK, als_track, monitor),
    AT(SEQUENCER, "ClipTimeable", TIMELINE),
    AT(SEQUENCER, "Sample", TIMELINE),
    AT(TIMELINE, "ArrangerAutomation", TIMELINE_AUTO),
    AT(TIMELINE_AUTO, "Events", TIMELINE_EVENTS),
    AT_ARG(TIMELINE_EVENTS, "MidiClip", CLIP, false),
    AT_ARG(TIMELINE_EVENTS, "AudioClip", CLIP, true),
    AT(SEQUENCER, "ClipSlotList", SLOTS),
    AT(SLOTS, "ClipSlot", SLOT),
    AT(SLOT, "ClipSlot", SLOT_INNER),
    AT(SLOT_INNER, "Value", SLOT_VALUE),
    AT_ARG(SLOT_VALUE, "MidiClip", CLIP, false),
    AT_ARG(SLOT_VALUE, "AudioClip", CLIP, true),
    LEAF(CLIP, "CurrentStart", NUM, CLIP, als_clip, start),
    LEAF(CLIP, "CurrentEnd", NUM, CLIP, als_clip, end),
    LEAF(CLIP, "Name", TEXT, CLIP, als_clip, name),
    LEAF(CLIP, "Disabled", BOOL, CLIP, als_clip, disabled),
    LEAF(CLIP, "IsWarped", BOOL, CLIP, als_clip, warped),
    LEAF(CLIP, "SampleVolume", NUM, CLIP, als_clip, gain),
    LEAF_IN(11, 0, CLIP, "IsInKey", BOOL, CLIP, als_clip, in_key),
    AT(CLIP, "Loop", CLIP_LOOP),
    LEAF(CLIP_LOOP, "LoopStart", NUM, CLIP, als_clip, loop_start),
    LEAF(CLIP_LOOP, "LoopEnd", NUM, CLIP, als_clip, loop_end),
    LEAF(CLIP_LOOP, "StartRelative", NUM, CLIP, als_clip, start_relative),
    LEAF(CLIP_LOOP, "LoopOn", BOOL, CLIP, als_clip, loop_on),
    IN(11, 0, CLIP, "ScaleInformation", CLIP_SCALE),
    LEAF_IN(11, 12, CLIP_SCALE, "RootNote", INT, CLIP, als_clip, scale_root),
    LEAF_IN(12, 0, CLIP_SCALE, "Root", INT, CLIP, als_clip, scale_root),
    LEAF(CLIP_SCALE, "Name", TEXT, CLIP, als_clip, scale),
    AT(CLIP, "WarpMarkers", CLIP_WARPS),
    AT(CLIP_WARPS, "WarpMarker", WARP),
    AT(CLIP, "SampleRef", CLIP_SAMPLE),
    AT(CLIP_SAMPLE, "FileRef", CLIP_FILE),
    LEAF_IN(0, 10, CLIP_FILE, "Name", FILE, CLIP, als_clip, sample),
    LEAF_IN(11, 0, CLIP_FILE, "RelativePath", FILE, CLIP, als_clip, sample),
    LEAF_IN(11, 0, CLIP_FILE, "Path", FILE, CLIP, als_clip, sample),

    /* notes: a pitch follows its notes */
    AT(CLIP, "Notes", CLIP_NOTES),
    AT(CLIP_NOTES, "KeyTracks", KEY_TRACKS),
    AT(KEY_TRACKS, "KeyTrack", KEY_TRACK),
    AT(KEY_TRACK, "Notes", KEY_NOTES),
    AT(KEY_NOTES, "MidiNoteEvent", NOTE),
    AT(KEY_TRACK, "MidiKey", KEY),

    /* devices */
    AT(DEVICES, "*", DEVICE),
    LEAF(DEVICE, "UserName", TEXT, DEVICE, als_device, user_name),
    AT(DEVICE, "On", DEVICE_ON),
    LEAF_IN(9, 0, DEVICE_ON, "Manual", BOOL, DEVICE, als_device, on),
    IN(0, 8, DEVICE_ON, "ArrangerAutomation", DEVICE_ON_AUTO),
    AT(DEVICE_ON_AUTO, "Events", DEVICE_ON_EVENTS),
    LEAF(DEVICE_ON_EVENTS, "BoolEvent", SWITCH, DEVICE, als_device, on),
    AT_ARG(DEVICE, "Pitch", DIAL, DIAL_SHIFT),        /* of MIDI devices */
    AT_ARG(DEVICE, "Pitch_Coarse", DIAL, DIAL_SHIFT), /* of Shifter */
    AT_ARG(DEVICE, "Chance", DIAL, DIAL_SHIFT),
    AT_ARG(DEVICE, "TransposeDistance", DIAL, DIAL_SHIFT),
    AT_ARG(DEVICE, "TransposeSteps", DIAL, DIAL_SHIFT + 1),
    AT_ARG(DEVICE, "Shift1", DIAL, DIAL_SHIFT),
    AT_ARG(DEVICE, "Shift2", DIAL, DIAL_SHIFT + 1),
    AT_ARG(DEVICE, "Shift3", DIAL, DIAL_SHIFT + 2),
    AT_ARG(DEVICE, "Shift4", DIAL, DIAL_SHIFT + 3),
    AT_ARG(DEVICE, "Shift5", DIAL, DIAL_SHIFT + 4),
    AT_ARG(DEVICE, "Shift6", DIAL, DIAL_SHIFT + 5),
    AT_ARG(DEVICE, "Base", DIAL, DIAL_BASE),
    AT_ARG(DEVICE, "Transpose", DIAL, DIAL_TRANSPOSE),
    AT_ARG(DEVICE, "Fold", DIAL, DIAL_FOLD),
    AT_ARG(DEVICE, "Lowest", DIAL, DIAL_LOWEST),
    AT_ARG(DEVICE, "Range", DIAL, DIAL_RANGE),
    IN_ARG(12, 0, DEVICE, "UseSongScale", DIAL, DIAL_SONG_SCALE),
    IN_ARG(12, 0, DEVICE, "InternalScale", DIAL, DIAL_OWN_SCALE),
    AT_ARG(DEVICE, "Mapping.0", DIAL, DIAL_MAP),
    AT_ARG(DEVICE, "Mapping.1", DIAL, DIAL_MAP + 1),
    AT_ARG(DEVICE, "Mapping.2", DIAL, DIAL_MAP + 2),
    AT_ARG(DEVICE, "Mapping.3", DIAL, DIAL_MAP + 3),
    AT_ARG(DEVICE, "Mapping.4", DIAL, DIAL_MAP + 4),
    AT_ARG(DEVICE, "Mapping.5", DIAL, DIAL_MAP + 5),
    AT_ARG(DEVICE, "Mapping.6", DIAL, DIAL_MAP + 6),
    AT_ARG(DEVICE, "Mapping.7", DIAL, DIAL_MAP + 7),
    AT_ARG(DEVICE, "Mapping.8", DIAL, DIAL_MAP + 8),
    AT_ARG(DEVICE, "Mapping.9", DIAL, DIAL_MAP + 9),
    AT_ARG(DEVICE, "Mapping.10", DIAL, DIAL_MAP + 10),
    AT_ARG(DEVICE, "Mapping.11", DIAL, DIAL_MAP + 11),
    OSCILLATOR(0),
    OSCILLATOR(1),
    OSCILLATOR(2),
    OSCILLATOR(3),
    AT(DEVICE, "VolumeAndPan", OSCILLATOR_0), /* of Simpler and Sampler */
    AT_ARG(DEVICE, "Voice_Modulators_AmpEnvelope_Times_Release", DIAL,
           DIAL_RELEASE), /* of Wavetable */
    AT_ARG(DEVICE, "Voice_Modulators_AmpEnvelope_LoopMode", DIAL, DIAL_LOOP),
    AT_ARG(DEVICE, "Voice_Modulators_TimeScale", DIAL, DIAL_STRETCH),
    AT(DEVICE, "EnvScale", STRETCH),
    AT(DEVICE, "Globals", GLOBALS),
    AT(GLOBALS, "EnvScale", STRETCH),
    AT_ARG(STRETCH, "EnvTime", DIAL, DIAL_STRETCH),
    AT_ARG(STRETCH, "EnvTimeKeyScale", DIAL, DIAL_KEY_STRETCH),
    LEAF(GLOBALS, "PlaybackMode", TRY, DEVICE, als_device, playback),
    AT_ARG(DIAL, "TransposeKey", DIAL, DIAL_TRANSPOSE), /* of samplers */
    LEAF_IN(9, 0, DIAL, "Manual", DIAL, DEVICE, als_device, dials),
    IN(0, 8, DIAL, "ArrangerAutomation", DIAL_AUTO),
    AT(DIAL_AUTO, "Events", DIAL_EVENTS),
    LEAF(DIAL_EVENTS, "FloatEvent", DIAL, DEVICE, als_device, dials),
    LEAF(DIAL_EVENTS, "BoolEvent", DIAL, DEVICE, als_device, dials),
    AT(DEVICE, "LastPresetRef", PRESET),
    AT(PRESET, "Value", PRESET_VALUE),
    AT(PRESET_VALUE, "FilePresetRef", PRESET_REF),
    AT(PRESET_REF, "FileRef", PRESET_FILE),
    LEAF(PRESET_FILE, "RelativePathType", INT, DEVICE, als_device,
         preset_origin),
    IN(0, 10, PRESET_FILE, "RelativePath", PRESET_PATH),
    LEAF_IN(0, 10, PRESET_PATH, "RelativePathElement", FOLDER, DEVICE,
            als_device, preset_folder),
    LEAF_IN(0, 10, PRESET_FILE, "Name", PRESET, DEVICE, als_device, preset),
    LEAF_IN(11, 0, PRESET_FILE, "RelativePath", PRESET, DEVICE, als_device,
            preset),
    LEAF_IN(11, 0, PRESET_FILE, "Path", PRESET, DEVICE, als_device, preset),
    AT(DEVICE, "PluginDesc", PLUG),
    AT_ARG(PLUG, "VstPluginInfo", PLUG_INFO, ALS_VST2),
    AT_ARG(PLUG, "Vst3PluginInfo", PLUG_INFO, ALS_VST3),
    AT_ARG(PLUG, "AuPluginInfo", PLUG_INFO, ALS_AU),
    LEAF(PLUG_INFO, "PlugName", TEXT, DEVICE, als_device, plug_name),
    LEAF(PLUG_INFO, "Name", TEXT, DEVICE, als_device, plug_name),
    LEAF(PLUG_INFO, "Manufacturer", TEXT, DEVICE, als_device, vendor),
    LEAF(PLUG_INFO, "Category", INT, DEVICE, als_device, category),
    LEAF(PLUG_INFO, "ComponentType", NUM, DEVICE, als_device, component),
    LEAF(PLUG_INFO, "DeviceType", INT, DEVICE, als_device, device_type),
    AT(PLUG_INFO, "Preset", PLUG_PRESET),
    AT(PLUG_PRESET, "Vst3Preset", PLUG_VST3),
    LEAF(PLUG_VST3, "DeviceType", INT, DEVICE, als_device, device_type),
    AT(DEVICE, "PatchSlot", PATCH),
    AT(PATCH, "Value", PATCH_VALUE),
    IN_ARG(0, 11, PATCH_VALUE, "MxDPatchRef", PATCH_REF, ALS_MAX),
    IN_ARG(12, 0, PATCH_VALUE, "MxPatchRef", PATCH_REF, ALS_MAX),
    AT(PATCH_REF, "FileRef", PATCH_FILE),
    LEAF_IN(0, 10, PATCH_FILE, "Name", STEM, DEVICE, als_device, plug_name),
    LEAF_IN(11, 0, PATCH_FILE, "RelativePath", STEM, DEVICE, als_device,
            plug_name),
    LEAF_IN(11, 0, PATCH_FILE, "Path", STEM, DEVICE, als_device, plug_name),
    AT(DEVICE, "Player", PLAYER),
    AT(PLAYER, "MultiSampleMap", PLAYER_MAP),
    AT(PLAYER_MAP, "SampleParts", PLAYER_PARTS),
    AT(PLAYER_PARTS, "MultiSamplePart", PLAYER_PART),
    AT(PLAYER_PART, "SampleRef", PLAYER_SAMPLE),
    AT(DEVICE, "UserSample", CELL), /* of a Drum Sampler */
    AT(CELL, "Value", CELL_VALUE),
    AT(CELL, "SampleRef", PLAYER_SAMPLE),
    AT(CELL_VALUE, "SampleRef", PLAYER_SAMPLE),
    AT(PLAYER_SAMPLE, "FileRef", PLAYER_FILE),
    LEAF_IN(0, 10, PLAYER_FILE, "Name", FILE, DEVICE, als_device, sample),
    LEAF_IN(11, 0, PLAYER_FILE, "RelativePath", FILE, DEVICE, als_device,
            sample),
    LEAF_IN(11, 0, PLAYER_FILE, "Path", FILE, DEVICE, als_device, sample),

    /* racks */
    AT(DEVICE, "Branches", BRANCHES),
    AT(DEVICE, "ReturnBranches", BRANCHES),
    AT(BRANCHES, "*", BRANCH),
    AT(BRANCH, "Name", BRANCH_NAME),
    LEAF(BRANCH_NAME, "EffectiveName", TEXT, BRANCH, als_branch, name),
    LEAF(BRANCH_NAME, "UserName", TEXT, BRANCH, als_branch, user_name),
    AT(BRANCH, "BranchInfo", BRANCH_INFO),
    LEAF(BRANCH_INFO, "ReceivingNote", INT, BRANCH, als_branch, receiving),
    AT(BRANCH, "BranchSelectorRange", BRANCH_RANGE),
    LEAF(BRANCH_RANGE, "Min", NUM, BRANCH, als_branch, selected_from),
    LEAF(BRANCH_RANGE, "Max", NUM, BRANCH, als_branch, selected_to),
    AT(DEVICE, "ChainSelector", SELECTOR),
    LEAF_IN(9, 0, SELECTOR, "Manual", NUM, DEVICE, als_device, selector),
    AT(SELECTOR, "KeyMidi", SELECTOR_KEY),
    LEAF(SELECTOR_KEY, "Channel", INT, DEVICE, als_device, selector_channel),
    AT(BRANCH, "MixerDevice", BRANCH_MIXER),
    AT(BRANCH_MIXER, "Speaker", BRANCH_SPEAKER),
    LEAF_IN(9, 0, BRANCH_SPEAKER, "Manual", BOOL, BRANCH, als_branch, on),
    IN(0, 8, BRANCH_SPEAKER, "ArrangerAutomation", BRANCH_SPEAKER_AUTO),
    AT(BRANCH_SPEAKER_AUTO, "Events", BRANCH_SPEAKER_EVENTS),
    LEAF(BRANCH_SPEAKER_EVENTS, "BoolEvent", SWITCH, BRANCH, als_branch, on),
    AT(BRANCH, "DeviceChain", BRANCH_CHAIN),
    AT(BRANCH_CHAIN, "*", BRANCH_INNER), /* MidiToAudioDeviceChain, ... */
    AT(BRANCH_INNER, "Devices", DEVICES),

    /* the main track: tempo and time signature */
    IN(0, 8, MAIN, "MasterChain", MAIN_CHAIN),
    IN(9, 0, MAIN, "DeviceChain", MAIN_CHAIN),
    AT(MAIN_CHAIN, "Mixer", MAIN_MIXER),
    AT(MAIN_CHAIN, "DeviceChain", INNER_CHAIN),
    AT(MAIN_MIXER, "Volume", VOLUME),
    AT_ARG(MAIN_MIXER, "Tempo", TEMPO, ALS_ENVELOPE_TEMPO),
    AT_ARG(MAIN_MIXER, "TimeSignature", METER, ALS_ENVELOPE_METER),
    LEAF_IN(9, 0, TEMPO, "Manual", NUM, SET, als_set, tempo),
    LEAF_IN(9, 0, METER, "Manual", NUM, SET, als_set, meter),
    AT_ARG(TEMPO, "AutomationTarget", TARGET, ALS_ENVELOPE_TEMPO),
    AT_ARG(METER, "AutomationTarget", TARGET, ALS_ENVELOPE_METER),
    IN_ARG(0, 9, TEMPO, "ArrangerAutomation", OWN_AUTO, ALS_ENVELOPE_TEMPO),
    IN_ARG(0, 9, METER, "ArrangerAutomation", OWN_AUTO, ALS_ENVELOPE_METER),
    AT(OWN_AUTO, "Events", OWN_EVENTS),
    AT(OWN_EVENTS, "FloatEvent", EVENT),
    AT(OWN_EVENTS, "EnumEvent", EVENT),
    AT(OWN_EVENTS, "BoolEvent", EVENT),
    IN(10, 0, MAIN, "AutomationEnvelopes", ENVELOPES),
    AT(ENVELOPES, "Envelopes", ENVELOPE_LIST),
    AT(ENVELOPE_LIST, "AutomationEnvelope", ENVELOPE),
    AT(ENVELOPE, "EnvelopeTarget", ENVELOPE_TARGET),
    LEAF(ENVELOPE_TARGET, "PointeeId", INT, ENVELOPE, als_envelope, target),
    AT(ENVELOPE, "Automation", ENVELOPE_AUTO),
    AT(ENVELOPE_AUTO, "Events", ENVELOPE_EVENTS),
    AT(ENVELOPE_EVENTS, "FloatEvent", EVENT),
    AT(ENVELOPE_EVENTS, "EnumEvent", EVENT),
    AT(ENVELOPE_EVENTS, "BoolEvent", EVENT),

    /* scenes and locators */
    AT(SCENES, "Scene", SCENE),
    LEAF_IN(11, 0, SCENE, "Name", TEXT, SCENE, als_scene, name),
    LEAF_IN(11, 0, SCENE, "Tempo", NUM, SCENE, als_scene, tempo),
    LEAF_IN(11, 0, SCENE, "IsTempoEnabled", BOOL, SCENE, als_scene, tempo_on),
    LEAF_IN(11, 0, SCENE, "TimeSignatureId", INT, SCENE, als_scene, meter),
    LEAF_IN(11, 0, SCENE, "IsTimeSignatureEnabled", BOOL, SCENE, als_scene,
            meter_on),
    AT(LOCATORS, "Locators", LOCATOR_LIST),
    AT(LOCATOR_LIST, "Locator", LOCATOR),
    LEAF(LOCATOR, "Time", NUM, LOCATOR, als_locator, time),
    LEAF(LOCATOR, "Name", TEXT, LOCATOR, als_locator, name),
};

static const size_t als_rules_count = sizeof als_rules / sizeof als_rules[0];

#define SLOTS_COUNT 512 /* power of two, well over the number of rules */

struct als_grammar {
    const struct als_rule *any[N_COUNT]; /* "*" */
    const struct als_rule *slots[SLOTS_COUNT];
};

static inline unsigned
slot_of(unsigned parent, const char *name)
{
    unsigned h = parent * 0x9e3779b1u;

    for (; *name != '\0'; name++)
        h = (h ^ (unsigned char)*name) * 0x01000193u;
    return (h ^ h >> 15) & (SLOTS_COUNT - 1);
}

struct als_grammar *
als_grammar_open(int major)
{
    struct als_grammar *g = xcalloc(1, sizeof *g);

    if (major == 0 || major > ALS_LIVE_NEWEST)
        major = ALS_LIVE_NEWEST;
    for (size_t i = 0; i < als_rules_count; i++) {
        const struct als_rule *rule = &als_rules[i];
        unsigned at;

        if (major < rule->since || (rule->until != 0 && major > rule->until))
            continue;
        if (strcmp(rule->name, "*") == 0) {
            g->any[rule->parent] = rule;
            continue;
        }
        at = slot_of(rule->parent, rule->name);
        while (g->slots[at] != NULL)
            at = (at + 1) & (SLOTS_COUNT - 1);
        g->slots[at] = rule;
    }
    return g;
}

void
als_grammar_close(struct als_grammar *g)
{
    free(g);
}

const struct als_rule *
als_grammar_find(const struct als_grammar *g, enum als_node parent,
                 const char *name)
{
    unsigned at = slot_of(parent, name);

    for (; g->slots[at] != NULL; at = (at + 1) & (SLOTS_COUNT - 1)) {
        const struct als_rule *rule = g->slots[at];

        if (rule->parent == parent && strcmp(rule->name, name) == 0)
            return rule;
    }
    return g->any[parent];
}
