/* Windows and their spectra; see view.h. */
#include "audio/view.h"

#include <math.h>
#include <stdlib.h>

#include "base/lanes.h"
#include "base/mem.h"

void
view_init(struct view *v, double rate, double sec)
{
    double squares = 0;

    v->rate = rate;
    v->n = fft_good_size((size_t)lround(rate * sec));
    v->fft = fft_open(v->n);
    v->window = xcalloc(v->n, sizeof(*v->window));
    for (size_t i = 0; i < v->n; i++) {
        double w = 0.5 - 0.5 * cos(2 * M_PI * (double)i / (double)(v->n - 1));

        v->window[i] = (float)w;
        squares += w * w;
    }
    v->power = (float)(2 / ((double)v->n * squares));
}

void
view_release(struct view *v)
{
    if (v->fft != NULL)
        fft_close(v->fft);
    free(v->window);
}

size_t
view_bin(const struct view *v, double hz)
{
    double bin = ceil(hz * (double)v->n / v->rate);

    return bin > (double)(v->n / 2) ? v->n / 2 : (size_t)bin;
}

bool
view_has(const struct view *v, const struct strip *s, int64_t at)
{
    return at + (int64_t)(v->n - v->n / 2) <= s->base + (int64_t)s->have;
}

const float complex *
view_look(struct view *v, const struct strip *s, int64_t at)
{
    const float *from = strip_at(s, at - (int64_t)(v->n / 2));
    float *to = fft_samples(v->fft);
    size_t i = 0;

    for (; i + LANES <= v->n; i += LANES)
        lanes_to(to + i, lanes_from(from + i) * lanes_from(v->window + i));
    for (; i < v->n; i++)
        to[i] = from[i] * v->window[i];
    fft_forward(v->fft);
    return fft_bins(v->fft);
}

/* The squared magnitudes of LANES bins. */
static lanes
squares_of(const float complex *bins)
{
    const float *v = (const float *)bins; /* as C lays out complex numbers */
    lanes a = lanes_from(v), b = lanes_from(v + LANES);
    lanes re = lanes_even(a, b), im = lanes_odd(a, b);

    return re * re + im * im;
}

float
view_magnitudes(const float complex *bins, size_t from, size_t to,
                float *squares)
{
    lanes sum = {0}, sum2 = {0};
    float rest = 0;

    for (; from + LANES <= to; from += LANES) {
        lanes square = squares_of(bins + from);

        sum2 += square;
        sum += lanes_root(square);
    }
    for (; from < to; from++) {
        float re = crealf(bins[from]), im = cimagf(bins[from]);
        float square = re * re + im * im;

        *squares += square;
        rest += sqrtf(square);
    }
    *squares += sum2[0] + sum2[1] + sum2[2] + sum2[3];
    return rest + sum[0] + sum[1] + sum[2] + sum[3];
}

void
view_roots(const float complex *bins, size_t n, float *ret)
{
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        lanes_to(ret + i, lanes_root(lanes_root(squares_of(bins + i))));
    for (; i < n; i++)
        ret[i] = sqrtf(cabsf(bins[i]));
}
