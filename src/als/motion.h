/*
 * How a line moves, from note to note.
 */
#ifndef ALS_MOTION_H
#define ALS_MOTION_H

#include <stddef.h>

#include "als/summary_parts.h"

/* The shares of a track's notes, 0 to 1, that begin off the beat, that move by
 * a step of one or two semitones, and that repeat the pitch before. */
struct als_motion {
    double offbeat, steps, repeats;
};
void als_motion(const struct als_whole *w, size_t track,
                struct als_motion *ret);

#endif
