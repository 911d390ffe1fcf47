/*
 * Compares a caption with the set: tempo (also at half and double time), key
 * (also enharmonics and relatives), chords, meter, instruments and roles,
 * vocals, length. Only contradictions are reported; the writer may say anything
 * that the set leaves open.
 */
#ifndef CAPTION_GROUNDING_H
#define CAPTION_GROUNDING_H

#include <json-c/json.h>
#include <stdbool.h>

#include "music/facts.h"

/*
 * An array of {field, said, set, start, end} in the order of the text: field is
 * "tempo", "key", "chords", "meter", "instruments", "vocals" or "length"; said
 * is the text's own words from start to end, in code points; set is what could
 * replace them. The caller puts it.
 */
json_object *grounding_check(const struct facts *f, const char *text);

/* Whether the warnings include tempo, key or chords: then the model is asked
 * again. */
bool grounding_must_ask_again(json_object *warnings);

/* What the text itself states: the first tempo (0: none), the first key. */
double grounding_said_bpm(const char *text);
struct key grounding_said_key(const char *text);

#endif
