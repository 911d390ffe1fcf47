/*
 * Plans of FFTW; the only file that calls it. Samples are taken in pairs, as
 * half as many complex numbers, and what comes out is untangled here: FFTW
 * plans a complex transform in 0.1 to 0.2 ms of any length that we use, a real
 * one in up to 4 ms, and most processes need each length only a few times.
 */
#include "music/fft.h"

/* <complex.h> comes before it, so that it uses C's complex numbers. */
#include <fftw3.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "base/lanes.h"
#include "base/mem.h"

/* FFTW plans one thing at a time; only carrying plans out is free of locks. */
static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

struct fft {
    float *samples;
    fftwf_complex *bins;
    float *sine, *cosine; /* of a bin's share of a turn */
    fftwf_plan forward;
    fftwf_plan inverse; /* made when it is first wanted */
    size_t pairs;
};

/* Memory that vector instructions like. */
static void *
aligned(size_t n, size_t size)
{
    void *p = fftwf_malloc(n * size);

    if (p == NULL)
        abort(); /* as xmalloc does */
    memset(p, 0, n * size);
    return p;
}

static fftwf_plan
plan(struct fft *f, bool inverse)
{
    fftwf_complex *samples = (fftwf_complex *)f->samples;
    fftwf_plan p;

    pthread_mutex_lock(&planner);
    p = fftwf_plan_dft_1d(
        (int)f->pairs, inverse ? f->bins : samples, inverse ? samples : f->bins,
        inverse ? FFTW_BACKWARD : FFTW_FORWARD, FFTW_ESTIMATE);
    pthread_mutex_unlock(&planner);
    if (p == NULL)
        abort();
    return p;
}

struct fft *
fft_open(size_t n)
{
    struct fft *f = xcalloc(1, sizeof(*f));

    f->pairs = n / 2;
    f->samples = aligned(n, sizeof(*f->samples));
    f->bins = aligned(f->pairs + 1, sizeof(*f->bins));
    f->sine = aligned(f->pairs / 2 + 1, sizeof(*f->sine));
    f->cosine = aligned(f->pairs / 2 + 1, sizeof(*f->cosine));
    for (size_t k = 0; k <= f->pairs / 2; k++) {
        double turn = 2 * M_PI * (double)k / (double)n;

        f->sine[k] = (float)sin(turn);
        f->cosine[k] = (float)cos(turn);
    }
    f->forward = plan(f, false);
    return f;
}

void
fft_close(struct fft *f)
{
    pthread_mutex_lock(&planner);
    fftwf_destroy_plan(f->forward);
    if (f->inverse != NULL)
        fftwf_destroy_plan(f->inverse);
    pthread_mutex_unlock(&planner);
    fftwf_free(f->samples);
    fftwf_free(f->bins);
    fftwf_free(f->sine);
    fftwf_free(f->cosine);
    free(f);
}

float *
fft_samples(struct fft *f)
{
    return f->samples;
}

float complex *
fft_bins(struct fft *f)
{
    return f->bins;
}

/* What bins have in common with their mirror bins comes from the even samples,
 * the rest, turned, from the odd ones. */
struct halves {
    lanes even_re, even_im, odd_re, odd_im;
};

/* From the bins of pairs to those of samples; the way back is the same but for
 * the turn's direction and a factor of 2. */
struct way {
    float scale, turn;
};
static const struct way forth = {0.5f, 1}, back = {1, -1};

static struct halves
halves_of(const struct way *way, lanes a_re, lanes a_im, lanes b_re, lanes b_im,
          lanes sine, lanes cosine)
{
    lanes re = (a_re - b_re) * way->scale, im = (a_im + b_im) * way->scale;

    cosine *= way->turn;
    return (struct halves){.even_re = (a_re + b_re) * way->scale,
                           .even_im = (a_im - b_im) * way->scale,
                           .odd_re = cosine * im - sine * re,
                           .odd_im = -(cosine * re + sine * im)};
}

static void
untangle(const struct fft *f, const struct way *way)
{
    size_t k = 1, m = f->pairs;

    for (; 2 * (k + LANES - 1) < m; k += LANES) {
        float *a = (float *)(f->bins + k);
        float *b = (float *)(f->bins + m - k - LANES + 1);
        lanes a1 = lanes_from(a), a2 = lanes_from(a + LANES);
        lanes b1 = lanes_from(b), b2 = lanes_from(b + LANES);
        struct halves h =
            halves_of(way, lanes_even(a1, a2), lanes_odd(a1, a2),
                      lanes_even_back(b1, b2), lanes_odd_back(b1, b2),
                      lanes_from(f->sine + k), lanes_from(f->cosine + k));

        lanes_deal(a, h.even_re + h.odd_re, h.even_im + h.odd_im);
        lanes_deal_back(b, h.even_re - h.odd_re, h.odd_im - h.even_im);
    }
    for (; 2 * k <= m; k++) {
        fftwf_complex *a = f->bins + k, *b = f->bins + m - k;
        struct halves h =
            halves_of(way, lanes_all(crealf(*a)), lanes_all(cimagf(*a)),
                      lanes_all(crealf(*b)), lanes_all(cimagf(*b)),
                      lanes_all(f->sine[k]), lanes_all(f->cosine[k]));

        *a = h.even_re[0] + h.odd_re[0] + (h.even_im[0] + h.odd_im[0]) * I;
        *b = h.even_re[0] - h.odd_re[0] + (h.odd_im[0] - h.even_im[0]) * I;
    }
}

void
fft_forward(struct fft *f)
{
    float complex first;

    fftwf_execute(f->forward);
    first = f->bins[0];
    f->bins[0] = crealf(first) + cimagf(first);
    f->bins[f->pairs] = crealf(first) - cimagf(first);
    untangle(f, &forth);
}

void
fft_inverse(struct fft *f)
{
    float first = crealf(f->bins[0]), last = crealf(f->bins[f->pairs]);

    if (f->inverse == NULL)
        f->inverse = plan(f, true);
    f->bins[0] = (first + last) + (first - last) * I;
    untangle(f, &back);
    fftwf_execute(f->inverse);
}

size_t
fft_good_size(size_t n)
{
    for (n += n % 2;; n += 2) {
        size_t rest = n;

        while (rest % 2 == 0)
            rest /= 2;
        while (rest % 3 == 0)
            rest /= 3;
        while (rest % 5 == 0)
            rest /= 5;
        if (rest == 1)
            return n;
    }
}
