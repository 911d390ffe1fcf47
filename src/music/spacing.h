/* How far apart notes begin. */
#ifndef MUSIC_SPACING_H
#define MUSIC_SPACING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The median of the beats from one of n notes to the next, by the beats at
 * which they begin (sorted); the notes of a chord begin together. 0: all do.
 */
double spacing_median(const double *beats, size_t n);

/*
 * Whether the hits of a bar, a bit for each sixteenth, are as far from each
 * other as from those of the next bar: a kick after each beat is as even as one
 * on each. False without any.
 */
bool spacing_even(uint16_t grid);

#endif
