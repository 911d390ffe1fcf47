/* Tracks, devices and samples of the summary. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "als/device.h"
#include "als/motion.h"
#include "als/summary_parts.h"
#include "base/json.h"
#include "base/mem.h"

#define EFFECTS_MAX 8
#define TRACK_SAMPLES_MAX 8
#define TRACKS_MAX 256
#define PADS_MAX 16

static const char *const type_names[] = {"midi", "audio", "group", "return",
                                         "main"};
static const char *const state_names[] = {"sounds", "muted", "unvoiced",
                                          "silent", "empty"};

void
als_add_num(json_object *o, const char *name, double n)
{
    json_add_num(o, name, round(n * 1000) / 1000);
}

/* The instrument: the first one on the track that is on. */
static json_object *
instrument_json(const struct als_set *set, size_t track)
{
    struct als_run run = als_devices_of(set, track);

    for (size_t i = run.first; i < run.end; i++) {
        const struct als_device *d = &set->devices.at[i];
        json_object *o;

        if ((als_device_kind(set, i) != ALS_INSTRUMENT &&
             !als_device_is_drums(d)) ||
            !als_device_heard(set, i))
            continue;
        o = json_object_new_object();
        json_add_str(o, "name", als_device_name(d));
        json_add_str(o, "format", als_format_name(d->format));
        json_add_str(o, "vendor", d->vendor);
        json_add_str(o, "preset", d->preset != NULL ? d->preset : d->user_name);
        json_add_str(o, "sample", d->sample);
        return o;
    }
    return NULL;
}

static bool
array_has(json_object *a, const char *text)
{
    for (size_t i = 0; i < json_object_array_length(a); i++)
        if (strcmp(json_object_get_string(json_object_array_get_idx(a, i)),
                   text) == 0)
            return true;
    return false;
}

static void
add_once(json_object *a, const char *text, size_t max)
{
    if (text != NULL && *text != '\0' && json_object_array_length(a) < max &&
        !array_has(a, text))
        json_object_array_add(a, json_object_new_string(text));
}

static json_object *
effects_json(const struct als_set *set, size_t track)
{
    struct als_run run = als_devices_of(set, track);
    json_object *a = json_object_new_array();

    for (size_t i = run.first; i < run.end; i++)
        if (als_device_kind(set, i) == ALS_EFFECT && als_device_heard(set, i))
            add_once(a, als_device_name(&set->devices.at[i]), EFFECTS_MAX);
    return a;
}

/* How often a track plays each pitch: counted once, not for each pad. */
static void
count_hits(const struct als_whole *w, size_t track, int64_t ret_hits[256])
{
    const struct als_part *part = &w->play.parts[track];

    memset(ret_hits, 0, 256 * sizeof(ret_hits[0]));
    for (size_t i = 0; i < part->hit_count; i++)
        ret_hits[w->play.hits.at[part->hit_first + i].pitch]++;
}

/* How often each pad of a drum rack is hit, by the pad's name. */
static json_object *
pads_json(const struct als_whole *w, size_t track)
{
    const struct als_set *set = w->set;
    struct als_run run = als_branches_of(set, track);
    json_object *pads = json_object_new_array();
    int64_t hits_at[256];

    count_hits(w, track, hits_at);
    for (size_t b = run.first; b < run.end; b++) {
        const struct als_branch *br = &set->branches.at[b];
        const char *name = br->name != NULL ? br->name : br->user_name;
        json_object *pad;
        int pitch = 128 - br->receiving;

        if (br->receiving <= 0 || pitch < 0 || name == NULL ||
            hits_at[pitch] == 0 || json_object_array_length(pads) >= PADS_MAX)
            continue;
        pad = json_object_new_object();
        json_add_str(pad, "name", name);
        json_add_int(pad, "pitch", pitch);
        json_add_int(pad, "hits", hits_at[pitch]);
        json_object_array_add(pads, pad);
    }
    if (json_object_array_length(pads) > 0)
        return pads;
    json_object_put(pads);
    return NULL;
}

/* Seconds that notes outlast their ends: the most of the track's instruments;
 * -1 if that of any is unknown. */
