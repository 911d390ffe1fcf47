/* A summary of one window; see window_summary.h. */
#include "music/window_summary.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "music/sound.h"
#include "music/window_clock.h"
#include "music/window_notes.h"
#include "music/words.h"

#define LEAST_SEC 4.0       /* a track sounds in a window if this long... */
#define LEAST_SHARE 0.25    /* ...or in so much of it */
#define LEAST_HITS 2        /* of a piece of a kit */
#define ON_BEAT 0.05        /* beats from a quarter note that are on it */
#define NOTHING_LOW (-60.f) /* dBFS of a band in its loudest half second */
#define NOTHING_HIGH (-72.f)

struct looking {
    const struct timeline *t;
    double from, to;
    bool no_low, no_high; /* the audio has nothing there */
    json_object *contradicted;
};

/* The names of a kit's pieces in a track's `sounds`. */
static const struct {
    const char *row;
    enum timeline_kind kind;
} pieces[] = {{"kick", TIMELINE_KICK},     {"snare", TIMELINE_SNARE},
              {"clap", TIMELINE_CLAP},     {"hat", TIMELINE_HAT},
              {"cymbal", TIMELINE_CYMBAL}, {"percussion", TIMELINE_PERCUSSION},
              {"tom", TIMELINE_PERCUSSION}};

#define PIECES (sizeof(pieces) / sizeof(pieces[0]))

static const struct timeline_track *
track_of(const struct timeline *t, int index)
{
    for (size_t i = 0; i < t->track_count; i++)
        if (t->tracks[i].index == index)
            return &t->tracks[i];
    return NULL;
}

/* Notes that are played in the window, or held into it. */
static bool
any_note(const struct looking *l, const struct timeline_track *track)
{
    for (size_t i = 0; i < track->hit_count; i++) {
        const struct timeline_hit *h = &track->hits[i];

        if (h->sec >= l->to)
            break;
        if (h->sec >= l->from || h->end > l->from + 0.1 ||
            h->kind == TIMELINE_AUDIO || h->kind == TIMELINE_TRANSIENT)
            return true;
    }
    return track->hit_count == 0;
}

static bool
sounds_here(const struct looking *l, const struct timeline_track *track)
{
    double share = timeline_coverage(track, l->from, l->to);

    return (share >= LEAST_SHARE || share * (l->to - l->from) >= LEAST_SEC) &&
           any_note(l, track);
}

static size_t
count_kind(const struct looking *l, const struct timeline_track *track,
           enum timeline_kind kind)
{
    const struct timeline_hit *hits;
    size_t n, count = 0;

    hits = timeline_hits(track, l->from, l->to, &n);
    for (size_t i = 0; i < n; i++)
        count += hits[i].kind == (uint8_t)kind;
    return count;
}

/* ---- what is in the audio ---- */

static void
listen_in(struct looking *l, const struct sound *heard, double at)
{
    float low = SOUND_SILENT, high = SOUND_SILENT;
    size_t first, last;

    if (heard == NULL || heard->levels == 0)
        return;
    first = (size_t)fmax(at / SOUND_LEVEL_SEC, 0);
    last = (size_t)fmax((at + l->to - l->from) / SOUND_LEVEL_SEC, 0);
    if (first >= heard->levels)
        return;
    for (size_t i = first; i < last && i < heard->levels; i++) {
        low = fmaxf(low, heard->level[i].band[SOUND_LOW]);
        high = fmaxf(high, heard->level[i].band[SOUND_HIGH]);
    }
    l->no_low = low < NOTHING_LOW;
    l->no_high = high < NOTHING_HIGH;
}

/* Whether the audio contains nothing of what a row is; if so, it is
 * reported. */
static bool
contradicted(struct looking *l, const char *row)
{
    bool low = strcmp(row, "kick") == 0 || strcmp(row, "bass") == 0;
    bool high = strcmp(row, "hat") == 0 || strcmp(row, "cymbal") == 0;

    if (!(low && l->no_low) && !(high && l->no_high))
        return false;
    json_object_array_add(l->contradicted, json_object_new_string(row));
    return true;
}

