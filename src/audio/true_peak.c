/*
 * Oversampling by a windowed sinc of 49 taps, split into its phases: each
 * gives one of the values between two samples from those around them.
 */
#include "audio/true_peak.h"

#include <math.h>
#include <string.h>

#include "audio/lanes.h"
#include "base/mem.h"

#define TAPS 49
#define FACTOR_MAX 4
#define NEAR 24  /* taps of a phase at most; 12 at the usual rates */
#define CHUNK 64 /* samples that are passed over, or looked at, together */

struct true_peak {
    int channels;
    int factor;
    size_t near; /* taps of a phase */
    float taps[FACTOR_MAX][NEAR];
    float gain;   /* the most that a phase makes of its samples */
    float sample; /* the largest sample, and the largest square between */
    float square;
    float (*past)[NEAR + CHUNK]; /* by channel: the last ones, then new ones */
    float *past_peak;            /* by channel, of the last ones */
};

/* By phase, the newest sample first. Phase 0 is the sample itself. */
static void
make_taps(struct true_peak *t)
{
    for (int i = 1; i < TAPS - 1; i++) {
        double at = i - (TAPS - 1) / 2;
        double x = at * M_PI / t->factor;
        double window = 0.5 * (1 - cos(2 * M_PI * i / (TAPS - 1)));
        int place = i / t->factor;

        if (i % t->factor != 0)
            t->taps[i % t->factor][place] = (float)(sin(x) / x * window);
    }
    for (int p = 1; p < t->factor; p++) {
        float sum = 0;

        for (int k = 0; k < NEAR; k++)
            sum += fabsf(t->taps[p][k]);
        t->gain = fmaxf(t->gain, sum);
    }
}

struct true_peak *
true_peak_open(int rate, int channels)
{
    struct true_peak *t = xcalloc(1, sizeof(*t));

    t->channels = channels;
    t->factor = rate < 96000 ? 4 : rate < 192000 ? 2 : 1;
    t->near = (TAPS - 1) / (size_t)t->factor;
    t->past = xcalloc((size_t)channels, sizeof(*t->past));
    t->past_peak = xcalloc((size_t)channels, sizeof(*t->past_peak));
    if (t->factor > 1)
        make_taps(t);
    return t;
}

void
true_peak_close(struct true_peak *t)
{
    free(t->past);
    free(t->past_peak);
    free(t);
}

/* The largest square of a phase over n samples behind the last NEAR ones.
 * Behind those n there is room for the lanes, with anything in it. */
static float
phase_peak(const struct true_peak *t, const float *past, const float *taps,
           size_t n)
{
    lanes best = {0};
    float square = 0, rest[LANES];

    for (size_t i = 0; i < n; i += LANES) {
        lanes sum = {0};

        for (size_t k = 0; k < t->near; k++)
            sum += lanes_from(past + NEAR + i - k) * taps[k];
        sum *= sum;
        if (i + LANES <= n) {
            best = lanes_larger(sum, best);
            continue;
        }
        lanes_to(rest, sum);
        for (size_t k = 0; i + k < n; k++)
            square = fmaxf(square, rest[k]);
    }
    for (size_t i = 0; i < LANES; i++)
        square = fmaxf(square, best[i]);
    return square;
}

/* One channel's chunk. */
static void
add_chunk(struct true_peak *t, int channel, const float *buf, size_t n)
{
    float *past = t->past[channel], peak = 0, reach;

    for (size_t i = 0; i < n; i++) {
        float x = buf[i * (size_t)t->channels];

        x = isfinite(x) ? x : 0;
        past[NEAR + i] = x;
        peak = fmaxf(peak, fabsf(x));
    }
    t->sample = fmaxf(t->sample, peak);
    reach = fmaxf(peak, t->past_peak[channel]) * t->gain;
    for (int p = 1; p < t->factor && reach * reach > t->square; p++)
        t->square = fmaxf(t->square, phase_peak(t, past, t->taps[p], n));
    /* A chunk that is shorter than that does not push out what was before. */
    if (n >= NEAR || peak > t->past_peak[channel])
        t->past_peak[channel] = peak;
    memmove(past, past + n, NEAR * sizeof(*past));
}

void
true_peak_add(struct true_peak *t, const float *buf, size_t frames)
{
    for (size_t at = 0; at < frames; at += CHUNK) {
        size_t n = frames - at < CHUNK ? frames - at : CHUNK;

        for (int c = 0; c < t->channels; c++)
            add_chunk(t, c, buf + at * (size_t)t->channels + c, n);
    }
}

double
true_peak_get(const struct true_peak *t)
{
    return fmax(t->sample, sqrt(t->square));
}