static double
release_of(const struct als_set *set, size_t track)
{
    struct als_run run = als_devices_of(set, track);
    double longest = -1;

    for (size_t i = run.first; i < run.end; i++) {
        double release;

        if (als_device_kind(set, i) != ALS_INSTRUMENT ||
            !als_device_heard(set, i))
            continue;
        release = als_device_release(&set->devices.at[i]);
        if (release < 0)
            return -1;
        longest = fmax(longest, release);
    }
    return longest;
}

static json_object *
midi_json(const struct als_whole *w, size_t track)
{
    const struct als_stats *s = &w->stats[track];
    const struct als_part *part = &w->play.parts[track];
    double bars = als_bars(&w->timeline, w->play.end);
    double release = release_of(w->set, track);
    struct als_motion motion;
    json_object *o;

    if (w->set->tracks.at[track].type != ALS_MIDI)
        return NULL;
    o = json_object_new_object();
    json_add_int(o, "notes", (int64_t)s->notes);
    json_add_int(o, "notesStored", (int64_t)part->stored);
    if (s->notes == 0)
        return o;
    als_add_num(o, "notesPerBar", bars > 0 ? (double)s->notes / bars : 0);
    json_add_int(o, "pitchMin", s->pitch_min);
    json_add_int(o, "pitchMax", s->pitch_max);
    json_add_int(o, "pitchMedian", s->pitch_median);
    json_add_int(o, "pitches", s->pitches);
    als_add_num(o, "polyphonyMean", s->polyphony_mean);
    als_add_num(o, "classesMean", s->classes_mean);
    json_add_bool(o, "tones", w->parts[track].tones && !part->unsure);
    json_add_int(o, "polyphonyMax", s->polyphony_max);
    als_add_num(o, "velocityMean", s->velocity_mean);
    als_add_num(o, "lengthMeanBeats", s->length_mean);
    als_add_num(o, "lengthLowBeats", s->length_low);
    als_add_num(o, "lengthMedianBeats", s->length_median);
    als_add_num(o, "lengthHighBeats", s->length_high);
    als_add_num(o, "spacingMedianBeats", s->spacing_median);
    if (release >= 0)
        als_add_num(o, "releaseSec", release);
    json_add_str(o, "grid", s->grid);
    als_motion(w, track, &motion);
    als_add_num(o, "offbeat", motion.offbeat);
    als_add_num(o, "steps", motion.steps);
    als_add_num(o, "repeats", motion.repeats);
    if (part->retimed)
        json_add_bool(o, "retimed", true);
    json_add(o, "pads", pads_json(w, track));
    return o;
}

static json_object *
audio_json(const struct als_whole *w, size_t track)
{
    const struct als_set *set = w->set;
    struct als_run run = als_clips_of(set, track);
    json_object *o, *samples;
    int64_t clips = 0;

    if (set->tracks.at[track].type != ALS_AUDIO)
        return NULL;
    o = json_object_new_object();
    samples = json_object_new_array();
    for (size_t i = run.first; i < run.end; i++) {
        const struct als_clip *c = &set->clips.at[i];

        if (!c->audio || !als_clip_plays(&w->play, c))
            continue;
        clips++;
        add_once(samples, c->sample, TRACK_SAMPLES_MAX);
    }
    json_add_int(o, "clips", clips);
    json_add(o, "samples", samples);
    return o;
}

/* When a track begins and stops sounding, and in which share of the whole it
 * does. */
static json_object *
active_json(const struct als_whole *w, size_t track)
{
    const struct als_part *part = &w->play.parts[track];
    const struct als_span *spans = als_from(w->play.spans, part->span_first);
    json_object *o;

    if (part->span_count == 0)
        return NULL;
    o = json_object_new_object();
    als_add_num(o, "firstBeat", spans[0].from);
    als_add_num(o, "lastBeat", spans[part->span_count - 1].to);
    als_add_num(o, "coverage", als_coverage(&w->play, track, 0, w->play.end));
    return o;
}

static json_object *
role_from_json(const struct part *p)
{
    json_object *o;

    if (p->evidence == EVIDENCE_NONE)
        return NULL;
    o = json_object_new_object();
    json_add_str(o, "evidence", p->from);
    json_add_str(o, "said", p->said[0] != '\0' ? p->said : NULL);
    return o;
}

