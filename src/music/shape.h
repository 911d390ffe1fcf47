/*
 * Onset strength made comparable: what was heard and what was expected, and
 * either with itself some time later.
 */
#ifndef MUSIC_SHAPE_H
#define MUSIC_SHAPE_H

#include <stddef.h>

#include "music/sound.h"

/* Values 50 a second, in place: a Gaussian of 26 ms over each moment, less
 * the mean of the 4 seconds around it. */
void shape_onsets(float *v, size_t n);

/* The three bands together, each by how many it was made of; n frames from
 * `from` on. */
void shape_sum(const struct sound *s, size_t from, size_t n, float *ret);

/* The frames from *ret_from on, *ret_n of them, that are not the silence at
 * the ends (60 dB below the loudest); none where all is silent. */
void shape_ends(const struct sound *s, size_t *ret_from, size_t *ret_n);

#endif
