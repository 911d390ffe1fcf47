/*
 * Rhythm as a listener hears it: the patterns of kick, snare and hi-hats, and
 * whether it swings.
 */
#ifndef ALS_PATTERNS_H
#define ALS_PATTERNS_H

#include <json-c/json.h>

#include "als/summary_parts.h"

/* {kick, snare, hats, swing}: "four on the floor", "half-time", "broken" or
 * null; "backbeat" or null; "off-beat", "quarter", "eighth", "sixteenth" or
 * null; true or false. NULL if no drums are known. */
json_object *als_drums_json(const struct als_whole *w);

#endif
