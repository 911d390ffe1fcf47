/*
 * Shapes onset strength so that what was heard can be compared with what was
 * expected, and either with itself some time later.
 */
#ifndef MUSIC_SHAPE_H
#define MUSIC_SHAPE_H

#include <stddef.h>

#include "music/sound.h"

/* Values at 50 a second, in place: smoothed by a Gaussian of 26 ms, less the
 * mean of the surrounding 4 seconds. */
void shape_onsets(float *v, size_t n);

/* The average of the three bands, each weighted by how many narrow bands it
 * sums; n frames from `from` on. */
void shape_sum(const struct sound *s, size_t from, size_t n, float *ret);

/* The frames without the silence at both ends (60 dB below the loudest): *ret_n
 * frames from *ret_from on; none if all is silent. */
void shape_ends(const struct sound *s, size_t *ret_from, size_t *ret_n);

#endif
