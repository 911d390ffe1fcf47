/*
 * A timeline in the form that a summary contains; see timeline_parts.h. If it
 * is too large it becomes coarser: bars and beats stay exact, then who plays in
 * which sixteenth, and as a last resort a huge set loses its end.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/packed.h"
#include "music/timeline.h"
#include "music/timeline_parts.h"

#define TEMPO_PIECES 1024 /* more are put together, their seconds kept */
#define FINE_MAX 200000   /* onsets; more do not fit a finer grid anyhow */

struct grade {
    int ticks;
    int levels;
    int length_step; /* ticks that a note's length is a multiple of */
};

static const struct grade grades[] = {
    {TIMELINE_TICKS, 16, 1}, {24, 8, 6}, {12, 4, 12}, {4, 2, 4}};

/* An onset on its grid. */
struct cell {
    uint32_t tick;
    uint32_t length;
    uint8_t name; /* pitch or kind */
    uint8_t weight;
};

static void
add_number(struct buf *b, uint64_t n)
{
    unsigned char bytes[10];
    size_t len = 0;

    for (; n > 127; n >>= 7)
        bytes[len++] = (unsigned char)(n | 128);
    bytes[len++] = (unsigned char)n;
    (void)buf_add(b, bytes, len);
}

static uint32_t
tick_of(double beat, const struct grade *g)
{
    return (uint32_t)lrint(fmin(fmax(beat, 0), TIMELINE_BEATS) * g->ticks);
}

static int
by_tick(const void *a, const void *b)
{
    const struct cell *x = a;
    const struct cell *y = b;

    if (x->tick != y->tick)
        return x->tick < y->tick ? -1 : 1;
    return (int)x->name - (int)y->name;
}

static struct cell
cell_of(const struct timeline_hit *h, bool pitched, const struct grade *g)
{
    uint32_t tick = tick_of(h->beat, g);
    uint32_t end = tick_of(h->end, g);
    uint32_t step = (uint32_t)g->length_step;
    uint32_t length = end > tick ? end - tick : 0;
    long weight = lrintf(h->weight * (float)g->levels);

    return (struct cell){.tick = tick,
                         .length = (length + step - 1) / step * step,
                         .name = pitched ? h->pitch : h->kind,
                         .weight = (uint8_t)(weight < 1           ? 1
                                             : weight > g->levels ? g->levels
                                                                  : weight)};
}

/* The onsets before `end` on their grid; those that share a place become
 * one. Returns how many. */
static size_t
cells_of(const struct timeline_track *track, bool pitched, double end,
         const struct grade *g, struct cell *cells)
{
    size_t n = 0, kept = 0;

    for (size_t i = 0; i < track->hit_count; i++)
        if (track->hits[i].beat < end)
            cells[n++] = cell_of(&track->hits[i], pitched, g);
    if (n > 0)
        qsort(cells, n, sizeof(cells[0]), by_tick);
    for (size_t i = 0; i < n; i++) {
        struct cell *last = kept > 0 ? &cells[kept - 1] : NULL;

        if (last == NULL || by_tick(last, &cells[i]) != 0) {
            cells[kept++] = cells[i];
            continue;
        }
        if (cells[i].weight > last->weight)
            last->weight = cells[i].weight;
        if (cells[i].length > last->length)
            last->length = cells[i].length;
    }
    return kept;
}

static void
add_spans(struct buf *b, const struct timeline_track *track,
          const struct grade *g)
{
    uint32_t last = 0;

    add_number(b, track->span_count);
    for (size_t i = 0; i < track->span_count; i++) {
        uint32_t from = tick_of(track->spans[i].beat, g);
        uint32_t to = tick_of(track->spans[i].beat_end, g);

        from = from < last ? last : from;
        to = to < from ? from : to;
        add_number(b, from - last);
        add_number(b, to - from);
        last = to;
    }
}

static void
add_track(struct buf *b, const struct timeline_track *track, double end,
          const struct grade *g)
{
    auto_free struct cell *cells = xcalloc(track->hit_count, sizeof(*cells));
    bool pitched =
        track->hit_count > 0 && (track->hits[0].kind == TIMELINE_BASS ||
                                 track->hits[0].kind == TIMELINE_PITCHED);
    size_t n = cells_of(track, pitched, end, g, cells);

    add_number(b, pitched);
    add_spans(b, track, g);
    add_number(b, n);
    for (size_t i = 0; i < n; i++)
        add_number(b, cells[i].tick - (i > 0 ? cells[i - 1].tick : 0));
    for (size_t i = 0; i < n; i++)
        (void)buf_add(b, &cells[i].name, 1);
    for (size_t i = 0; i < n; i++)
        (void)buf_add(b, &cells[i].weight, 1);
    for (size_t i = 0; pitched && i < n; i++)
        add_number(b, cells[i].length);
}

