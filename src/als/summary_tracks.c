/* Tracks, devices and samples of the summary. */
#include <math.h>
#include <string.h>

#include "als/device.h"
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
    for (size_t i = 0; i < set->devices.n; i++) {
        const struct als_device *d = &set->devices.at[i];
        json_object *o;

        if (d->track != (int)track ||
            (als_device_kind(set, i) != ALS_INSTRUMENT &&
             !als_device_is_drums(d)) ||
            !als_device_heard(set, i))
            continue;
        o = json_object_new_object();
        json_add_str(o, "name", als_device_name(d));
        json_add_str(o, "format", als_format_name(d->format));
        json_add_str(o, "vendor", d->vendor);
        json_add_str(o, "preset", d->preset != NULL ? d->preset
                                                    : d->user_name);
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
    json_object *a = json_object_new_array();

    for (size_t i = 0; i < set->devices.n; i++)
        if (set->devices.at[i].track == (int)track &&
            als_device_kind(set, i) == ALS_EFFECT && als_device_heard(set, i))
            add_once(a, als_device_name(&set->devices.at[i]), EFFECTS_MAX);
    return a;
}

/* How often each pad of a drum rack is hit, by the pad's name. */
static json_object *
pads_json(const struct als_whole *w, size_t track)
{
    const struct als_set *set = w->set;
    const struct als_part *part = &w->play.parts[track];
    json_object *pads = json_object_new_array();

    for (size_t b = 0; b < set->branches.n; b++) {
        const struct als_branch *br = &set->branches.at[b];
        const char *name = br->name != NULL ? br->name : br->user_name;
        json_object *pad;
        int64_t hits = 0;

        if (br->receiving <= 0 || name == NULL ||
            set->devices.at[br->device].track != (int)track ||
            json_object_array_length(pads) >= PADS_MAX)
            continue;
        for (size_t i = 0; i < part->hit_count; i++)
            hits += w->play.hits.at[part->hit_first + i].pitch ==
                    128 - br->receiving;
        if (hits == 0)
            continue;
        pad = json_object_new_object();
        json_add_str(pad, "name", name);
        json_add_int(pad, "pitch", 128 - br->receiving);
        json_add_int(pad, "hits", hits);
        json_object_array_add(pads, pad);
    }
    if (json_object_array_length(pads) > 0)
        return pads;
    json_object_put(pads);
    return NULL;
}

static json_object *
midi_json(const struct als_whole *w, size_t track)
{
    const struct als_stats *s = &w->stats[track];
    const struct als_part *part = &w->play.parts[track];
    double bars = als_bars(&w->timeline, w->play.end);
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
    json_add_int(o, "polyphonyMax", s->polyphony_max);
    als_add_num(o, "velocityMean", s->velocity_mean);
    als_add_num(o, "lengthMeanBeats", s->length_mean);
    json_add_str(o, "grid", s->grid);
    json_add(o, "pads", pads_json(w, track));
    return o;
}

static json_object *
audio_json(const struct als_set *set, size_t track)
{
    json_object *o, *samples;
    int64_t clips = 0;

    if (set->tracks.at[track].type != ALS_AUDIO)
        return NULL;
    o = json_object_new_object();
    samples = json_object_new_array();
    for (size_t i = 0; i < set->clips.n; i++) {
        const struct als_clip *c = &set->clips.at[i];

        if (c->track != (int)track || !c->audio || c->disabled)
            continue;
        clips++;
        add_once(samples, c->sample, TRACK_SAMPLES_MAX);
    }
    json_add_int(o, "clips", clips);
    json_add(o, "samples", samples);
    return o;
}

/* From when to when a track sounds, and in which share of the whole. */
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
role_from_json(const struct als_role_guess *g)
{
    json_object *o;

    if (g->role == ALS_ROLE_NONE)
        return NULL;
    o = json_object_new_object();
    json_add_str(o, "evidence", als_evidence_name(g->evidence));
    json_add_str(o, "said", g->said[0] != '\0' ? g->said : NULL);
    return o;
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
                 group >= 0 ? als_track_name(&w->set->tracks.at[group])
                            : NULL);
    json_add_str(o, "state", state_names[part->state]);
    json_add_bool(o, "audible", part->state == ALS_SOUNDS);
    json_add_bool(o, "muted", !als_track_heard(w->set, i));
    json_add_bool(o, "frozen", t->frozen);
    json_add_str(o, "role", als_role_name(w->roles[i].role));
    als_add_num(o, "roleConfidence", w->roles[i].confidence);
    json_add(o, "roleFrom", role_from_json(&w->roles[i]));
    json_add(o, "instrument", instrument_json(w->set, i));
    json_add(o, "effects", effects_json(w->set, i));
    json_add_int(o, "clips", part->clips);
    json_add_int(o, "clipsOff", part->clips_off);
    json_add(o, "midi", midi_json(w, i));
    json_add(o, "audio", audio_json(w->set, i));
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

