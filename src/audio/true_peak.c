/*
 * Oversampling by a windowed sinc of 49 taps, split into phases: each gives one
 * of the values between two samples from the samples around them.
 */
#include "audio/true_peak.h"

#include <math.h>
#include <string.h>

#include "base/lanes.h"
#include "base/mem.h"

#define TAPS 49
#define FACTOR_MAX 4
#define NEAR 24  /* taps of a phase at most; 12 at the usual rates */
#define CHUNK 32 /* samples that are skipped, or looked at, together */

struct true_peak {
    size_t channels;
    int factor;
    size_t near; /* taps of a phase */
    float taps[FACTOR_MAX][NEAR];
    float gain;   /* the most that a phase makes of its samples */
    float sample; /* the largest sample, and the largest square between */
    float square;
    float *past;     /* NEAR samples of each channel, then new ones */
    float past_peak; /* of the last ones */
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

    t->channels = (size_t)channels;
    t->factor = rate < 96000 ? 4 : rate < 192000 ? 2 : 1;
    t->near = (TAPS - 1) / (size_t)t->factor;
    t->past = xcalloc(t->channels * (NEAR + CHUNK) + LANES, sizeof(*t->past));
    if (t->factor > 1)
        make_taps(t);
    return t;
}

void
true_peak_close(struct true_peak *t)
{
    free(t->past);
    free(t);
}

/* The largest of the first n. */
static float
largest(lanes v, size_t n)
{
    float most = 0;

    for (size_t i = 0; i < n; i++)
        most = v[i] > most ? v[i] : most;
    return most;
}

/* The largest square between n samples (all channels alternately) and those
 * before them, for all phases at once. After those n there is room for the
 * lanes, with any content. */
static float
between(const struct true_peak *t, size_t n)
{
    const float *from = t->past + NEAR * t->channels;
    lanes most = {0};
    float square = 0;

    for (size_t i = 0; i < n; i += LANES) {
        lanes sum[FACTOR_MAX] = {{0}}, best = {0};

        for (size_t k = 0; k < t->near; k++) {
            lanes v = lanes_from(from + i - k * t->channels);

            for (int p = 1; p < FACTOR_MAX; p++)
                sum[p] += v * t->taps[p][k];
        }
        for (int p = 1; p < FACTOR_MAX; p++)
            best = lanes_larger(sum[p] * sum[p], best);
        if (i + LANES <= n)
            most = lanes_larger(best, most);
        else
            square = largest(best, n - i);
    }
    return fmaxf(square, largest(most, LANES));
}

/* As many samples as a chunk has, at most. */
static void
add_chunk(struct true_peak *t, const float *buf, size_t frames)
{
    size_t n = frames * t->channels;
    float peak = lanes_peak(buf, n), reach;

    memcpy(t->past + NEAR * t->channels, buf, n * sizeof(*buf));
    t->sample = fmaxf(t->sample, peak);
    reach = fmaxf(peak, t->past_peak) * t->gain;
    if (t->factor > 1 && reach * reach > t->square)
        t->square = fmaxf(t->square, between(t, n));
    /* A chunk shorter than that does not displace the earlier one. */
    if (frames >= NEAR || peak > t->past_peak)
        t->past_peak = peak;
    memmove(t->past, t->past + n, NEAR * t->channels * sizeof(*buf));
}

void
true_peak_add(struct true_peak *t, const float *buf, size_t frames)
{
    for (size_t at = 0; at < frames; at += CHUNK)
        add_chunk(t, buf + at * t->channels,
                  frames - at < CHUNK ? frames - at : CHUNK);
}

double
true_peak_get(const struct true_peak *t)
{
    return fmax(t->sample, sqrt(t->square));
}