/* ---- one track ---- */

static bool
is_kit(const struct timeline_track *track)
{
    size_t drums = 0;

    for (size_t i = 0; i < track->hit_count; i++)
        drums += track->hits[i].kind <= TIMELINE_PERCUSSION;
    return drums * 2 > track->hit_count;
}

/* Whether each of several recordings on the track is called like this: it is
 * unknown which of them plays in the window. */
static bool
each_is(json_object *track, const char *row)
{
    json_object *samples = json_at(json_at(track, "audio"), "samples");
    const char *from = json_text(json_at(track, "roleFrom"), "evidence");
    size_t n = json_object_is_type(samples, json_type_array)
                   ? json_object_array_length(samples)
                   : 0;

    if (n < 2 || from == NULL || strcmp(from, "sample") != 0)
        return true;
    for (size_t i = 0; i < n; i++) {
        json_object *one = json_object_array_get_idx(samples, i);
        struct word_names names;

        if (!json_object_is_type(one, json_type_string))
            return false;
        words_in_name(json_object_get_string(one), &names);
        if (!word_set_has_name(names.nouns, row) &&
            !word_set_has_name(names.weak, row))
            return false;
    }
    return true;
}

/* Whether something that the track plays somewhere sounds in this window. */
static bool
keep_sound(struct looking *l, const struct timeline_track *track,
           json_object *o, const char *row)
{
    if (row == NULL)
        return true;
    if (!each_is(o, row))
        return false;
    for (size_t i = 0; i < PIECES && is_kit(track); i++)
        if (strcmp(pieces[i].row, row) == 0 &&
            count_kind(l, track, pieces[i].kind) < LEAST_HITS)
            return false;
    return !contradicted(l, row);
}

static json_object *
keep_sounds(struct looking *l, const struct timeline_track *track,
            json_object *o)
{
    json_object *sounds = json_at(o, "sounds");
    json_object *kept = json_object_new_array();

    for (size_t i = 0; i < json_object_array_length(sounds); i++) {
        json_object *one = json_object_array_get_idx(sounds, i);

        if (keep_sound(l, track, o, json_text(one, "row")))
            json_object_array_add(kept, json_object_get(one));
    }
    return kept;
}

/* NULL if the track does not sound in the window, or if nothing that it sounds
 * like does: only a name would be left, and a name is not a fact. */
static json_object *
track_here(struct looking *l, json_object *track)
{
    int index = json_number_int(track, "index", -1);
    const struct timeline_track *t = track_of(l->t, index);
    json_object *sounds = json_at(track, "sounds");
    const char *role = json_text(track, "role");
    auto_json json_object *kept = NULL;
    json_object *o, *active;

    if (t == NULL || !sounds_here(l, t) ||
        (role != NULL && contradicted(l, role)))
        return NULL;
    if (json_object_is_type(sounds, json_type_array)) {
        kept = keep_sounds(l, t, track);
        if (json_object_array_length(sounds) > 0 &&
            json_object_array_length(kept) == 0)
            return NULL;
    }
    o = json_object_new_object();
    json_object_object_foreach(track, name, value)
        json_add(o, name, json_object_get(value));
    if (kept != NULL)
        json_add(o, "sounds", steal(&kept));
    if (json_object_is_type(json_at(track, "midi"), json_type_object))
        json_add(o, "midi",
                 window_midi(json_at(track, "midi"), l->t, t, l->from, l->to));
    active = json_object_new_object();
    json_add_num(active, "coverage", timeline_coverage(t, l->from, l->to));
    json_add(o, "active", active);
    return o;
}

static json_object *
tracks_here(struct looking *l, json_object *tracks)
{
    json_object *kept = json_object_new_array();
    size_t n = json_object_is_type(tracks, json_type_array)
                   ? json_object_array_length(tracks)
                   : 0;

    for (size_t i = 0; i < n; i++) {
        json_object *one = track_here(l, json_object_array_get_idx(tracks, i));

        if (one != NULL)
            json_object_array_add(kept, one);
    }
    return kept;
}

