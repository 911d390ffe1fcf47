/* The notes of one window in numbers; see window_notes.h. */
#include "music/window_notes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "music/offbeat.h"
#include "music/spacing.h"

#define NEAR 0.05 /* a beat this close to a line is on it */
#define MOST 0.9  /* of the hits */
#define HELD 0.1  /* seconds that a note must reach into the window */

struct notes {
    size_t n;
    int per_pitch[128], pitches, median, low, high;
    double length, sounding; /* beats */
    double *lengths, *beats; /* of each */
    size_t steps, repeats;
    double of_class[12], until[12]; /* how long each sounds, and to which beat
                                     * it has counted */
};

/* Octaves are one. */
static void
add_class(struct notes *s, int pitch, double from, double to)
{
    double *until = &s->until[pitch % 12];

    s->of_class[pitch % 12] += fmax(0, to - fmax(from, *until));
    *until = fmax(*until, to);
}

static double
classes_mean(const struct notes *s)
{
    double sum = 0;

    for (size_t i = 0; i < 12; i++)
        sum += s->of_class[i];
    return s->sounding > 0 ? sum / s->sounding : 1;
}

static void
add_note(struct notes *s, const struct timeline *t,
         const struct timeline_hit *h, int last, double *until)
{
    double end = timeline_beat(t, h->end);
    int by = last >= 0 ? abs(h->pitch - last) : -1;

    s->lengths[s->n] = fmax(end - h->beat, 0);
    s->beats[s->n] = h->beat;
    s->length += s->lengths[s->n++];
    s->per_pitch[h->pitch & 127]++;
    s->sounding += fmax(0, end - fmax(h->beat, *until));
    *until = fmax(*until, end);
    add_class(s, h->pitch & 127, h->beat, end);
    s->steps += by == 1 || by == 2;
    s->repeats += by == 0;
}

static void
find_pitches(struct notes *s)
{
    size_t seen = 0;

    for (int p = 0; p < 128; p++) {
        if (s->per_pitch[p] == 0)
            continue;
        s->low = s->pitches++ == 0 ? p : s->low;
        s->high = p;
        if (seen * 2 < s->n)
            s->median = p;
        seen += (size_t)s->per_pitch[p];
    }
}

static void
count_notes(struct notes *s, const struct timeline *t,
            const struct timeline_track *track, double from, double to)
{
    double until = -INFINITY;
    int last = -1;

    for (size_t i = 0; i < 12; i++)
        s->until[i] = -INFINITY;
    for (size_t i = 0; i < track->hit_count; i++) {
        const struct timeline_hit *h = &track->hits[i];

        if (h->sec >= to)
            break;
        if (h->kind > TIMELINE_PITCHED ||
            (h->sec < from && h->end <= from + HELD))
            continue;
        add_note(s, t, h, last, &until);
        last = h->pitch;
    }
    find_pitches(s);
}

