/*
 * Half the sample rate: a half-band filter of 31 taps, flat to 0.4 of the new
 * rate, 50 dB down from 0.6 of it on; then every other sample falls out.
 */
#ifndef AUDIO_HALVE_H
#define AUDIO_HALVE_H

#include <stdbool.h>
#include <stddef.h>

#define HALVE_TAPS 31
#define HALVE_LATE 14    /* see halve_add */
#define HALVE_BLOCK 2048 /* samples that are taken at once, at most; even */

struct halve {
    /* Those at even places and those between them, the last ones before. */
    float even[HALVE_TAPS / 2 + HALVE_BLOCK / 2 + 4];
    float odd[HALVE_TAPS / 2 + HALVE_BLOCK / 2 + 4];
    float left; /* an even one whose odd one is still to come */
    bool has_left;
};

/* Zeroed is ready. Half of n samples, in place; returns how many. The i-th
 * that comes out is what stood at 2i - HALVE_LATE. */
size_t halve_add(struct halve *h, float *samples, size_t n);

#endif
