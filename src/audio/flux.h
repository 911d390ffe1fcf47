/*
 * Onset strength of one band: how much it rises, on a logarithmic scale on
 * which the loud moments of all bands are equal.
 */
#ifndef AUDIO_FLUX_H
#define AUDIO_FLUX_H

#include <stddef.h>

/* Magnitudes of n frames, `step` floats apart. Each rise, times share, is added
 * to one of n values in `to`. n is at least 1. */
void flux_add(const float *band, size_t step, size_t n, float share, float *to);

#endif
