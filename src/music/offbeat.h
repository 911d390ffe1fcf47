/* How many notes of a line are played against the beat. */
#ifndef MUSIC_OFFBEAT_H
#define MUSIC_OFFBEAT_H

#include <stddef.h>

/*
 * The share of n notes, by the beats at which they begin (sorted), that begin
 * between two beats of which not both are struck. Even eighths or sixteenths
 * strike every beat, and have none.
 */
double offbeat_share(const double *beats, size_t n);

#endif
