/*
 * The summary's `timeline` into memory; see timeline_parts.h. Anybody may
 * send a ready summary, so nothing in it is taken on trust.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/packed.h"
#include "music/timeline.h"
#include "music/timeline_parts.h"

struct bytes {
    const unsigned char *at;
    size_t left;
    bool bad; /* it ended early, or a number was too large */
};

static uint64_t
take_number(struct bytes *b)
{
    uint64_t n = 0;

    for (int shift = 0; shift < 42; shift += 7) {
        unsigned char c;

        if (b->left == 0)
            break;
        c = *b->at++;
        b->left--;
        n |= (uint64_t)(c & 127) << shift;
        if (c < 128)
            return n;
    }
    b->bad = true;
    return 0;
}

/* A count of things that take at least `least` bytes each. */
static size_t
take_count(struct bytes *b, size_t least)
{
    uint64_t n = take_number(b);

    if (n > b->left / least)
        b->bad = true;
    return b->bad ? 0 : (size_t)n;
}

static const unsigned char *
take_column(struct bytes *b, size_t n)
{
    const unsigned char *column = b->at;

    if (n > b->left) {
        b->bad = true;
        return NULL;
    }
    b->at += n;
    b->left -= n;
    return column;
}

/* ---- tempo, meters, ends ---- */

/* Number i of a list within a list; NaN if there is none. */
static double
number_in(json_object *list, size_t i)
{
    json_object *o = json_object_is_type(list, json_type_array)
                         ? json_object_array_get_idx(list, i)
                         : NULL;

    return json_object_is_type(o, json_type_double) ||
                   json_object_is_type(o, json_type_int)
               ? json_object_get_double(o)
               : (double)NAN;
}

static bool
sane_beat(double beat, const double *after)
{
    return beat >= 0 && beat <= TIMELINE_BEATS &&
           (after == NULL ? beat == 0 : beat > *after);
}

static size_t
list_length(json_object *o, const char *name)
{
    json_object *list = json_at(o, name);

    return json_object_is_type(list, json_type_array)
               ? json_object_array_length(list)
               : 0;
}

static bool
read_tempo(json_object *o, struct timeline *t)
{
    size_t n = list_length(o, "tempo");

    if (n == 0 || n > TIMELINE_LIST)
        return false;
    t->tempo = xcalloc(n, sizeof(*t->tempo));
    for (size_t i = 0; i < n; i++) {
        json_object *piece = json_object_array_get_idx(json_at(o, "tempo"), i);
        struct timeline_tempo *p = &t->tempo[i];

        p->beat = number_in(piece, 0);
        p->bpm = number_in(piece, 1);
        p->bpm2 = number_in(piece, 2);
        if (isnan(p->bpm2))
            p->bpm2 = p->bpm;
        if (!sane_beat(p->beat, i > 0 ? &p[-1].beat : NULL) ||
            !(p->bpm >= 0.1 && p->bpm <= 1e5 && p->bpm2 >= 0.1 &&
              p->bpm2 <= 1e5))
            return false;
        t->tempo_count = i + 1;
        if (i == 0)
            continue;
        /* The seconds of a piece need to know that it is not the last. */
        p->sec = p[-1].sec +
                 (fabs(p[-1].bpm2 - p[-1].bpm) < 1e-9
                      ? 60 * (p->beat - p[-1].beat) / p[-1].bpm
                      : 60 * (p->beat - p[-1].beat) / (p[-1].bpm2 - p[-1].bpm) *
                            log(p[-1].bpm2 / p[-1].bpm));
    }
    return true;
}

static bool
read_meters(json_object *o, struct timeline *t)
{
    size_t n = list_length(o, "meters");

    if (n == 0 || n > TIMELINE_LIST)
        return false;
    t->meters = xcalloc(n, sizeof(*t->meters));
    for (size_t i = 0; i < n; i++) {
        json_object *meter = json_object_array_get_idx(json_at(o, "meters"), i);
        struct timeline_meter *m = &t->meters[i];
        double numerator = number_in(meter, 1);
        double denominator = number_in(meter, 2);

        m->beat = number_in(meter, 0);
        if (!sane_beat(m->beat, i > 0 ? &m[-1].beat : NULL) ||
            !(numerator >= 1 && numerator <= 99 && denominator >= 1 &&
              denominator <= 64))
            return false;
        m->numerator = (int)numerator;
        m->denominator = (int)denominator;
        /* The bar before a change of meter may be a stump; it counts. */
        if (i > 0)
            m->bar =
                m[-1].bar + ceil((m->beat - m[-1].beat) * m[-1].denominator /
                                     (4.0 * m[-1].numerator) -
                                 1e-9);
        t->meter_count = i + 1;
    }
    return true;
}

/* ---- tracks ---- */

static bool
read_spans(struct bytes *b, const struct timeline *t,
           struct timeline_track *track)
{
    size_t n = take_count(b, 2);
    double at = 0;

