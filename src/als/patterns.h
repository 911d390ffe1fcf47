/*
 * Rhythm as a listener hears it: the patterns of kick, snare and hi-hats,
 * whether it swings, and how a line moves.
 */
#ifndef ALS_PATTERNS_H
#define ALS_PATTERNS_H

#include <json-c/json.h>

#include "als/summary_parts.h"

/* {kick, snare, hats, swing}: "four on the floor", "half-time", "broken" or
 * null; "backbeat" or null; "off-beat", "quarter", "eighth", "sixteenth" or
 * null; true or false. NULL if no drums are known. */
json_object *als_drums_json(const struct als_whole *w);

/* The shares of a track's notes that begin off the beat, that move by a step of
 * one or two semitones, and that repeat the pitch before. */
struct als_motion {
    double offbeat, steps, repeats;
};
void als_motion(const struct als_whole *w, size_t track,
                struct als_motion *ret);

#endif