/* ---- the rest ---- */

const char *
window_kick(const struct timeline *t, double from, double to)
{
    double first = ceil(timeline_beat(t, from) - ON_BEAT);
    double last = floor(timeline_beat(t, to) - ON_BEAT);
    size_t beats = last >= first ? (size_t)(last - first) + 1 : 0;
    auto_free bool *on = xcalloc(beats, sizeof(*on));
    size_t hit = 0, off = 0;

    for (size_t i = 0; i < t->track_count; i++) {
        size_t n;
        const struct timeline_hit *h =
            timeline_hits(&t->tracks[i], from, to, &n);

        for (size_t k = 0; k < n; k++) {
            double place = round(h[k].beat);

            if (h[k].kind != TIMELINE_KICK)
                continue;
            if (fabs(h[k].beat - place) > ON_BEAT || place < first ||
                place > last)
                off++;
            else
                on[(size_t)(place - first)] = true;
        }
    }
    for (size_t i = 0; i < beats; i++)
        hit += on[i];
    return beats >= 8 && hit * 10 >= beats * 9 && off * 10 <= beats
               ? "four-on-floor"
               : NULL;
}

static void
copy(json_object *from, json_object *to, const char *name)
{
    json_object *value = json_at(from, name);

    if (value != NULL)
        json_add(to, name, json_object_get(value));
}

/* The section that contains most of the window. */
static json_object *
sections_here(const struct looking *l, json_object *sections)
{
    json_object *kept = json_object_new_array();
    json_object *most = NULL;
    double best = 0;
    size_t n = json_object_is_type(sections, json_type_array)
                   ? json_object_array_length(sections)
                   : 0;

    for (size_t i = 0; i < n; i++) {
        json_object *one = json_object_array_get_idx(sections, i);
        double from = json_number(one, "startSec", 0);
        double to = from + json_number(one, "sec", 0);
        double both = fmin(to, l->to) - fmax(from, l->from);

        if (both > best && both >= (l->to - l->from) / 2) {
            best = both;
            most = one;
        }
    }
    if (most != NULL)
        json_object_array_add(kept, json_object_get(most));
    return kept;
}

/* The patterns of kick and hi-hats, as far as the audio contains them. */
static void
add_drums(const struct looking *l, json_object *o)
{
    bool no_hats = l->no_high || window_hats_hidden(l->t, json_at(o, "tracks"));
    json_object *drums = json_object_new_object();
    const char *kick = l->no_low ? NULL : window_kick(l->t, l->from, l->to);
    const char *hats = no_hats ? NULL : window_hats(l->t, l->from, l->to);

    if (kick != NULL)
        json_add_str(drums, "kickPattern", kick);
    if (hats != NULL)
        json_add_str(drums, "hats", hats);
    if (kick != NULL || hats != NULL)
        json_add(o, "drums", drums);
    else
        json_object_put(drums);
}

json_object *
window_summary(json_object *summary, const struct timeline *t, double from,
               double to, const struct sound *heard, double at,
               json_object **ret_contradicted)
{
    struct looking l = {.t = t,
                        .from = from,
                        .to = to,
                        .contradicted = json_object_new_array()};
    json_object *o = json_object_new_object();
    json_object *length = json_object_new_object();

    listen_in(&l, heard, at);
    copy(summary, o, "summaryVersion");
    copy(summary, o, "projectName");
    copy(summary, o, "live");
    if (window_has_tones(t, from, to))
        copy(summary, o, "key");
    json_add(o, "meter", window_meter(t, from));
    json_add_num(length, "sec", to - from);
    json_add(o, "length", length);
    json_add(o, "sections", sections_here(&l, json_at(summary, "sections")));
    json_add(o, "tracks", tracks_here(&l, json_at(summary, "tracks")));
    json_add(o, "tempo",
             window_tempo(t, from, to, json_at(summary, "tempo"),
                          json_at(o, "tracks")));
    add_drums(&l, o);
    *ret_contradicted = l.contradicted;
    return o;
}
