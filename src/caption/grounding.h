/*
 * What a caption says, held against what the set says: tempo (half and double
 * time known), key (enharmonics and relatives known), meter, instruments and
 * roles, vocals, length. Only contradictions are told; what the set leaves
 * open is the writer's to say.
 */
#ifndef CAPTION_GROUNDING_H
#define CAPTION_GROUNDING_H

#include <json-c/json.h>
#include <stdbool.h>

#include "music/facts.h"

/*
 * An array of {field, said, set, start, end} in the order of the text: field
 * is "tempo", "key", "meter", "instruments", "vocals" or "length"; said is the
 * text's own words from start to end, in code points; set is what could stand
 * there instead. The caller puts it.
 */
json_object *grounding_check(const struct facts *f, const char *text);

/* Whether tempo or key are among the warnings: then a model is asked again. */
bool grounding_must_ask_again(json_object *warnings);

/* What the text itself says: the first tempo (0: none), the first key. */
double grounding_said_bpm(const char *text);
struct key grounding_said_key(const char *text);

#endif
