/*
 * Autocorrelation by Fourier transform, a comb over it, and a finer look at
 * the best period.
 */
#include "audio/tempo.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "music/fft.h"
#include "music/shape.h"

#define BPM_MIN 50.0
#define BPM_MAX 210.0
#define STEP 1.0005    /* to the next that is tried */
#define USUAL 120.0    /* prefers this among half and double */
#define FRAMES_MIN 250 /* less than five seconds say nothing */
#define NEAR 8         /* beats later; these choose the tempo */
#define FAR_FIRST 5    /* these decide whether the period is kept */
#define FAR 16
#define FINE 32         /* these give it to a thousandth, */
#define FINE_SHARE 0.01 /* around the chosen one */
#define FINE_STEP 1.0001
#define SMEARED 4.6 /* frames that the shape smears over each other */
#define CHANCE 3.0  /* standard deviations: what many tries bring */
#define KEPT 0.62   /* of music with a strict tempo */

/* How similar the shape is to itself i frames later; at[0] is 1. */
struct likeness {
    float *at;
    size_t n;
};

static void
likeness_release(struct likeness *l)
{
    free(l->at);
}
#define auto_likeness auto_cleanup(likeness_release)

static void
likeness_init(struct likeness *l, const float *v, size_t n)
{
    size_t size = fft_good_size(2 * n);
    auto_fft struct fft *f = fft_open(size);
    float complex *bins = fft_bins(f);
    float *r = fft_samples(f);

    memcpy(r, v, n * sizeof(*r)); /* the rest is 0 */
    fft_forward(f);
    for (size_t i = 0; i <= size / 2; i++)
        bins[i] = crealf(bins[i]) * crealf(bins[i]) +
                  cimagf(bins[i]) * cimagf(bins[i]);
    fft_inverse(f);
    l->n = n / 2;
    l->at = xcalloc(l->n, sizeof(*l->at));
    for (size_t i = 0; i < l->n && r[0] > 0; i++)
        l->at[i] = r[i] / r[0] * (float)n / (float)(n - i);
}

/* Between two frames. */
static double
like(const struct likeness *l, double lag)
{
    size_t i = (size_t)lag;
    double part = lag - (double)i;

    return i + 1 < l->n ? (1 - part) * l->at[i] + part * l->at[i + 1] : 0;
}

/* The mean likeness after each of the beats from..to that there is room
 * for; *ret_n of them. */
static double
comb(const struct likeness *l, double bpm, int from, int to, int *ret_n)
{
    double period = 60 * SOUND_FPS / bpm, sum = 0;
    int n = 0;

    for (int k = from; k <= to && k * period + 1 < (double)l->n; k++, n++)
        sum += like(l, k * period);
    *ret_n = n;
    return n > 0 ? sum / n : 0;
}

static double
choose(const struct likeness *l)
{
    double best = 0, most = 0;
    int n;

    for (double bpm = BPM_MIN; bpm < BPM_MAX; bpm *= STEP) {
        double off = log2(bpm / USUAL);
        double score = comb(l, bpm, 1, NEAR, &n) * exp(-0.5 * off * off);

        if (score > most) {
            most = score;
            best = bpm;
        }
    }
    return best;
}

static double
refine(const struct likeness *l, double chosen)
{
    double best = chosen, most = 0;
    int n;

    for (double bpm = chosen * (1 - FINE_SHARE);
         bpm < chosen * (1 + FINE_SHARE); bpm *= FINE_STEP) {
        double score = comb(l, bpm, 1, FINE, &n);

        if (score > most) {
            most = score;
            best = bpm;
        }
    }
    return best;
}

/* The deviation of the mean of n similarities for onsets without any order. */
static double
chance(size_t frames, int n)
{
    return CHANCE / sqrt((double)frames / SMEARED * n);
}

static double
confidence(const struct likeness *l, size_t frames, double bpm)
{
    int n;
    double kept = comb(l, bpm, FAR_FIRST, FAR, &n);

    if (n == 0)
        return 0;
    return fmin(fmax((kept - chance(frames, n)) / KEPT, 0), 1);
}

void
tempo_of(const struct sound *s, double *ret_bpm, double *ret_confidence)
{
    auto_likeness struct likeness l = {0};
    auto_free float *v = NULL;
    double bpm;
    size_t from, n;

    *ret_bpm = *ret_confidence = 0;
    shape_ends(s, &from, &n);
    if (n < FRAMES_MIN)
        return;
    v = xcalloc(n, sizeof(*v));
    shape_sum(s, from, n, v);
    shape_onsets(v, n);
    likeness_init(&l, v, n);
    bpm = choose(&l);
    if (bpm <= 0)
        return;
    *ret_bpm = refine(&l, bpm);
    *ret_confidence = confidence(&l, n, *ret_bpm);
}
