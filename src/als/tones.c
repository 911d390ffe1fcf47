/* Notes after the MIDI devices; see tones.h. */
#include "als/tones.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "als/device.h"

#define CHORD_NOTES (DIAL_BASE - DIAL_SHIFT)

struct tuner {
    const struct als_set *set;
    struct als_play *play;
    struct als_part *part;
    size_t max;
    struct err *err;
};

static bool
is(const struct als_device *d, const char *element)
{
    return strcmp(d->element, element) == 0;
}

static int
dial(const struct als_device *d, int which)
{
    return (int)lrintf(fminf(fmaxf(d->dials[which], -999), 999));
}

static bool
told(const struct als_device *d, int first, int n)
{
    uint32_t bits = ((1u << n) - 1) << first;

    return (d->dialed & bits) == bits;
}

/* Notes that leave the keyboard do not sound. */
static void
move(struct tuner *t, int by)
{
    struct als_hit *hits = als_from(t->play->hits, t->part->hit_first);
    size_t kept = 0;
    size_t n = t->play->hits.n - t->part->hit_first;

    for (size_t i = 0; by != 0 && i < n; i++) {
        int pitch = hits[i].pitch + by;

        if (pitch < 0 || pitch > 127)
            continue;
        hits[kept] = hits[i];
        hits[kept++].pitch = (uint8_t)pitch;
    }
    if (by != 0)
        t->play->hits.n = t->part->hit_first + kept;
}

static int
add_chord(struct tuner *t, const struct als_device *d)
{
    size_t n = t->play->hits.n;

    for (int s = 0; s < CHORD_NOTES; s++) {
        int by = dial(d, DIAL_SHIFT + s);
        bool again = by == 0;

        for (int k = 0; k < s; k++)
            again = again || dial(d, DIAL_SHIFT + k) == by;
        for (size_t i = t->part->hit_first; !again && i < n; i++) {
            struct als_hit hit = t->play->hits.at[i];
            int pitch = hit.pitch + by;

            if (pitch < 0 || pitch > 127)
                continue;
            if (t->play->hits.n >= t->max)
                return err_set(t->err, ERR_NOT_ALS,
                               "the set's chords sound more than %zu notes",
                               t->max);
            hit.pitch = (uint8_t)pitch;
            *als_push(&t->play->hits) = hit;
        }
    }
    return 0;
}

static bool
by_octaves(int by)
{
    return by % 12 == 0;
}

/* From its base on, Scale gives for each pitch class the number of semitones
 * above the base at which it sounds; -1: not at all. "Fold" moves it back by an
 * octave if it was moved by more than half of one. Live 12 can take the scale
 * from the song. */
static bool
scale_known(const struct als_device *d)
{
    if (!told(d, DIAL_BASE, DIAL_SONG_SCALE - DIAL_BASE) ||
        !told(d, DIAL_MAP, 12) || dial(d, DIAL_SONG_SCALE) != 0 ||
        dial(d, DIAL_OWN_SCALE) != 0)
        return false;
    for (int i = 0; i < 12; i++) {
        int to = dial(d, DIAL_MAP + i);

        if (to < -1 || to > 12)
            return false;
    }
    /* Which of both comes first is not known. */
    return dial(d, DIAL_FOLD) == 0 || dial(d, DIAL_TRANSPOSE) == 0;
}

/* The pitch that sounds, which may be off the keyboard. */
static int
scaled(const struct als_device *d, int pitch)
{
    int lowest = dial(d, DIAL_LOWEST);
    int from = (pitch - dial(d, DIAL_BASE) % 12 + 12) % 12;
    int to = dial(d, DIAL_MAP + from);
    int by = to - from;

    if (pitch < lowest || pitch >= lowest + dial(d, DIAL_RANGE))
        return pitch;
    if (to < 0)
        return -1;
    if (dial(d, DIAL_FOLD) != 0 && abs(by) > 6)
        by += by > 0 ? -12 : 12;
    return pitch + by + dial(d, DIAL_TRANSPOSE);
}

