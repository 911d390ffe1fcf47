/*
 * Fourier transforms of real samples with FFTW: a plan with two buffers of its
 * own, used by one thread at a time. Not normalized: a forward transform and
 * its inverse multiply the samples by n.
 */
#ifndef MUSIC_FFT_H
#define MUSIC_FFT_H

#include <complex.h>
#include <stddef.h>

#include "base/auto.h"

struct fft;

/* n samples, an even number. */
struct fft *fft_open(size_t n);
void fft_close(struct fft *f);

/* The plan's own buffers: n samples, and n / 2 + 1 frequencies. */
float *fft_samples(struct fft *f);
float complex *fft_bins(struct fft *f);

/* From one buffer to the other; the inverse overwrites the bins. */
void fft_forward(struct fft *f);
void fft_inverse(struct fft *f);

/* The smallest n or larger that transforms fast: even, and a product of 2, 3
 * and 5. */
size_t fft_good_size(size_t n);

AUTO_DEFINE(auto_fft_p, struct fft *, fft_close)
#define auto_fft auto_cleanup(auto_fft_p)

#endif