    track->spans = xcalloc(n, sizeof(*track->spans));
    for (size_t i = 0; i < n; i++) {
        struct timeline_span *s = &track->spans[i];

        s->beat = at + (double)take_number(b) / t->ticks;
        at = s->beat_end = s->beat + (double)take_number(b) / t->ticks;
        if (b->bad || at > TIMELINE_BEATS)
            return false;
        s->sec = timeline_seconds(t, s->beat);
        s->end = timeline_seconds(t, s->beat_end);
    }
    track->span_count = n;
    return !b->bad;
}

static void
put_pitch(struct timeline_hit *hit, unsigned char pitch)
{
    hit->pitch = pitch & 127;
    hit->kind =
        hit->pitch < TIMELINE_PITCH_BASS ? TIMELINE_BASS : TIMELINE_PITCHED;
}

static bool
read_hits(struct bytes *b, const struct timeline *t, int levels, bool pitched,
          struct timeline_track *track)
{
    size_t n = take_count(b, 3);
    const unsigned char *names, *weights;
    double at = 0;

    track->hits = xcalloc(n, sizeof(*track->hits));
    for (size_t i = 0; i < n; i++)
        track->hits[i].beat = at += (double)take_number(b) / t->ticks;
    names = take_column(b, n);
    weights = take_column(b, n);
    if (b->bad || at > TIMELINE_BEATS)
        return false;
    for (size_t i = 0; i < n; i++) {
        struct timeline_hit *h = &track->hits[i];

        if (pitched)
            put_pitch(h, names[i]);
        else if (names[i] < TIMELINE_KINDS)
            h->kind = names[i];
        else
            return false;
        h->weight = fminf((float)weights[i] / (float)levels, 1);
        h->sec = timeline_seconds(t, h->beat);
        h->end = pitched ? timeline_seconds(
                               t, h->beat + (double)take_number(b) / t->ticks)
                         : h->sec;
    }
    track->hit_count = n;
    return !b->bad;
}

/* What the summary itself says about the track. */
static void
name_track(json_object *summary, struct timeline_track *track)
{
    json_object *tracks = json_at(summary, "tracks");
    json_object *one = NULL;
    const char *name, *role;

    for (size_t i = 0; i < list_length(summary, "tracks"); i++) {
        one = json_object_array_get_idx(tracks, i);
        if (json_number_int(one, "index", -1) == track->index)
            break;
        one = NULL;
    }
    name = json_text(one, "name");
    role = json_text(one, "role");
    track->name = xstrdup(name != NULL ? name : "");
    track->role = xstrdup(role != NULL ? role : "other");
    track->confidence = json_number(one, "roleConfidence", 0);
}

static bool
read_tracks(json_object *summary, json_object *o, struct timeline *t)
{
    auto_buf struct buf raw = BUF_INIT(TIMELINE_RAW_MAX);
    json_object *list = json_at(o, "tracks");
    size_t n = list_length(o, "tracks");
    int levels = json_number_int(o, "levels", 0);
    const char *data = json_text(o, "data");
    struct bytes b;

    if (n > TIMELINE_TRACKS || levels < 1 || levels > 255 || data == NULL ||
        !packed_open(data, &raw))
        return false;
    b = (struct bytes){(const unsigned char *)buf_str(&raw), raw.len, false};
    t->tracks = xcalloc(n, sizeof(*t->tracks));
    for (size_t i = 0; i < n; i++) {
        struct timeline_track *track = &t->tracks[i];
        double index = number_in(list, i);
        bool pitched;

        if (!(index >= 0 && index <= 1e6))
            return false;
        t->track_count = i + 1;
        track->index = (int)index;
        name_track(summary, track);
        pitched = take_number(&b) != 0;
        if (!read_spans(&b, t, track) ||
            !read_hits(&b, t, levels, pitched, track))
            return false;
    }
    return b.left == 0;
}

struct timeline *
timeline_open(json_object *summary)
{
    auto_timeline struct timeline *t = NULL;
    json_object *o = json_at(summary, "timeline");
    const char *played = json_text(o, "played");

    if (json_number(o, "format", 0) != TIMELINE_FORMAT || played == NULL)
        return NULL;
    t = xcalloc(1, sizeof(*t));
    t->scenes = strcmp(played, "scenes") == 0;
    t->cut = json_object_get_boolean(json_at(o, "cut"));
    t->ticks = json_number_int(o, "ticks", 0);
    t->end_beat = json_number(o, "endBeat", -1);
    t->loop_beat = json_number(o, "loopBeat", 0);
    t->loop_beats = json_number(o, "loopBeats", 0);
    if (t->ticks < 1 || t->ticks > 1000 ||
        !(t->end_beat >= 0 && t->end_beat <= TIMELINE_BEATS) ||
        !read_tempo(o, t) || !read_meters(o, t))
        return NULL;
    t->end = timeline_seconds(t, t->end_beat);
    if (!read_tracks(summary, o, t))
        return NULL;
    return steal(&t);
}