static void
map(struct tuner *t, const struct als_device *d)
{
    struct als_hit *hits = als_from(t->play->hits, t->part->hit_first);
    size_t kept = 0;
    size_t n = t->play->hits.n - t->part->hit_first;

    for (size_t i = 0; i < n; i++) {
        int pitch = scaled(d, hits[i].pitch);

        if (pitch < 0 || pitch > 127)
            continue;
        hits[kept] = hits[i];
        hits[kept++].pitch = (uint8_t)pitch;
    }
    t->play->hits.n = t->part->hit_first + kept;
}

/* Pitch can be limited to a part of the keyboard. Depending on the version of
 * Live, notes outside of it are dropped, folded, or held at its end. */
static bool
leaves_range(const struct tuner *t, const struct als_device *d)
{
    const struct als_hit *hits = als_from(t->play->hits, t->part->hit_first);
    size_t n = t->play->hits.n - t->part->hit_first;
    int lowest = dial(d, DIAL_LOWEST);

    for (size_t i = 0; told(d, DIAL_LOWEST, 2) && i < n; i++) {
        if (hits[i].pitch < lowest ||
            hits[i].pitch > lowest + dial(d, DIAL_RANGE))
            return true;
    }
    return false;
}

/* Whether we cannot predict what the device does to pitches. */
static bool
obscure(const struct als_device *d)
{
    if (is(d, "MidiRandom"))
        return d->dials[DIAL_SHIFT] > 0; /* its chance */
    if (is(d, "MidiArpeggiator"))
        return d->dials[DIAL_SHIFT + 1] > 0 && !by_octaves(dial(d, DIAL_SHIFT));
    if (is(d, "MidiScale"))
        return !scale_known(d);
    return is(d, "MxDeviceMidiEffect") || d->format == ALS_VST2 ||
           d->format == ALS_VST3 || d->format == ALS_AU;
}

/* How many chains of a rack are on, and one of them. */
static int
chains(const struct als_set *set, struct als_run run, size_t rack,
       int *ret_branch)
{
    int n = 0;

    for (size_t i = run.first; i < run.end; i++) {
        const struct als_branch *b = &set->branches.at[i];

        if (b->device != (int)rack || !b->on)
            continue;
        *ret_branch = (int)i;
        n++;
    }
    return n;
}

/* Layers that are detuned by anything but octaves. */
static bool
layers_differ(const struct als_set *set, size_t track)
{
    struct als_run run = als_devices_of(set, track);

    for (size_t i = run.first; i < run.end; i++) {
        const struct als_device *d = &set->devices.at[i];

        if (d->branch < 0 || !als_device_heard(set, i))
            continue;
        if ((is(d, "MidiPitcher") && !by_octaves(dial(d, DIAL_SHIFT))) ||
            is(d, "MidiChord") || is(d, "MidiScale") ||
            (d->format == ALS_NATIVE && obscure(d)))
            return true;
    }
    return false;
}

/* Whether it is a preset of Live's own, rather than the empty device. */
static bool
of_library(const struct als_device *d)
{
    return d->preset_origin == ALS_PRESET_LIVE && d->preset != NULL &&
           strcmp(d->preset, als_device_name(d)) != 0;
}

/* Whether a sampler, or a rack around it, is a preset whose maker tuned it, or
 * a pad. */
static bool
is_tuned(const struct als_set *set, const struct als_device *d)
{
    while (!of_library(d) && !als_device_is_drums(d) && d->branch >= 0)
        d = &set->devices.at[set->branches.at[d->branch].device];
    return of_library(d) || als_device_is_drums(d);
}

/* Whether a sampler moves its samples by anything but octaves. That tunes a
 * sample to the song whose own pitch is not the key's on which it lies, and
 * nobody knows what sounds. */
