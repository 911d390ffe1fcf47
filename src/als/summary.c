/* A set as JSON; see summary.h. Knows nothing of XML. */
#include "als/summary.h"

#include <ctype.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "als/follow.h"
#include "als/heard.h"
#include "als/patterns.h"
#include "als/reader.h"
#include "als/summary_parts.h"
#include "als/tempo_heard.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "music/tempo.h"

static void
whole_release(struct als_whole *w)
{
    als_timeline_release(&w->timeline);
    als_play_release(&w->play);
    free(w->stats);
    free(w->parts);
}

static int
work_out(struct als_whole *w, const struct als_set *set,
         const struct als_limits *limits, struct err *err)
{
    size_t n = set->tracks.n;

    w->set = set;
    if (als_timeline_init(&w->timeline, set, err) == -1 ||
        als_play_init(&w->play, set, &w->timeline, limits, err) == -1)
        return -1;
    als_find_faint(set, &w->play);
    w->stats = xcalloc(n, sizeof(*w->stats));
    w->parts = xcalloc(n, sizeof(*w->parts));
    for (size_t i = 0; i < n; i++) {
        als_stats_of(&w->play, i, &w->stats[i]);
        als_part_of(set, &w->play, i, &w->stats[i], &w->parts[i]);
    }
    als_key_find(set, &w->play, w->parts, &w->key);
    return 0;
}

/* ---- tempo, meter, key, length ---- */

static json_object *
tempo_json(const struct als_whole *w)
{
    const struct als_timeline *t = &w->timeline;
    double end = w->play.end;
    double bpm = als_bpm_main(t, end);
    double low = bpm, high = bpm, slowest, fastest;
    bool followed = als_tempo_followed(w);
    json_object *o = json_object_new_object();
    json_object *changes = json_object_new_array();

    for (size_t i = 0; i < t->tempo.n; i++) {
        const struct als_tempo_piece *p = &t->tempo.at[i];
        json_object *c;

        if (p->beat >= end && i > 0)
            break;
        low = fmin(low, fmin(p->bpm, p->bpm2));
        high = fmax(high, fmax(p->bpm, p->bpm2));
        if (t->tempo.n == 1 ||
            json_object_array_length(changes) >= ALS_LIST_MAX)
            continue;
        c = json_object_new_object();
        als_add_num(c, "beat", p->beat);
        als_add_num(c, "sec", p->sec);
        als_add_num(c, "bpm", p->bpm);
        json_add_bool(c, "ramp", fabs(p->bpm2 - p->bpm) > 0.001);
        json_object_array_add(changes, c);
    }
    als_add_num(o, "bpm", bpm);
    als_add_num(o, "start", als_bpm_at(t, 0));
    als_add_num(o, "min", low);
    als_add_num(o, "max", high);
    als_tempo_heard(w, bpm, &slowest, &fastest);
    als_add_num(o, "heardMin", slowest);
    als_add_num(o, "heardMax", fastest);
    json_add_num(o, "feltBpm", tempo_felt(bpm, NULL, NULL));
    als_add_num(o, "share", als_bpm_share(t, end, bpm));
    json_add_bool(o, "automated", high - low > 0.001);
    json_add_bool(o, "followed", followed);
    if (low == ALS_LIVE_BPM && high == ALS_LIVE_BPM && !followed)
        json_add_bool(o, "default", true);
    json_add(o, "changes", changes);
    return o;
}

static json_object *
meter_json(const struct als_timeline *t)
{
    json_object *o = json_object_new_object();
    json_object *changes = json_object_new_array();

    als_add_meter(o, "main", &t->meters.at[0]);
    for (size_t i = 0; t->meters.n > 1 && i < t->meters.n && i < ALS_LIST_MAX;
         i++) {
        json_object *c = json_object_new_object();

        als_add_num(c, "beat", t->meters.at[i].beat);
        als_add_num(c, "bar", t->meters.at[i].bar);
        als_add_meter(c, "meter", &t->meters.at[i]);
        json_object_array_add(changes, c);
    }
    json_add(o, "changes", changes);
    return o;
}

