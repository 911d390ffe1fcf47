/* Beats, seconds, bars and what sounds between; see timeline.h. */
#include "music/timeline.h"

#include <math.h>
#include <stdlib.h>

void
timeline_close(struct timeline *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->track_count; i++) {
        free(t->tracks[i].name);
        free(t->tracks[i].role);
        free(t->tracks[i].hits);
        free(t->tracks[i].spans);
    }
    free(t->tempo);
    free(t->meters);
    free(t->tracks);
    free(t);
}

/* ---- beats and seconds ---- */

/* The last piece that begins at or before a beat (or second); the first one for
 * anything before it. */
static const struct timeline_tempo *
piece_at(const struct timeline *t, double at, bool seconds)
{
    size_t low = 0;
    size_t high = t->tempo_count;

    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;

        if ((seconds ? t->tempo[mid].sec : t->tempo[mid].beat) <= at)
            low = mid;
        else
            high = mid;
    }
    return &t->tempo[low];
}

/* By how much the tempo rises with each beat of a piece; 0 before and after
 * the whole. */
static double
slope(const struct timeline *t, const struct timeline_tempo *p, double beat)
{
    if (p == &t->tempo[t->tempo_count - 1] || beat < p->beat)
        return 0;
    return (p->bpm2 - p->bpm) / (p[1].beat - p->beat);
}

double
timeline_bpm(const struct timeline *t, double beat)
{
    const struct timeline_tempo *p = piece_at(t, beat, false);

    return p->bpm + slope(t, p, beat) * (beat - p->beat);
}

double
timeline_seconds(const struct timeline *t, double beat)
{
    const struct timeline_tempo *p = piece_at(t, beat, false);
    double k = slope(t, p, beat);
    double beats = beat - p->beat;

    if (fabs(k) < 1e-9)
        return p->sec + 60 * beats / p->bpm;
    return p->sec + 60 / k * log1p(k * beats / p->bpm);
}

double
timeline_beat(const struct timeline *t, double sec)
{
    const struct timeline_tempo *p = piece_at(t, sec, true);
    double past = sec - p->sec;
    double k = slope(t, p, past < 0 ? p->beat - 1 : p->beat);

    if (fabs(k) < 1e-9)
        return p->beat + past * p->bpm / 60;
    return p->beat + p->bpm / k * expm1(k * past / 60);
}

/* ---- bars ---- */

static double
bar_beats(const struct timeline_meter *m)
{
    return 4.0 * m->numerator / m->denominator;
}

const struct timeline_meter *
timeline_meter(const struct timeline *t, double beat)
{
    const struct timeline_meter *m = &t->meters[0];

    for (size_t i = 1; i < t->meter_count && t->meters[i].beat <= beat; i++)
        m = &t->meters[i];
    return m;
}

double
timeline_bar(const struct timeline *t, double beat)
{
    const struct timeline_meter *m = timeline_meter(t, beat);

    return m->bar + (beat - m->beat) / bar_beats(m);
}

double
timeline_bar_beat(const struct timeline *t, double bar)
{
    const struct timeline_meter *m = &t->meters[0];
    double beat;

    for (size_t i = 1; i < t->meter_count && t->meters[i].bar <= bar; i++)
        m = &t->meters[i];
    beat = m->beat + (bar - m->bar) * bar_beats(m);
    /* The last bar before a change may be a stump. */
    return m < &t->meters[t->meter_count - 1] ? fmin(beat, m[1].beat) : beat;
}

/* ---- what sounds ---- */

static size_t
first_from(const struct timeline_track *track, double sec)
{
    size_t low = 0;
    size_t high = track->hit_count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (track->hits[mid].sec < sec)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

const struct timeline_hit *
timeline_hits(const struct timeline_track *track, double from, double to,
              size_t *ret_count)
{
    size_t first = first_from(track, from);
    size_t last = first_from(track, fmax(from, to));

    *ret_count = last - first;
    return last > first ? &track->hits[first] : NULL;
}

double
timeline_coverage(const struct timeline_track *track, double from, double to)
{
    double sum = 0;

    if (to <= from)
        return 0;
    for (size_t i = 0; i < track->span_count; i++) {
        const struct timeline_span *s = &track->spans[i];

        sum += fmax(0, fmin(s->end, to) - fmax(s->sec, from));
    }
    return fmin(sum / (to - from), 1);
}
