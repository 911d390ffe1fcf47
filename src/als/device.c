/* Devices by their human names: one table for Live's own; the others give their
 * name themselves; see device.h. */
#include "als/device.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "music/words.h"

struct row {
    const char *element;
    const char *name; /* NULL: the element's own */
    enum als_device_kind kind;
};

/* Sorted by element, for bsearch. */
static const struct row table[] = {
    {"Amp", NULL, ALS_EFFECT},
    {"AudioEffectGroupDevice", "Audio Effect Rack", ALS_RACK},
    {"AutoFilter", "Auto Filter", ALS_EFFECT},
    {"AutoFilter2", "Auto Filter", ALS_EFFECT},
    {"AutoPan", "Auto Pan", ALS_EFFECT},
    {"AutoPan2", "Auto Pan", ALS_EFFECT},
    {"AutoShift", "Auto Shift", ALS_EFFECT},
    {"BeatRepeat", "Beat Repeat", ALS_EFFECT},
    {"Cabinet", NULL, ALS_EFFECT},
    {"ChannelEq", "Channel EQ", ALS_UTILITY},
    {"Chorus", NULL, ALS_EFFECT},
    {"Chorus2", "Chorus-Ensemble", ALS_EFFECT},
    {"Collision", NULL, ALS_INSTRUMENT},
    {"Compressor2", "Compressor", ALS_UTILITY},
    {"Corpus", NULL, ALS_EFFECT},
    {"CrossDelay", "Simple Delay", ALS_EFFECT},
    {"Delay", NULL, ALS_EFFECT},
    {"Drift", NULL, ALS_INSTRUMENT},
    {"DrumBuss", "Drum Buss", ALS_EFFECT},
    {"DrumCell", "Drum Sampler", ALS_INSTRUMENT},
    {"DrumGroupDevice", "Drum Rack", ALS_RACK},
    {"Echo", NULL, ALS_EFFECT},
    {"Eq8", "EQ Eight", ALS_UTILITY},
    {"Erosion", NULL, ALS_EFFECT},
    {"FilterDelay", "Filter Delay", ALS_EFFECT},
    {"FilterEQ3", "EQ Three", ALS_UTILITY},
    {"Flanger", NULL, ALS_EFFECT},
    {"FrequencyShifter", "Frequency Shifter", ALS_EFFECT},
    {"Gate", NULL, ALS_UTILITY},
    {"GlueCompressor", "Glue Compressor", ALS_UTILITY},
    {"GrainDelay", "Grain Delay", ALS_EFFECT},
    {"Hybrid", "Hybrid Reverb", ALS_EFFECT},
    {"InstrumentGroupDevice", "Instrument Rack", ALS_RACK},
    {"InstrumentImpulse", "Impulse", ALS_INSTRUMENT},
    {"InstrumentMeld", "Meld", ALS_INSTRUMENT},
    {"InstrumentVector", "Wavetable", ALS_INSTRUMENT},
    {"Limiter", NULL, ALS_UTILITY},
    {"Looper", NULL, ALS_EFFECT},
    {"LoungeLizard", "Electric", ALS_INSTRUMENT},
    {"MidiArpeggiator", "Arpeggiator", ALS_MIDI_EFFECT},
    {"MidiChord", "Chord", ALS_MIDI_EFFECT},
    {"MidiEffectGroupDevice", "MIDI Effect Rack", ALS_RACK},
    {"MidiNoteLength", "Note Length", ALS_MIDI_EFFECT},
    {"MidiPitcher", "Pitch", ALS_MIDI_EFFECT},
    {"MidiRandom", "Random", ALS_MIDI_EFFECT},
    {"MidiScale", "Scale", ALS_MIDI_EFFECT},
    {"MidiVelocity", "Velocity", ALS_MIDI_EFFECT},
    {"MultiSampler", "Sampler", ALS_INSTRUMENT},
    {"MultibandDynamics", "Multiband Dynamics", ALS_UTILITY},
    {"MxDeviceAudioEffect", "Max Audio Effect", ALS_EFFECT},
    {"MxDeviceInstrument", "Max Instrument", ALS_INSTRUMENT},
    {"MxDeviceMidiEffect", "Max MIDI Effect", ALS_MIDI_EFFECT},
    {"Operator", NULL, ALS_INSTRUMENT},
    {"OriginalSimpler", "Simpler", ALS_INSTRUMENT},
    {"Overdrive", NULL, ALS_EFFECT},
    {"Pedal", NULL, ALS_EFFECT},
    {"Phaser", NULL, ALS_EFFECT},
    {"PhaserNew", "Phaser-Flanger", ALS_EFFECT},
    {"PingPongDelay", "Ping Pong Delay", ALS_EFFECT},
    {"ProxyAudioEffectDevice", "External Audio Effect", ALS_EFFECT},
    {"ProxyInstrumentDevice", "External Instrument", ALS_INSTRUMENT},
    {"Redux", NULL, ALS_EFFECT},
    {"Redux2", "Redux", ALS_EFFECT},
    {"Resonator", "Resonators", ALS_EFFECT},
    {"Reverb", NULL, ALS_EFFECT},
    {"Roar", NULL, ALS_EFFECT},
    {"Saturator", NULL, ALS_EFFECT},
    {"Shifter", NULL, ALS_EFFECT},
    {"Spectral", "Spectral Resonator", ALS_EFFECT},
    {"SpectrumAnalyzer", "Spectrum", ALS_UTILITY},
    {"StereoGain", "Utility", ALS_UTILITY},
    {"StringStudio", "Tension", ALS_INSTRUMENT},
    {"Transmute", "Spectral Time", ALS_EFFECT},
    {"Tube", "Dynamic Tube", ALS_EFFECT},
    {"Tuner", NULL, ALS_UTILITY},
    {"UltraAnalog", "Analog", ALS_INSTRUMENT},
    {"Vinyl", "Vinyl Distortion", ALS_EFFECT},
    {"Vocoder", NULL, ALS_EFFECT},
};

