/*
 * How similar a set's course and an audio's are, wherever the audio may begin:
 * the correlation coefficient of the audio's levels and the set's cells. The
 * sums of products come from Fourier transforms, since comparing twelve hours
 * with one would take billions of them; those of the set alone from running
 * sums.
 */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "music/align_parts.h"

#define LEAST 1e-3 /* what the squares sum to where something changes */

/* The audio's levels, their mean taken out. */
struct levels {
    size_t n;
    double squares;
    struct fft *fft;
    float complex *bins;
};

static void
levels_release(struct levels *l)
{
    fft_close(l->fft);
    free(l->bins);
}
#define auto_levels auto_cleanup(levels_release)

static double
mean_of(const float *v, size_t n, size_t step)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)v[i * step];
    return n > 0 ? sum / (double)n : 0;
}

/* size: of the transforms. */
static void
levels_init(struct levels *l, const float *audio, size_t n, size_t size)
{
    double mean = mean_of(audio, n, 1);
    float *to;

    *l = (struct levels){.n = n, .fft = fft_open(size)};
    to = fft_samples(l->fft);
    memset(to, 0, size * sizeof(*to));
    for (size_t i = 0; i < n; i++) {
        double v = (double)audio[i] - mean;

        to[i] = (float)v;
        l->squares += v * v;
    }
    fft_forward(l->fft);
    l->bins = xcalloc(size / 2 + 1, sizeof(*l->bins));
    memcpy(l->bins, fft_bins(l->fft), (size / 2 + 1) * sizeof(*l->bins));
}

/* The sums of products with the levels, from each of the samples on; as many
 * as those that `size` has room for behind the levels. */
static const float *
products(const struct levels *l, const float *set, size_t n, double mean,
         size_t size)
{
    float *v = fft_samples(l->fft);
    float complex *bins = fft_bins(l->fft);

    memset(v, 0, size * sizeof(*v));
    for (size_t i = 0; i < n; i++)
        v[i] = (float)((double)set[i * ALIGN_LEVEL_CELLS] - mean);
    fft_forward(l->fft);
    for (size_t i = 0; i <= size / 2; i++)
        bins[i] *= conjf(l->bins[i]) / (float)size;
    fft_inverse(l->fft);
    return v;
}

/* Each ALIGN_LEVEL_CELLS-th place, from the first that `set` and `like` begin
 * with: n of them. */
static void
add_places(const struct levels *l, const float *set, size_t n, size_t size,
           float *like)
{
    size_t all = n + l->n - 1;
    double mean = mean_of(set, all, ALIGN_LEVEL_CELLS), x = 0, xx = 0;
    const float *xy = products(l, set, all, mean, size);

    for (size_t i = 0; i < all; i++) {
        double v = (double)set[i * ALIGN_LEVEL_CELLS] - mean, squares;
        size_t at = i + 1 - l->n;

        x += v;
        xx += v * v;
        if (i + 1 < l->n)
            continue;
        squares = xx - x * x / (double)l->n;
        if (squares > LEAST && l->squares > LEAST)
            like[at * ALIGN_LEVEL_CELLS] +=
                (float)((double)xy[at] / sqrt(squares * l->squares));
        v = (double)set[at * ALIGN_LEVEL_CELLS] - mean;
        x -= v;
        xx -= v * v;
    }
}

void
align_likeness(const float *set, const float *audio, size_t levels, float *like,
               size_t n)
{
    size_t most = (n + ALIGN_LEVEL_CELLS - 1) / ALIGN_LEVEL_CELLS;
    size_t size = fft_good_size(most + levels);
    auto_levels struct levels l = {0};

    levels_init(&l, audio, levels, size);
    for (size_t i = 0; i < ALIGN_LEVEL_CELLS && i < n; i++)
        add_places(&l, set + i,
                   (n - i + ALIGN_LEVEL_CELLS - 1) / ALIGN_LEVEL_CELLS, size,
                   like + i);
}
