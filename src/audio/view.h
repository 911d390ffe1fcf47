/*
 * A Fourier transform with its window, on passing samples.
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

/* Over this many seconds at a rate. */
void view_init(struct view *v, double rate, double sec);
void view_release(struct view *v);

/* The first bin from a frequency on; at most the last one. */
size_t view_bin(const struct view *v, double hz);
/* Whether the whole window around a sample has arrived. */
bool view_has(const struct view *v, const struct strip *s, int64_t at);
/* The bins of the window around it; owned by the view, valid until the next
 * call. */
const float complex *view_look(struct view *v, const struct strip *s,
                               int64_t at);
/* The sum of magnitudes from one bin to another; the sum of their squares is
 * added to *squares. */
float view_magnitudes(const float complex *bins, size_t from, size_t to,
                      float *squares);
/* The square roots of the magnitudes of the first n bins. */
void view_roots(const float complex *bins, size_t n, float *ret);

#endif