/* What it sounds like, in a caption's words. */
static json_object *
sounds_json(const struct part *p)
{
    json_object *a = json_object_new_array();

    for (size_t i = 0; i < p->n; i++) {
        json_object *o = json_object_new_object();

        json_add_str(o, "name", words_says(p->words[i].row));
        json_add_str(o, "row", words_name(p->words[i].row));
        json_add_str(o, "evidence", evidence_name(p->words[i].evidence));
        json_object_array_add(a, o);
    }
    return a;
}

/* How sure a role is, for readers of numbers. */
static double
confidence(const struct part *p)
{
    static const double by[] = {[EVIDENCE_NONE] = 0,
                                [EVIDENCE_GUESSED] = 0.4,
                                [EVIDENCE_HEARD] = 0.8,
                                [EVIDENCE_STATED] = 0.9};

    return by[p->evidence];
}

static json_object *
track_json(const struct als_whole *w, size_t i)
{
    const struct als_track *t = &w->set->tracks.at[i];
    const struct als_part *part = &w->play.parts[i];
    int group = t->group >= 0 ? als_track_by_id(w->set, t->group) : -1;
    json_object *o = json_object_new_object();

    json_add_int(o, "index", (int64_t)i);
    json_add_str(o, "name", als_track_name(t));
    json_add_str(o, "type", type_names[t->type]);
    json_add_str(o, "group",
                 group >= 0 ? als_track_name(&w->set->tracks.at[group]) : NULL);
    json_add_str(o, "state", state_names[part->state]);
    json_add_bool(o, "audible", part->state == ALS_SOUNDS);
    json_add_bool(o, "muted", !als_track_heard(w->set, i));
    json_add_bool(o, "frozen", t->frozen);
    if (part->doubtful)
        json_add_bool(o, "doubtful", true);
    json_add_str(o, "role", w->parts[i].role);
    als_add_num(o, "roleConfidence", confidence(&w->parts[i]));
    json_add_str(o, "roleEvidence", evidence_name(w->parts[i].evidence));
    json_add(o, "roleFrom", role_from_json(&w->parts[i]));
    json_add(o, "sounds", sounds_json(&w->parts[i]));
    json_add_str(o, "vocals", vocals_name(w->parts[i].vocals));
    json_add(o, "instrument", instrument_json(w->set, i));
    json_add(o, "effects", effects_json(w->set, i));
    json_add_int(o, "clips", part->clips);
    json_add_int(o, "clipsOff", part->clips_off);
    json_add(o, "midi", midi_json(w, i));
    json_add(o, "audio", audio_json(w, i));
    json_add(o, "active", active_json(w, i));
    return o;
}

json_object *
als_tracks_json(const struct als_whole *w)
{
    json_object *a = json_object_new_array();

    for (size_t i = 0; i < w->set->tracks.n && i < TRACKS_MAX; i++)
        if (w->set->tracks.at[i].type != ALS_MAIN)
            json_object_array_add(a, track_json(w, i));
    return a;
}

struct active { /* a role, and how much it sounds */
    const char *role;
    double much;
};

static int
fullest_first(const void *a, const void *b)
{
    double x = ((const struct active *)a)->much;
    double y = ((const struct active *)b)->much;

    return (x < y) - (x > y);
}

/* Roles that were guessed are left out: they are never said. */
json_object *
als_roles_active(const struct als_whole *w, double from, double to,
                 int *ret_tracks)
{
    auto_free struct active *list = xcalloc(w->set->tracks.n, sizeof(*list));
    json_object *a = json_object_new_array();
    size_t n = 0;

    *ret_tracks = 0;
    for (size_t i = 0; i < w->set->tracks.n; i++) {
        const struct part *p = &w->parts[i];
        double c = w->play.parts[i].state == ALS_SOUNDS
                       ? als_coverage(&w->play, i, from, to)
                       : 0;

        if (c < 0.05)
            continue;
        ++*ret_tracks;
        if (p->evidence >= EVIDENCE_HEARD && strcmp(p->role, "other") != 0)
            list[n++] = (struct active){p->role, c};
    }
    if (n > 0)
        qsort(list, n, sizeof(list[0]), fullest_first);
    for (size_t i = 0; i < n; i++)
        add_once(a, list[i].role, n);
    return a;
}
