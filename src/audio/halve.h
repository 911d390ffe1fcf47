/*
 * Halves the sample rate: a half-band filter of 31 taps, flat to 0.4 of the new
 * rate, 50 dB down from 0.6 of it on; then every other sample is dropped.
 */
#ifndef AUDIO_HALVE_H
#define AUDIO_HALVE_H

#include <stdbool.h>
#include <stddef.h>

#define HALVE_TAPS 31
#define HALVE_LATE 14    /* see halve_add */
#define HALVE_BLOCK 2048 /* most samples taken at once; even */

struct halve {
    /* The previous samples: those at even places, and those between them. */
    float even[HALVE_TAPS / 2 + HALVE_BLOCK / 2 + 4];
    float odd[HALVE_TAPS / 2 + HALVE_BLOCK / 2 + 4];
    float left; /* an even one that waits for its odd one */
    bool has_left;
};

/* A zeroed struct is ready for use. Halves n samples in place and returns the
 * new number. Output sample i corresponds to input sample 2i - HALVE_LATE. */
size_t halve_add(struct halve *h, float *samples, size_t n);

#endif
