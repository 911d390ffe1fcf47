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

struct tempo {
    aubio_tempo_t *aubio;
    fvec_t *hop, *beat;
    uint_t have; /* samples in hop */
    double last; /* seconds of the last beat; -1 none */
    float *distances;
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

    t->last = -1;
    t->aubio = new_aubio_tempo("default", hop * 2, hop, (uint_t)rate);
    t->hop = new_fvec(hop);
    t->beat = new_fvec(1);
    if (t->aubio == NULL || t->hop == NULL || t->beat == NULL)
        return NULL;
    t->distances = xcalloc(BEATS_MAX, sizeof(*t->distances));
    return steal(&t);
}

static void
take_beat(struct tempo *t)
{
    double at = aubio_tempo_get_last_s(t->aubio);

    if (t->last >= 0 && at > t->last && t->n < BEATS_MAX)
        t->distances[t->n++] = (float)(at - t->last);
    t->last = at;
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
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

void
tempo_result(struct tempo *t, double *ret_bpm, double *ret_confidence)
{
    double median, sum = 0;
    size_t near = 0;

    *ret_bpm = *ret_confidence = 0;
    if (t->n < BEATS_MIN)
        return;
    qsort(t->distances, t->n, sizeof(*t->distances), by_size);
    median = t->distances[t->n / 2];
    for (size_t i = 0; i < t->n; i++) {
        if (fabs(t->distances[i] - median) > NEAR * median)
            continue;
        near++;
        sum += t->distances[i];
    }
    /* The mean of those near the median: finer than a hop. */
    *ret_bpm = 60 * (double)near / sum;
    *ret_confidence = (double)near / (double)t->n;
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
    free(t->distances);
    free(t);
}