static int
by_element(const void *key, const void *row)
{
    return strcmp(key, ((const struct row *)row)->element);
}

static const struct row *
find_row(const char *element)
{
    return bsearch(element, table, sizeof table / sizeof table[0],
                   sizeof table[0], by_element);
}

const char *
als_device_name(const struct als_device *device)
{
    const struct row *row = find_row(device->element);

    if (device->plug_name != NULL)
        return device->plug_name;
    return row != NULL && row->name != NULL ? row->name : device->element;
}

#define LOOK_BACK 256 /* devices; no chain is longer */

/* On a MIDI track, whether a device before this one in its chain already makes
 * the sound. */
static bool
after_instrument(const struct als_set *set, size_t device)
{
    const struct als_device *d = &set->devices.at[device];

    for (size_t i = device; i-- > 0 && device - i < LOOK_BACK;) {
        const struct als_device *before = &set->devices.at[i];
        const struct row *row;

        if (before->track != d->track)
            break;
        if (before->branch != d->branch)
            continue;
        row = find_row(before->element);
        if (row == NULL || row->kind != ALS_MIDI_EFFECT)
            return true;
    }
    return false;
}

/* Generators of chords, arpeggios and melodies, and bridges between
 * programs. */
static bool
is_tool(const struct als_device *d)
{
    int row = d->plug_name != NULL ? words_device(d->plug_name) : -1;

    if (row < 0)
        return d->plug_name != NULL && words_tool(d->plug_name);
    return strcmp(words_name(row), "tools") == 0;
}

/* An instrument or an effect: by what the plug-in says about itself, or
 * otherwise by its place. */
static enum als_device_kind
plugin_kind(const struct als_set *set, size_t device)
{
    const struct als_device *d = &set->devices.at[device];

    if (is_tool(d))
        return ALS_TOOL;
    if (d->format == ALS_AU && d->component == 0x61756d75) /* aumu */
        return ALS_INSTRUMENT;
    if (d->format == ALS_AU && d->component > 0)
        return ALS_EFFECT;
    if (d->format == ALS_VST3 && d->device_type >= 0)
        return d->device_type == 1 ? ALS_INSTRUMENT : ALS_EFFECT;
    if (d->format == ALS_VST2 && d->category == 2)
        return ALS_INSTRUMENT;
    if (set->tracks.at[d->track].type == ALS_MIDI &&
        !after_instrument(set, device))
        return ALS_INSTRUMENT;
    return ALS_EFFECT;
}

enum als_device_kind
als_device_kind(const struct als_set *set, size_t device)
{
    const struct row *row = find_row(set->devices.at[device].element);

    if (row != NULL)
        return row->kind;
    return plugin_kind(set, device);
}

bool
als_device_heard(const struct als_set *set, size_t device)
{
    const struct als_device *d = &set->devices.at[device];

    if (d->samples == 0)
        return false;
    /* A rack comes before its content, so the indexes only fall. */
    while (d->on && d->branch >= 0 && set->branches.at[d->branch].on)
        d = &set->devices.at[set->branches.at[d->branch].device];
    return d->on && d->branch < 0;
}

const char *
als_format_name(enum als_format format)
{
    static const char *const names[] = {
        [ALS_NATIVE] = "live", [ALS_VST2] = "vst2", [ALS_VST3] = "vst3",
        [ALS_AU] = "au",       [ALS_MAX] = "max",
    };

    return names[format];
}

/* The instruments whose release we read, and its unit. */
static const struct {
    const char *element;
    double seconds;
    int oscillators;
} releases[] = {{"InstrumentVector", 1, 1},
                {"MultiSampler", 0.001, 1},
                {"Operator", 0.001, ALS_OSCILLATORS},
                {"OriginalSimpler", 0.001, 1}};

static bool
told(const struct als_device *d, int dial)
{
    return (d->dialed & 1u << dial) != 0;
}

/* The longest release of the oscillators that are on. */
static double
longest_release(const struct als_device *d, int oscillators)
{
    double longest = -1;

    for (int i = 0; i < oscillators; i++) {
        if (oscillators > 1 && told(d, DIAL_SOUNDS + i) &&
            d->dials[DIAL_SOUNDS + i] == 0)
            continue;
        if (!told(d, DIAL_RELEASE + i) || !told(d, DIAL_LOOP + i) ||
            d->dials[DIAL_LOOP + i] != 0)
            return -1;
        longest = fmax(longest, d->dials[DIAL_RELEASE + i]);
    }
    return longest;
}

double
als_device_release(const struct als_device *d)
{
    if (!told(d, DIAL_STRETCH) || d->dials[DIAL_STRETCH] != 0 ||
        d->dials[DIAL_KEY_STRETCH] != 0 || d->playback != 0)
        return -1;
    for (size_t i = 0; i < sizeof releases / sizeof releases[0]; i++) {
        double release;

        if (strcmp(d->element, releases[i].element) != 0)
            continue;
        release = longest_release(d, releases[i].oscillators);
        return release < 0 ? -1 : release * releases[i].seconds;
    }
    return -1;
}

bool
als_device_is_drums(const struct als_device *device)
{
    return strcmp(device->element, "DrumGroupDevice") == 0 ||
           strcmp(device->element, "InstrumentImpulse") == 0;
}
