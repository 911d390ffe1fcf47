/* Plans of FFTW; the only file that calls it. */
#include "music/fft.h"

/* <complex.h> comes before it, so that it uses C's complex numbers. */
#include <fftw3.h>
#include <pthread.h>
#include <string.h>

#include "base/mem.h"

/* FFTW plans one thing at a time; only carrying plans out is free of locks. */
static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

struct fft {
    float *samples;
    fftwf_complex *bins;
    fftwf_plan forward;
    fftwf_plan inverse; /* made when it is first wanted */
    size_t n;
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

struct fft *
fft_open(size_t n)
{
    struct fft *f = xcalloc(1, sizeof(*f));

    f->n = n;
    f->samples = aligned(n, sizeof(*f->samples));
    f->bins = aligned(n / 2 + 1, sizeof(*f->bins));
    pthread_mutex_lock(&planner);
    f->forward = fftwf_plan_dft_r2c_1d((int)n, f->samples, f->bins,
                                       FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
    pthread_mutex_unlock(&planner);
    if (f->forward == NULL)
        abort();
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

void
fft_forward(struct fft *f)
{
    fftwf_execute(f->forward);
}

void
fft_inverse(struct fft *f)
{
    if (f->inverse == NULL) {
        pthread_mutex_lock(&planner);
        f->inverse = fftwf_plan_dft_c2r_1d((int)f->n, f->bins, f->samples,
                                           FFTW_ESTIMATE);
        pthread_mutex_unlock(&planner);
        if (f->inverse == NULL)
            abort();
    }
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
