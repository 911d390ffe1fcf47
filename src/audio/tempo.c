/*
 * Beats to tempo.
 */
#include "audio/tempo.h"

#include <aubio/aubio.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define BEATS_MIN 8
#define BEATS_MAX 65536 /* some nine hours of 120 BPM; later ones are left */
#define NEAR 0.05       /* of the median: the same beat */
#define CHUNK 32        /* beats that must keep step; longer ones may drift */
#define REFINE 0.04     /* how far from the median the period is sought, */
#define REFINE_STEP 0.0005 /* and how finely; both as parts of it */

struct tempo {
    aubio_tempo_t *aubio;
    fvec_t *hop, *beat;
    uint_t have;   /* samples in hop */
    double *beats; /* seconds, ascending */
    size_t n;
};

/* aubio's lags are in hops, so a hop should be near the 12 ms that it was
 * made for, whatever the rate. */
static uint_t
hop_of(int rate)
{
    return rate >= 32000 ? 512 : rate >= 16000 ? 256 : 128;
}

struct tempo *
tempo_open(int rate)
{
    auto_tempo struct tempo *t = xcalloc(1, sizeof(*t));
    uint_t hop = hop_of(rate);

    t->aubio = new_aubio_tempo("default", hop * 2, hop, (uint_t)rate);
    t->hop = new_fvec(hop);
    t->beat = new_fvec(1);
    if (t->aubio == NULL || t->hop == NULL || t->beat == NULL)
        return NULL;
    t->beats = xcalloc(BEATS_MAX, sizeof(*t->beats));
    return steal(&t);
}

static void
take_beat(struct tempo *t)
{
    double at = aubio_tempo_get_last_s(t->aubio);

    if (t->n < BEATS_MAX && (t->n == 0 || at > t->beats[t->n - 1]))
        t->beats[t->n++] = at;
}

void
tempo_add(struct tempo *t, const float *mono, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        t->hop->data[t->have++] = mono[i];
        if (t->have < t->hop->length)
            continue;
        t->have = 0;
        aubio_tempo_do(t->aubio, t->hop, t->beat);
        if (t->beat->data[0] != 0)
            take_beat(t);
    }
}

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The middle distance between beats, and the share of those near it. */
static double
median_distance(const struct tempo *t, double *ret_share)
{
    size_t n = t->n - 1, near = 0;
    auto_free double *d = xcalloc(n, sizeof(*d));
    double median;

    for (size_t i = 0; i < n; i++)
        d[i] = t->beats[i + 1] - t->beats[i];
    qsort(d, n, sizeof(*d), by_size);
    median = d[n / 2];
    for (size_t i = 0; i < n; i++)
        if (fabs(d[i] - median) <= NEAR * median)
            near++;
    *ret_share = (double)near / (double)n;
    return median;
}

/* How well the beats keep step with this period: the length of their mean
 * direction on a circle, chunk by chunk, summed. */
static double
in_step(const struct tempo *t, double period)
{
    double sum = 0;

    for (size_t from = 0; from < t->n; from += CHUNK) {
        double x = 0, y = 0;

        for (size_t i = from; i < t->n && i < from + CHUNK; i++) {
            double angle = 2 * M_PI * t->beats[i] / period;

            x += cos(angle);
            y += sin(angle);
        }
        sum += hypot(x, y);
    }
    return sum;
}

/* aubio's beats jump now and then by a hop or by half a beat, which moves
 * the median by a percent; a period that all of them follow does not. */
static double
refine(const struct tempo *t, double median)
{
    double best = median, most = 0;

    for (double off = -REFINE; off <= REFINE; off += REFINE_STEP) {
        double period = median * (1 + off), score = in_step(t, period);

        if (score > most) {
            most = score;
            best = period;
        }
    }
    return best;
}

void
tempo_result(struct tempo *t, double *ret_bpm, double *ret_confidence)
{
    *ret_bpm = *ret_confidence = 0;
    if (t->n < BEATS_MIN)
        return;
    *ret_bpm = 60 / refine(t, median_distance(t, ret_confidence));
}

void
tempo_close(struct tempo *t)
{
    if (t->aubio != NULL)
        del_aubio_tempo(t->aubio);
    if (t->hop != NULL)
        del_fvec(t->hop);
    if (t->beat != NULL)
        del_fvec(t->beat);
    free(t->beats);
    free(t);
}