json_object *
als_roles_active(const struct als_whole *w, double from, double to,
                 int *ret_tracks)
{
    double much[ALS_ROLE_COUNT] = {0};
    json_object *a = json_object_new_array();
    int tracks = 0;

    for (size_t i = 0; i < w->set->tracks.n; i++) {
        double c = w->play.parts[i].state == ALS_SOUNDS
                       ? als_coverage(&w->play, i, from, to)
                       : 0;

        if (c < 0.05)
            continue;
        tracks++;
        much[w->roles[i].role] = fmax(much[w->roles[i].role], c);
    }
    for (;;) { /* the fullest one that is left */
        int best = ALS_ROLE_NONE;

        for (int r = ALS_ROLE_NONE + 1; r < ALS_ROLE_COUNT; r++)
            if (much[r] > 0 && (best == ALS_ROLE_NONE || much[r] > much[best]))
                best = r;
        if (best == ALS_ROLE_NONE)
            break;
        json_object_array_add(
            a, json_object_new_string(als_role_name((enum als_role)best)));
        much[best] = 0;
    }
    *ret_tracks = tracks;
    return a;
}

/* One more of that name in a list of {name, count, ...}; its object is new
 * where ret_new says so, NULL where the list is full. */
static json_object *
count_one(json_object *list, const char *name, const char *counter,
          bool *ret_new)
{
    json_object *o;

    *ret_new = false;
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        o = json_object_array_get_idx(list, i);
        if (strcmp(json_text(o, "name"), name) == 0) {
            json_object_int_inc(json_at(o, counter), 1);
            return o;
        }
    }
    if (json_object_array_length(list) >= ALS_LIST_MAX)
        return NULL;
    o = json_object_new_object();
    json_add_str(o, "name", name);
    json_add_int(o, counter, 1);
    json_object_array_add(list, o);
    *ret_new = true;
    return o;
}

json_object *
als_devices_json(const struct als_whole *w)
{
    json_object *o = json_object_new_object();
    json_object *instruments = json_object_new_array();
    json_object *effects = json_object_new_array();
    json_object *plugins = json_object_new_array();
    bool is_new;

    for (size_t i = 0; i < w->set->devices.n; i++) {
        const struct als_device *d = &w->set->devices.at[i];
        enum als_device_kind kind = als_device_kind(w->set, i);
        json_object *plugin;

        if (!als_device_heard(w->set, i))
            continue;
        if (kind == ALS_INSTRUMENT)
            (void)count_one(instruments, als_device_name(d), "count", &is_new);
        else if (kind == ALS_EFFECT)
            (void)count_one(effects, als_device_name(d), "count", &is_new);
        if (d->format == ALS_NATIVE)
            continue;
        plugin = count_one(plugins, als_device_name(d), "count", &is_new);
        if (is_new) {
            json_add_str(plugin, "format", als_format_name(d->format));
            json_add_str(plugin, "vendor", d->vendor);
            json_add_str(plugin, "kind",
                         kind == ALS_INSTRUMENT ? "instrument" : "effect");
        }
    }
    json_add(o, "instruments", instruments);
    json_add(o, "effects", effects);
    json_add(o, "plugins", plugins);
    return o;
}

json_object *
als_samples_json(const struct als_whole *w)
{
    json_object *a = json_object_new_array();
    bool is_new;

    for (size_t i = 0; i < w->set->clips.n; i++) {
        const struct als_clip *c = &w->set->clips.at[i];

        if (c->audio && !c->disabled && c->sample != NULL &&
            w->play.parts[c->track].state == ALS_SOUNDS)
            (void)count_one(a, c->sample, "uses", &is_new);
    }
    for (size_t i = 0; i < w->set->devices.n; i++)
        if (w->set->devices.at[i].sample != NULL &&
            als_device_heard(w->set, i))
            (void)count_one(a, w->set->devices.at[i].sample, "uses", &is_new);
    return a;
}
