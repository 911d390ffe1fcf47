/* How far apart notes begin. */
#ifndef MUSIC_SPACING_H
#define MUSIC_SPACING_H

#include <stddef.h>

/*
 * The median of the beats from one of n notes to the next, by the beats at
 * which they begin (sorted); the notes of a chord begin together. 0: all do.
 */
double spacing_median(const double *beats, size_t n);

#endif