/* "F# minor"; a scale without one of our modes by its own name. */
static void
spell_key(const struct als_key *k, char *ret, size_t size)
{
    struct key key;
    char name[KEY_TEXT];

    key_text((struct key){k->root, KEY_ANY}, name);
    snprintf(ret, size, "%s %s", name, k->scale);
    if (key_read(ret, &key) == strlen(ret) && key.mode != KEY_OTHER &&
        strchr(k->scale, ' ') == NULL) {
        key_text(key, name);
        snprintf(ret, size, "%s", name);
    }
}

static json_object *
key_json(const struct als_key *k)
{
    static const char *const sources[] = {NULL, "declared", "clips", "notes"};
    json_object *o = json_object_new_object();
    char text[KEY_TEXT + sizeof(k->scale)];
    char other[KEY_TEXT];
    bool known = k->source != ALS_KEY_NONE;
    bool notes = k->source == ALS_KEY_NOTES;

    spell_key(k, text, sizeof(text));
    json_add_str(o, "text", k->evidence >= EVIDENCE_HEARD ? text : NULL);
    json_add_str(o, "guess", k->evidence == EVIDENCE_GUESSED ? text : NULL);
    json_add_str(o, "source", sources[k->source]);
    json_add_str(o, "evidence", evidence_name(k->evidence));
    text[strcspn(text, " ")] = '\0';
    json_add_str(o, "root", known ? text : NULL);
    json_add_str(o, "scale", known ? k->scale : NULL);
    json_add_bool(o, "estimated", notes);
    als_add_num(o, "confidence", notes ? k->told.confidence : known);
    if (notes) {
        key_text(k->told.runner_up, other);
        als_add_num(o, "margin", k->told.margin);
        als_add_num(o, "fit", k->told.fit);
        json_add_str(o, "runnerUp", other);
        json_add_int(o, "notes", (int64_t)k->notes);
    }
    return o;
}

static const char *
layout_of(const struct als_play *p)
{
    if (p->arrangement_clips > 0)
        return p->grid_clips > 0 ? "both" : "arrangement";
    return p->grid_clips > 0 ? "session" : "empty";
}

static json_object *
length_json(const struct als_whole *w)
{
    json_object *o = json_object_new_object();
    double end = w->play.end;

    if (end > 0) {
        als_add_num(o, "beats", end);
        als_add_num(o, "bars", als_bars(&w->timeline, end));
        als_add_num(o, "sec", als_seconds(&w->timeline, end));
    } else {
        json_add(o, "beats", NULL);
        json_add(o, "bars", NULL);
        json_add(o, "sec", NULL);
    }
    json_add_str(o, "source",
                 end <= 0              ? NULL
                 : w->play.turns.n > 0 ? "scenes"
                                       : "arrangement");
    return o;
}

/* ---- the whole ---- */

static json_object *
totals_json(const struct als_whole *w)
{
    static const char *const types[] = {"midiTracks", "audioTracks",
                                        "groupTracks", "returnTracks"};
    json_object *o = json_object_new_object();
    int64_t by_type[ALS_MAIN + 1] = {0};
    int64_t audible = 0, muted = 0, sounding = 0;

    for (size_t i = 0; i < w->set->tracks.n; i++) {
        by_type[w->set->tracks.at[i].type]++;
        audible += w->play.parts[i].state == ALS_SOUNDS;
        muted += w->play.parts[i].state == ALS_MUTED;
        if (w->play.parts[i].state == ALS_SOUNDS)
            sounding += (int64_t)w->play.parts[i].hit_count;
    }
    for (int t = ALS_MIDI; t < ALS_MAIN; t++)
        json_add_int(o, types[t], by_type[t]);
    json_add_int(o, "audibleTracks", audible);
    json_add_int(o, "mutedTracks", muted);
    json_add_int(o, "arrangementClips", (int64_t)w->play.arrangement_clips);
    json_add_int(o, "sessionClips", (int64_t)w->play.grid_clips);
    json_add_int(o, "notesStored", (int64_t)w->set->notes.n);
    json_add_int(o, "notesSounding", sounding);
    json_add_int(o, "devices", (int64_t)w->set->devices.n);
    json_add_int(o, "locators", (int64_t)w->set->locators.n);
    return o;
}