static int
by_length(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void
add_lengths(json_object *o, struct notes *s)
{
    size_t tenth = s->n / 10;

    qsort(s->lengths, s->n, sizeof(*s->lengths), by_length);
    json_add_num(o, "lengthMeanBeats", s->n > 0 ? s->length / (double)s->n : 0);
    json_add_num(o, "lengthLowBeats", s->n > 0 ? s->lengths[tenth] : 0);
    json_add_num(o, "lengthMedianBeats", s->n > 0 ? s->lengths[s->n / 2] : 0);
    json_add_num(o, "lengthHighBeats",
                 s->n > 0 ? s->lengths[s->n - 1 - tenth] : 0);
}

json_object *
window_midi(json_object *midi, const struct timeline *t,
            const struct timeline_track *track, double from, double to)
{
    json_object *o = json_object_new_object();
    auto_free double *lengths = xcalloc(track->hit_count + 1, sizeof(*lengths));
    auto_free double *beats = xcalloc(track->hit_count + 1, sizeof(*beats));
    struct notes s = {.lengths = lengths, .beats = beats};
    double pairs;

    json_object_object_foreach(midi, name, value)
        json_add(o, name, json_object_get(value));
    count_notes(&s, t, track, from, to);
    pairs = s.n > 1 ? (double)(s.n - 1) : 1;
    json_add_int(o, "notes", (int64_t)s.n);
    json_add_int(o, "pitches", s.pitches);
    json_add_int(o, "pitchMin", s.low);
    json_add_int(o, "pitchMax", s.high);
    json_add_int(o, "pitchMedian", s.median);
    json_add_num(o, "polyphonyMean",
                 s.sounding > 0 ? s.length / s.sounding : 1);
    json_add_num(o, "classesMean", classes_mean(&s));
    add_lengths(o, &s);
    json_add_num(o, "spacingMedianBeats", spacing_median(beats, s.n));
    json_add_num(o, "offbeat", offbeat_share(beats, s.n));
    json_add_num(o, "steps", (double)s.steps / pairs);
    json_add_num(o, "repeats", (double)s.repeats / pairs);
    return o;
}

/* ---- hi-hats ---- */

/* How many fall on each quarter of a beat; [4]: on none. */
static void
count_hats(const struct timeline *t, double from, double to, size_t at[5])
{
    for (size_t i = 0; i < t->track_count; i++) {
        size_t n;
        const struct timeline_hit *h =
            timeline_hits(&t->tracks[i], from, to, &n);

        for (size_t k = 0; k < n; k++) {
            double place = (h[k].beat - floor(h[k].beat)) * 4;
            long quarter = lround(place);

            if (h[k].kind == TIMELINE_HAT)
                at[fabs(place - (double)quarter) <= 4 * NEAR ? quarter % 4
                                                             : 4]++;
        }
    }
}

const char *
window_hats(const struct timeline *t, double from, double to)
{
    double beats = timeline_beat(t, to) - timeline_beat(t, from);
    size_t at[5] = {0};
    double all, most;

    count_hats(t, from, to, at);
    all = (double)(at[0] + at[1] + at[2] + at[3] + at[4]);
    most = MOST * all;
    if (all < 8)
        return NULL;
    if ((double)at[2] >= most && all >= MOST * beats)
        return "off-beat";
    if ((double)at[0] >= most && all >= MOST * beats)
        return "quarter";
    if ((double)(at[0] + at[2]) >= most && all >= 2 * MOST * beats)
        return "eighth";
    if (all - (double)at[4] >= most && all >= 4 * MOST * beats)
        return "sixteenth";
    return NULL;
}

static bool
hits_hats(const struct timeline *t, int index)
{
    for (size_t k = 0; k < t->track_count; k++) {
        const struct timeline_track *track = &t->tracks[k];

        for (size_t i = 0; track->index == index && i < track->hit_count; i++)
            if (track->hits[i].kind == TIMELINE_HAT)
                return true;
    }
    return false;
}

/* Whether a track may play hi-hats at times that nobody knows: recorded drums,
 * a kit whose pads have no names, or notes that a device times anew. */
static bool
hides_hats(const struct timeline *t, json_object *track)
{
    json_object *sounds = json_at(track, "sounds");
    size_t n = json_object_is_type(sounds, json_type_array)
                   ? json_object_array_length(sounds)
                   : 0;
    bool any = false;

    for (size_t i = 0; i < n; i++) {
        const char *row =
            json_text(json_object_array_get_idx(sounds, i), "row");

        any |= row != NULL &&
               (strcmp(row, "drums") == 0 || strcmp(row, "hat") == 0);
    }
    return any && (json_object_get_boolean(
                       json_at(json_at(track, "midi"), "retimed")) ||
                   !hits_hats(t, json_number_int(track, "index", -1)));
}

bool
window_hats_hidden(const struct timeline *t, json_object *tracks)
{
    for (size_t i = 0; i < json_object_array_length(tracks); i++)
        if (hides_hats(t, json_object_array_get_idx(tracks, i)))
            return true;
    return false;
}

/* ---- tones ---- */

bool
window_has_tones(const struct timeline *t, double from, double to)
{
    bool anywhere = false;

    for (size_t k = 0; k < t->track_count; k++)
        for (size_t i = 0; i < t->tracks[k].hit_count; i++) {
            const struct timeline_hit *h = &t->tracks[k].hits[i];

            if (h->kind != TIMELINE_BASS && h->kind != TIMELINE_PITCHED)
                continue;
            if (h->sec < to && h->end > from)
                return true;
            anywhere = true;
        }
    return !anywhere;
}