static bool
moves_samples(const struct als_set *set, size_t track)
{
    struct als_run run = als_devices_of(set, track);

    for (size_t i = run.first; i < run.end; i++) {
        const struct als_device *d = &set->devices.at[i];

        if ((is(d, "OriginalSimpler") || is(d, "MultiSampler")) &&
            !by_octaves(dial(d, DIAL_TRANSPOSE)) && als_device_heard(set, i) &&
            !is_tuned(set, d))
            return true;
    }
    return false;
}

/* Whether an effect moves what the track, or a group around it, sounds. */
static bool
is_shifted(const struct als_set *set, size_t track)
{
    int at = (int)track;

    for (int depth = 0; at >= 0 && depth < 32; depth++) {
        struct als_run run = als_devices_of(set, (size_t)at);

        for (size_t i = run.first; i < run.end; i++) {
            const struct als_device *d = &set->devices.at[i];

            if (is(d, "Shifter") && als_device_heard(set, i) &&
                !by_octaves(dial(d, DIAL_SHIFT)))
                return true;
        }
        at = als_track_by_id(set, set->tracks.at[at].group);
    }
    return false;
}

/* Whether a preset plays a rhythm of its own for as long as a note is held:
 * Live's folder of these is "Synth Rhythmic". */
static bool
is_rhythmic(const struct als_device *d)
{
    static const char *const words[] = {"rhythmic", "sequenc", "arpeggi",
                                        "stutter", "gated"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if ((d->preset != NULL && strcasestr(d->preset, words[i]) != NULL) ||
            (d->preset_folder != NULL &&
             strcasestr(d->preset_folder, words[i]) != NULL))
            return true;
    return false;
}

/* An arpeggiator or a repeater anywhere, or a device in the track's own chain
 * that may give notes other times or lengths. */
static bool
is_retimed(const struct als_set *set, size_t track)
{
    struct als_run run = als_devices_of(set, track);

    for (size_t i = run.first; i < run.end; i++) {
        const struct als_device *d = &set->devices.at[i];

        if (!als_device_heard(set, i))
            continue;
        if (is(d, "MidiArpeggiator") || is(d, "BeatRepeat") || is_rhythmic(d) ||
            (d->branch < 0 &&
             (is(d, "MidiNoteLength") || is(d, "MxDeviceMidiEffect") ||
              als_device_kind(set, i) == ALS_TOOL)))
            return true;
    }
    return false;
}

/* The devices of one chain, in their order, to the first that sounds. */
static int
walk(struct tuner *t, size_t track, int branch, int depth)
{
    struct als_run run = als_devices_of(t->set, track);
    int inner = -1;

    for (size_t i = run.first; i < run.end; i++) {
        const struct als_device *d = &t->set->devices.at[i];
        enum als_device_kind kind;

        if (d->branch != branch || !d->on)
            continue;
        kind = als_device_kind(t->set, i);
        if (kind == ALS_RACK && depth < 8 && !is(d, "DrumGroupDevice")) {
            int n = chains(t->set, als_branches_of(t->set, track), i, &inner);

            if (n == 1 && walk(t, track, inner, depth + 1) == -1)
                return -1;
            t->part->unsure |= n > 1 && layers_differ(t->set, track);
        }
        if (kind != ALS_MIDI_EFFECT && kind != ALS_TOOL &&
            !is(d, "MidiEffectGroupDevice"))
            return 0;
        t->part->unsure |=
            obscure(d) || (is(d, "MidiPitcher") && leaves_range(t, d));
        if (is(d, "MidiPitcher"))
            move(t, dial(d, DIAL_SHIFT));
        else if (is(d, "MidiChord") && add_chord(t, d) == -1)
            return -1;
        else if (is(d, "MidiScale") && scale_known(d))
            map(t, d);
    }
    return 0;
}

int
als_tones(const struct als_set *set, size_t track, struct als_play *play,
          size_t max, struct err *err)
{
    struct tuner t = {set, play, &play->parts[track], max, err};

    if (play->hits.n == t.part->hit_first)
        return 0;
    t.part->retimed = is_retimed(set, track);
    t.part->unsure = moves_samples(set, track) || is_shifted(set, track);
    return walk(&t, track, -1, 0);
}