/* Clicks for the players are none. */
static bool
plays_music(const struct als_whole *w)
{
    for (size_t i = 0; i < w->set->tracks.n; i++)
        if (w->play.parts[i].state == ALS_SOUNDS && !w->parts[i].click)
            return true;
    return false;
}

static json_object *
warnings_json(const struct als_whole *w)
{
    json_object *a = json_object_new_array();
    bool solo = false;

    for (size_t i = 0; i < w->set->tracks.n; i++)
        solo |= w->set->tracks.at[i].solo;
    if (!w->set->gzip)
        json_object_array_add(a, json_object_new_string("plain_xml"));
    if (w->set->major == 0 || w->set->major > 12)
        json_object_array_add(a, json_object_new_string("unknown_version"));
    if (w->timeline.curved)
        json_object_array_add(
            a, json_object_new_string("tempo_curve_approximated"));
    if (solo)
        json_object_array_add(a, json_object_new_string("solo_active"));
    if (!plays_music(w))
        json_object_array_add(a, json_object_new_string("nothing_plays"));
    return a;
}

static json_object *
live_json(const struct als_set *set)
{
    static const char prefix[] = "Ableton Live ";
    json_object *o = json_object_new_object();
    const char *version = set->creator;

    if (version != NULL && strncmp(version, prefix, sizeof(prefix) - 1) == 0)
        version += sizeof(prefix) - 1;
    json_add_str(o, "version", version);
    json_add_str(o, "creator", set->creator);
    json_add(o, "major",
             set->major > 0 ? json_object_new_int(set->major) : NULL);
    json_add_str(o, "minorVersion", set->minor_version);
    return o;
}

char *
als_project_name(const char *als_filename)
{
    size_t n = strlen(als_filename);

    if (n > 4 && strcasecmp(als_filename + n - 4, ".als") == 0)
        n -= 4;
    return xstrndup(als_filename, n);
}

static json_object *
summary_json(const struct als_whole *w, const char *als_filename)
{
    const struct als_set *set = w->set;
    auto_free char *project = als_project_name(als_filename);
    json_object *o = json_object_new_object();
    json_object *file = json_object_new_object();

    json_add_int(o, "summaryVersion", ALS_SUMMARY_VERSION);
    json_add_str(o, "projectName", project);
    json_add_str(file, "name", als_filename);
    json_add_int(file, "bytes", set->file_bytes);
    json_add_int(file, "xmlBytes", set->xml_bytes);
    json_add_str(file, "container", set->gzip ? "gzip" : "xml");
    json_add(o, "file", file);
    json_add(o, "live", live_json(set));
    json_add(o, "tempo", tempo_json(w));
    json_add(o, "meter", meter_json(&w->timeline));
    json_add(o, "key", key_json(&w->key));
    json_add(o, "length", length_json(w));
    json_add_str(o, "layout", layout_of(&w->play));
    json_add(o, "sections", als_sections_json(w));
    json_add(o, "tracks", als_tracks_json(w));
    json_add(o, "timeline", als_timeline_json(w));
    json_add(o, "drums", als_drums_json(w));
    json_add(o, "devices", als_devices_json(w));
    json_add(o, "samples", als_samples_json(w));
    json_add(o, "scenes", als_scenes_json(w));
    json_add(o, "totals", totals_json(w));
    json_add(o, "warnings", warnings_json(w));
    return o;
}

json_object *
als_summary_from_fd(int fd, const char *als_filename,
                    const struct als_limits *limits, struct err *err)
{
    auto_als_set struct als_set *set = NULL;
    auto_cleanup(whole_release) struct als_whole w = {0};

    if (limits == NULL)
        limits = &als_limits_default;
    if ((set = als_read(fd, limits, err)) == NULL ||
        work_out(&w, set, limits, err) == -1)
        return NULL;
    return summary_json(&w, als_filename);
}

json_object *
als_summary_from_file(const char *path, const char *als_filename,
                      const struct als_limits *limits, struct err *err)
{
    auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd == -1) {
        err_errno(err, ERR_INTERNAL, "open %s", als_filename);
        return NULL;
    }
    return als_summary_from_fd(fd, als_filename, limits, err);
}
