/*
 * The caption's fields, as dataset formats want them: {description, genre,
 * moods[], instruments[], keywords[], bpm, key}, all always there. What the
 * fields say is what the line says: tempo and key are the line's own where it
 * states them, and the set's where it is silent.
 */
#ifndef CAPTION_FIELDS_H
#define CAPTION_FIELDS_H

#include <json-c/json.h>

#include "caption/facts.h"
#include "caption/style.h"

/* answer: what the writer gave beside the line, NULL where it gave nothing;
 * borrowed. The caller puts what is returned. */
json_object *fields_make(const char *line, const struct facts *f,
                         const struct style *s, json_object *answer);

#endif
