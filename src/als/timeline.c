/* Tempo and meter over the song; see timeline.h. */
#include "als/timeline.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define BPM_MIN 1.0 /* Live allows 20 to 999; tools write a wider range */
#define BPM_MAX 2000.0
#define CURVE_PIECES 16
#define CURVED_EVENTS_MAX 4096 /* if more, curves become lines */

static const struct als_envelope *
find_envelope(const struct als_set *set, int own, int target)
{
    for (size_t i = 0; i < set->envelopes.n; i++) {
        const struct als_envelope *e = &set->envelopes.at[i];

        if (e->count > 0 &&
            (e->target == own || (target >= 0 && e->target == target)))
            return e;
    }
    return NULL;
}

/* The events of an envelope, sorted: files written by tools are not. */
static const struct als_event **
sorted_events(const struct als_set *set, const struct als_envelope *e)
{
    const struct als_event **list = xcalloc(e->count, sizeof *list);

    for (size_t i = 0; i < e->count; i++)
        list[i] = &set->events.at[e->first + i];
    qsort(list, e->count, sizeof list[0], als_event_order);
    return list;
}

static double
piece_seconds(const struct als_tempo_piece *p, double beats, double bpm2)
{
    double rise = bpm2 - p->bpm;

    if (fabs(rise) < 1e-9)
        return 60 * beats / p->bpm;
    return 60 * beats / rise * log(bpm2 / p->bpm);
}

/* Continue to a beat with a straight line of tempo, then from there at bpm. */
static void
add_piece(struct als_timeline *t, double beat, double line_to, double bpm)
{
    struct als_tempo_piece *last;
    double sec;

    if (t->tempo.n == 0) {
        *als_push(&t->tempo) = (struct als_tempo_piece){0, 0, bpm, bpm};
        return;
    }
    last = &t->tempo.at[t->tempo.n - 1];
    if (beat <= last->beat) { /* a jump, or several events before 0 */
        last->bpm = bpm;
        last->bpm2 = bpm;
        return;
    }
    last->bpm2 = line_to;
    sec = last->sec + piece_seconds(last, beat - last->beat, line_to);
    *als_push(&t->tempo) = (struct als_tempo_piece){beat, sec, bpm, bpm};
}

static double
bezier(double p1, double p2, double u)
{
    double v = 1 - u;

    return 3 * v * v * u * p1 + 3 * v * u * u * p2 + u * u * u;
}

static void
add_curve(struct als_timeline *t, const struct als_event *from,
          const struct als_event *to)
{
    double beats = to->time - from->time;
    double rise = to->value - from->value;

    t->curved = true;
    for (int i = 1; i < CURVE_PIECES; i++) {
        double u = (double)i / CURVE_PIECES;
        double x = bezier(from->curve[0], from->curve[2], u);
        double y = bezier(from->curve[1], from->curve[3], u);
        double bpm = from->value + rise * y;

        add_piece(t, from->time + beats * x, bpm, bpm);
    }
}

static int
check_bpm(double bpm, struct err *err)
{
    if (bpm >= BPM_MIN && bpm <= BPM_MAX)
        return 0;
    return err_set(err, ERR_NOT_ALS, "the set has a tempo of %g BPM", bpm);
}

static int
init_tempo(struct als_timeline *t, const struct als_set *set, struct err *err)
{
    const struct als_envelope *e =
        find_envelope(set, ALS_ENVELOPE_TEMPO, set->tempo_target);

    if (e == NULL) {
        double bpm = set->has_tempo ? set->tempo : 120;

        add_piece(t, 0, bpm, bpm);
        return check_bpm(bpm, err);
    }
    auto_free const struct als_event **events = sorted_events(set, e);
    for (size_t i = 0; i < e->count; i++) {
        const struct als_event *event = events[i];

        if (check_bpm(event->value, err) == -1)
            return -1;
        if (i > 0 && events[i - 1]->curved && events[i - 1]->time >= 0 &&
            event->time > events[i - 1]->time && e->count < CURVED_EVENTS_MAX)
            add_curve(t, events[i - 1], event);
        /* The first one holds for all time before the second. */
        if (i == 1 && events[0]->time < 0 && event->time > 0)
            add_piece(t, event->time, events[0]->value, event->value);
        else
            add_piece(t, event->time, event->value, event->value);
    }
    return 0;
}

static void
add_meter(struct als_timeline *t, double beat, double code)
{
    struct als_meter m = {.beat = fmax(beat, 0)};
    struct als_meter *last;

    if (!als_meter_decode(code, &m.numerator, &m.denominator))
        return;
    if (t->meters.n == 0) {
        m.beat = 0;
        *als_push(&t->meters) = m;
        return;
    }
    last = &t->meters.at[t->meters.n - 1];
    if (m.beat <= last->beat) { /* the later event at the same beat holds */
        m.bar = last->bar;
        *last = m;
        return;
    }
    if (m.numerator == last->numerator && m.denominator == last->denominator)
        return;
    /* Live starts a new bar when the meter changes. */
    m.bar = last->bar + ceil((m.beat - last->beat) * last->denominator /
                                 (4.0 * last->numerator) -
                             1e-9);
    *als_push(&t->meters) = m;
}

