/*
 * Cross-correlation by Fourier transform, normalized at each offset by how
 * much the set lets expect in the stretch that the audio would cover.
 */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "music/align_parts.h"

#define SIZE_STEP 8192 /* frames; sets of about one length share a size */
#define CHROMA_STEP 1024
#define ENERGY_LEAST 0.5f
#define ENERGY_HALF 6.0f /* expected so much, a stream counts by half */
#define CHROMA_HALF 12.5f
#define OVERLAP 0.5 /* of the shorter side, at least */

void
align_cache_release(struct align_cache *c)
{
    if (c->fft != NULL)
        fft_close(c->fft);
    if (c->chroma_fft != NULL)
        fft_close(c->chroma_fft);
    for (int k = 0; k < STREAMS; k++)
        free(c->bins[k]);
    for (int p = 0; p < 12; p++)
        free(c->chroma_bins[p]);
    *c = (struct align_cache){0};
}

void
align_curve_release(struct align_curve *c)
{
    free(c->on);
    free(c->both);
    free(c->heavy);
    *c = (struct align_curve){0};
}

static size_t
size_for(size_t n, size_t step)
{
    return fft_good_size((n + step - 1) / step * step);
}

/* Values, every stride-th of them, and then silence, to bins. */
static void
transform(struct fft *f, size_t size, const float *v, size_t n, size_t stride)
{
    float *to = fft_samples(f);

    for (size_t i = 0; i < n; i++)
        to[i] = v[i * stride];
    memset(to + n, 0, (size - n) * sizeof(*to));
    fft_forward(f);
}

static float complex *
kept_bins(struct fft *f, size_t size)
{
    float complex *bins = xcalloc(size / 2 + 1, sizeof(*bins));

    memcpy(bins, fft_bins(f), (size / 2 + 1) * sizeof(*bins));
    return bins;
}

static void
cache_for(struct align_cache *c, const struct align_side *audio, size_t size,
          size_t chroma_size)
{
    if (c->size == size && c->chroma_size == chroma_size)
        return;
    align_cache_release(c);
    c->size = size;
    c->chroma_size = chroma_size;
    c->fft = fft_open(size);
    c->chroma_fft = fft_open(chroma_size);
    for (int k = 0; k < STREAMS; k++) {
        transform(c->fft, size, audio->stream[k], audio->n, 1);
        c->bins[k] = kept_bins(c->fft, size);
    }
    for (int p = 0; p < 12; p++) {
        transform(c->chroma_fft, chroma_size, &audio->chroma[0][p],
                  audio->chroma_n, 12);
        c->chroma_bins[p] = kept_bins(c->chroma_fft, chroma_size);
    }
}

/* bins of f *= the conjugate of what was kept; transformed back, this is the
 * sum of products at each lag. */
static void
hold_against(struct fft *f, size_t size, const float complex *kept)
{
    float complex *bins = fft_bins(f);

    for (size_t i = 0; i <= size / 2; i++) {
        float a = crealf(bins[i]), b = cimagf(bins[i]);
        float c = crealf(kept[i]), d = cimagf(kept[i]);

        bins[i] = CMPLXF(a * c + b * d, b * c - a * d);
    }
}

/* The sums of squares before each place; one more than there are. */
static double *
sums(const float *v, size_t n, size_t width)
{
    double *sum = xcalloc(n + 1, sizeof(*sum));

    for (size_t i = 0; i < n; i++) {
        sum[i + 1] = sum[i];
        for (size_t k = 0; k < width; k++)
            sum[i + 1] += (double)(v[i * width + k] * v[i * width + k]);
    }
    return sum;
}

/* Of the part of the set that audio of `len` frames covers, at each of n
 * offsets from `first` on: the sum of squares. */
static float *
energies(const double *sum, size_t n, int first, size_t len, size_t offsets)
{
    float *en = xcalloc(offsets, sizeof(*en));

    for (size_t i = 0; i < offsets; i++) {
        long from = (long)first + (long)i, to = from + (long)len;
        size_t a = from < 0 ? 0 : (size_t)from > n ? n : (size_t)from;
        size_t b = to < 0 ? 0 : (size_t)to > n ? n : (size_t)to;

        en[i] = (float)(sum[b] - sum[a]);
    }
    return en;
}

