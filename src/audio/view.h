/*
 * A Fourier transform with its window, on samples that pass.
 */
#ifndef AUDIO_VIEW_H
#define AUDIO_VIEW_H

#include <stdbool.h>

#include "audio/strip.h"
#include "music/fft.h"

struct view {
    struct fft *fft;
    float *window;
    size_t n;
    double rate;
    float power; /* of a band: the sum of its bins' squares times this */
};

/* Over some seconds at a rate. */
void view_init(struct view *v, double rate, double sec);
void view_release(struct view *v);

/* The first bin from a frequency on; the last one at most. */
size_t view_bin(const struct view *v, double hz);
/* Whether all of the window around a sample has come. */
bool view_has(const struct view *v, const struct strip *s, int64_t at);
/* The bins of the window around it; the view's own, until the next one. */
const float complex *view_look(struct view *v, const struct strip *s,
                               int64_t at);
/* The sum of magnitudes from one bin to another; their squares are added to
 * *squares. */
float view_magnitudes(const float complex *bins, size_t from, size_t to,
                      float *squares);
/* The roots of the magnitudes of the first n bins. */
void view_roots(const float complex *bins, size_t n, float *ret);

#endif
