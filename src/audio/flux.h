/*
 * Onset strength of one band: how much it rises, on a logarithmic scale on
 * which all bands' loud moments are the same.
 */
#ifndef AUDIO_FLUX_H
#define AUDIO_FLUX_H

#include <stddef.h>

/* Magnitudes of n frames, `step` floats apart; how much they rise is added,
 * times share, to n values. n is at least 1. */
void flux_add(const float *band, size_t step, size_t n, float share, float *to);

#endif