/* Add one stream's similarity at each offset, with its weight. */
static void
add_stream(struct align_cache *c, const struct align_side *audio,
           const struct align_side *set, int k, struct align_curve *to,
           float *weight)
{
    auto_free double *sum = sums(set->stream[k], set->n, 1);
    auto_free float *en = energies(sum, set->n, to->first, audio->n, to->n);
    const float *r = fft_samples(c->fft);
    size_t wrapped = (size_t)-to->first; /* offsets below 0 are at the end */
    float scale;

    transform(c->fft, c->size, set->stream[k], set->n, 1);
    hold_against(c->fft, c->size, c->bins[k]);
    fft_inverse(c->fft);
    scale = (float)(1 / (double)c->size / (sqrt(audio->energy[k]) + 1e-9));
    for (size_t i = 0; i < to->n; i++) {
        float w = en[i] / (en[i] + ENERGY_HALF);
        float at = i < wrapped ? r[c->size - wrapped + i] : r[i - wrapped];

        to->on[i] += w * at * scale / sqrtf(fmaxf(en[i], ENERGY_LEAST));
        weight[i] += w;
        if (k == STREAM_ALL)
            to->heavy[i] = w;
    }
}

/* The same of the pitch classes, at their own slower pace. */
static float *
chroma_products(struct align_cache *c, const struct align_side *set)
{
    float complex *sum = xcalloc(c->chroma_size / 2 + 1, sizeof(*sum));
    auto_free float complex *owned = sum;

    for (int p = 0; p < 12; p++) {
        const float complex *bins = fft_bins(c->chroma_fft);

        transform(c->chroma_fft, c->chroma_size, &set->chroma[0][p],
                  set->chroma_n, 12);
        hold_against(c->chroma_fft, c->chroma_size, c->chroma_bins[p]);
        for (size_t i = 0; i <= c->chroma_size / 2; i++)
            sum[i] += bins[i];
    }
    memcpy(fft_bins(c->chroma_fft), sum,
           (c->chroma_size / 2 + 1) * sizeof(*sum));
    fft_inverse(c->chroma_fft);
    return fft_samples(c->chroma_fft);
}

static void
add_chroma(struct align_cache *c, const struct align_side *audio,
           const struct align_side *set, struct align_curve *to,
           const float *weight)
{
    auto_free double *sum = sums(set->chroma[0], set->chroma_n, 12);
    auto_free double *own = sums(audio->chroma[0], audio->chroma_n, 12);
    int first = to->first / SOUND_CHROMA_HOP - 1;
    auto_free float *en = energies(sum, set->chroma_n, first, audio->chroma_n,
                                   to->n / SOUND_CHROMA_HOP + 4);
    const float *r = chroma_products(c, set);
    float scale = (float)(1 / (double)c->chroma_size /
                          (sqrt(own[audio->chroma_n]) + 1e-9));

    for (size_t i = 0; i < to->n; i++) {
        /* The nearest; an offset below 0 is at the end. */
        int o = (to->first + (int)i + SOUND_CHROMA_HOP / 2 +
                 ALIGN_LEAD * SOUND_CHROMA_HOP) /
                    SOUND_CHROMA_HOP -
                ALIGN_LEAD;
        float e = en[o - first], w = e / (e + CHROMA_HALF);
        float at = r[o < 0 ? (size_t)(o + (int)c->chroma_size) : (size_t)o];
        float like = at * scale / sqrtf(fmaxf(e, ENERGY_LEAST));

        to->both[i] = (to->on[i] + w * like) / fmaxf(weight[i] + w, 1);
        to->on[i] /= fmaxf(weight[i], 1);
    }
}

void
align_slide(struct align_cache *c, const struct align_side *audio,
            const struct align_side *set, struct align_curve *ret)
{
    size_t shorter = audio->n < set->n ? audio->n : set->n;
    size_t last = set->n - (size_t)((double)shorter * OVERLAP);
    auto_free float *weight = NULL;

    cache_for(c, audio, size_for(audio->n + set->n + ALIGN_LEAD + 2, SIZE_STEP),
              size_for(audio->chroma_n + set->chroma_n + ALIGN_LEAD + 2,
                       CHROMA_STEP));
    ret->first = -ALIGN_LEAD;
    ret->n = last + ALIGN_LEAD + 1;
    ret->on = xcalloc(ret->n, sizeof(*ret->on));
    ret->both = xcalloc(ret->n, sizeof(*ret->both));
    ret->heavy = xcalloc(ret->n, sizeof(*ret->heavy));
    weight = xcalloc(ret->n, sizeof(*weight));
    for (int k = 0; k < STREAMS; k++)
        add_stream(c, audio, set, k, ret, weight);
    add_chroma(c, audio, set, ret, weight);
}