static void
init_meters(struct als_timeline *t, const struct als_set *set)
{
    const struct als_envelope *e =
        find_envelope(set, ALS_ENVELOPE_METER, set->meter_target);

    if (e != NULL) {
        auto_free const struct als_event **events = sorted_events(set, e);

        for (size_t i = 0; i < e->count; i++)
            add_meter(t, events[i]->time, events[i]->value);
    } else if (set->has_meter) {
        add_meter(t, 0, set->meter);
    }
    if (t->meters.n == 0)
        *als_push(&t->meters) =
            (struct als_meter){.numerator = 4, .denominator = 4};
}

int
als_timeline_init(struct als_timeline *t, const struct als_set *set,
                  struct err *err)
{
    *t = (struct als_timeline){0};
    init_meters(t, set);
    return init_tempo(t, set, err);
}

void
als_timeline_release(struct als_timeline *t)
{
    free(t->tempo.at);
    free(t->meters.at);
    *t = (struct als_timeline){0};
}

const struct als_tempo_piece *
als_tempo_piece_at(const struct als_timeline *t, double beat)
{
    size_t low = 0;
    size_t high = t->tempo.n;

    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;

        if (t->tempo.at[mid].beat <= beat)
            low = mid;
        else
            high = mid;
    }
    return &t->tempo.at[low];
}

double
als_bpm_at(const struct als_timeline *t, double beat)
{
    const struct als_tempo_piece *p = als_tempo_piece_at(t, beat);

    if (p == &t->tempo.at[t->tempo.n - 1])
        return p->bpm;
    return p->bpm +
           (p->bpm2 - p->bpm) * (beat - p->beat) / (p[1].beat - p->beat);
}

double
als_seconds(const struct als_timeline *t, double beat)
{
    const struct als_tempo_piece *p = als_tempo_piece_at(t, beat);

    return p->sec + piece_seconds(p, beat - p->beat, als_bpm_at(t, beat));
}

double
als_bars(const struct als_timeline *t, double beat)
{
    const struct als_meter *m;
    size_t low = 0;
    size_t high = t->meters.n;

    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;

        if (t->meters.at[mid].beat <= beat)
            low = mid;
        else
            high = mid;
    }
    m = &t->meters.at[low];
    return m->bar + (beat - m->beat) * m->denominator / (4.0 * m->numerator);
}

struct share {
    double bpm; /* rounded to 0.01 */
    double sec;
};

static int
by_bpm(const void *a, const void *b)
{
    double x = ((const struct share *)a)->bpm;
    double y = ((const struct share *)b)->bpm;

    return (x > y) - (x < y);
}

double
als_bpm_main(const struct als_timeline *t, double end_beat)
{
    auto_free struct share *shares = xcalloc(t->tempo.n, sizeof *shares);
    double best = t->tempo.at[0].bpm;
    double best_sec = 0;
    double sum = 0;

    for (size_t i = 0; i < t->tempo.n; i++) {
        const struct als_tempo_piece *p = &t->tempo.at[i];
        double to = i + 1 < t->tempo.n ? fmin(p[1].beat, end_beat) : end_beat;
        double from = fmin(p->beat, end_beat);

        shares[i].bpm = round((p->bpm + p->bpm2) / 2 * 100) / 100;
        shares[i].sec = als_seconds(t, fmax(to, from)) - als_seconds(t, from);
    }
    qsort(shares, t->tempo.n, sizeof shares[0], by_bpm);
    for (size_t i = 0; i < t->tempo.n; i++) {
        sum = i > 0 && shares[i].bpm == shares[i - 1].bpm ? sum + shares[i].sec
                                                          : shares[i].sec;
        if (sum > best_sec) {
            best_sec = sum;
            best = shares[i].bpm;
        }
    }
    return best_sec > 0 ? best : t->tempo.at[0].bpm;
}

double
als_bpm_share(const struct als_timeline *t, double end_beat, double bpm)
{
    double same = 0;
    double all = als_seconds(t, end_beat);

    for (size_t i = 0; i < t->tempo.n; i++) {
        const struct als_tempo_piece *p = &t->tempo.at[i];
        double to = i + 1 < t->tempo.n ? fmin(p[1].beat, end_beat) : end_beat;
        double mean = (p->bpm + p->bpm2) / 2;

        if (to > p->beat && fabs(mean - bpm) <= 0.02 * bpm)
            same += als_seconds(t, to) - p->sec;
    }
    return all > 0 ? fmin(same / all, 1) : 1;
}