/* NULL if it is too large. */
static char *
pack(const struct timeline *t, double end, const struct grade *g)
{
    auto_buf struct buf raw = BUF_INIT(TIMELINE_RAW_MAX);
    auto_free char *text = NULL;

    for (size_t i = 0; i < t->track_count; i++)
        add_track(&raw, &t->tracks[i], end, g);
    if (raw.failed)
        return NULL;
    text = packed_text(buf_str(&raw), raw.len);
    return strlen(text) <= TIMELINE_TEXT_MAX ? steal(&text) : NULL;
}

/* The finest grade that fits; *ret_end is where onsets were cut off. */
static char *
pack_best(const struct timeline *t, const struct grade **ret_grade,
          double *ret_end)
{
    size_t last = sizeof(grades) / sizeof(grades[0]) - 1;
    double end = INFINITY;
    char *text = NULL;
    size_t hits = 0;

    for (size_t i = 0; i < t->track_count; i++)
        hits += t->tracks[i].hit_count;
    for (size_t i = hits > FINE_MAX ? last : 0; i <= last; i++) {
        *ret_grade = &grades[i];
        if ((text = pack(t, end, &grades[i])) != NULL)
            break;
    }
    for (end = fmax(t->end_beat, 1); text == NULL; end = floor(end / 2)) {
        text = pack(t, end, &grades[last]);
        *ret_end = end;
        if (text != NULL || end < 1)
            break;
    }
    return text;
}

/* ---- the plain JSON ---- */

static void
add_to(json_object *list, double n)
{
    char text[32];

    (void)snprintf(text, sizeof(text), "%.10g", n);
    json_object_array_add(list, json_object_new_double_s(n, text));
}

static void
add_piece(json_object *list, double beat, double bpm, double bpm2)
{
    json_object *piece = json_object_new_array();

    add_to(piece, beat);
    add_to(piece, bpm);
    if (fabs(bpm2 - bpm) > 1e-9)
        add_to(piece, bpm2);
    json_object_array_add(list, piece);
}

static json_object *
tempo_json(const struct timeline *t)
{
    json_object *list = json_object_new_array();
    size_t n = t->tempo_count;
    size_t step = (n + TEMPO_PIECES - 1) / TEMPO_PIECES;

    for (size_t i = 0; i < n && t->tempo[i].beat <= TIMELINE_BEATS; i += step) {
        const struct timeline_tempo *p = &t->tempo[i];
        bool last = i + step >= n;
        double bpm = p->bpm, bpm2 = last ? p->bpm : p->bpm2;

        if (step > 1 && !last)
            bpm = bpm2 = 60 * (p[step].beat - p->beat) / (p[step].sec - p->sec);
        add_piece(list, p->beat, bpm, bpm2);
    }
    return list;
}

static json_object *
meters_json(const struct timeline *t)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < t->meter_count && i < TIMELINE_LIST &&
                       t->meters[i].beat <= TIMELINE_BEATS;
         i++) {
        json_object *meter = json_object_new_array();

        add_to(meter, t->meters[i].beat);
        json_object_array_add(meter,
                              json_object_new_int(t->meters[i].numerator));
        json_object_array_add(meter,
                              json_object_new_int(t->meters[i].denominator));
        json_object_array_add(list, meter);
    }
    return list;
}

json_object *
timeline_json(const struct timeline *t)
{
    json_object *o = json_object_new_object();
    json_object *tracks = json_object_new_array();
    const struct grade *grade = &grades[0];
    double end = INFINITY;
    auto_free char *data = pack_best(t, &grade, &end);

    json_add_int(o, "format", TIMELINE_FORMAT);
    json_add_str(o, "played", t->scenes ? "scenes" : "arrangement");
    json_add_num(o, "endBeat", t->end_beat);
    json_add_num(o, "loopBeat", t->loop_beat);
    json_add_num(o, "loopBeats", t->loop_beats);
    json_add(o, "tempo", tempo_json(t));
    json_add(o, "meters", meters_json(t));
    json_add_int(o, "ticks", grade->ticks);
    json_add_int(o, "levels", grade->levels);
    json_add_bool(o, "cut", isfinite(end));
    for (size_t i = 0; i < t->track_count; i++)
        json_object_array_add(tracks, json_object_new_int(t->tracks[i].index));
    json_add(o, "tracks", tracks);
    json_add_str(o, "data", data);
    return o;
}
