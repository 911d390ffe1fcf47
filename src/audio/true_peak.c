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
#define NEAR 24 /* taps of a phase at most; 12 at the usual rates */
#define PAIRS (NEAR / 2)
#define CHUNK 32 /* samples that are skipped, or looked at, together */

/* Taps k and near - 1 - k of the phases, for the sum and for the difference of
 * their two samples, in all lanes. The last phase is the first one the other
 * way round, so that only the difference changes its sign; the middle phase is
 * its own mirror image and has none. */
struct taps {
    lanes middle, sum, difference;
};

struct true_peak {
    size_t channels;
    int factor;
    size_t near; /* taps of a phase */
    struct taps taps[PAIRS];
    float gain;   /* the most that a phase makes of its samples */
    float sample; /* the largest sample, and the largest square between */
    float square;
    float *past;     /* NEAR samples of each channel, then new ones */
    float past_peak; /* of the last ones */
};

/* Tap k of a phase, the newest sample first. Phase 0 is the sample itself. */
static double
tap(const struct true_peak *t, int phase, size_t k)
{
    double i = phase + t->factor * (double)k;
    double x = (i - (TAPS - 1) / 2) * M_PI / t->factor;

    return sin(x) / x * 0.5 * (1 - cos(2 * M_PI * i / (TAPS - 1)));
}

static void
make_taps(struct true_peak *t)
{
    int middle = t->factor / 2;
    double gain[2] = {0};

    for (size_t k = 0; k < t->near / 2; k++) {
        size_t other = t->near - 1 - k;
        double a = 0, b = 0, m = tap(t, middle, k);

        if (middle > 1) {
            a = tap(t, 1, k);
            b = tap(t, 1, other);
        }
        t->taps[k] =
            (struct taps){lanes_all((float)m), lanes_all((float)((a + b) / 2)),
                          lanes_all((float)((a - b) / 2))};
        gain[0] += 2 * fabs(m);
        gain[1] += fabs(a) + fabs(b);
    }
    t->gain = (float)fmax(gain[0], gain[1]);
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
    size_t far = (t->near - 1) * t->channels;
    lanes most = {0};
    float square = 0;

    for (size_t i = 0; i < n; i += LANES) {
        lanes middle = {0}, sum = {0}, difference = {0}, side;
        const float *a = from + i, *b = from + i - far;

        for (size_t k = 0; k < t->near / 2; k++) {
            lanes v = lanes_from(a), w = lanes_from(b);

            middle += (v + w) * t->taps[k].middle;
            sum += (v + w) * t->taps[k].sum;
            difference += (v - w) * t->taps[k].difference;
            a -= t->channels;
            b += t->channels;
        }
        /* The first phase or the last, whichever is larger. */
        side = lanes_abs(sum) + lanes_abs(difference);
        side = lanes_larger(side * side, middle * middle);
        if (i + LANES <= n)
            most = lanes_larger(side, most);
        else
            square = largest(side, n - i);
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
