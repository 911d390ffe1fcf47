/*
 * The caption's fields, as dataset formats want them: {description, genre,
 * moods[], instruments[], keywords[], bpm, key, evidence}, all always there.
 * What the fields say is what the line says: tempo and key are the line's own
 * if it states them, and the set's if it is silent.
 */
#ifndef CAPTION_FIELDS_H
#define CAPTION_FIELDS_H

#include <json-c/json.h>

#include "music/facts.h"
#include "caption/style.h"

/* answer: what the writer gave beside the line, NULL where it gave nothing;
 * borrowed. The caller puts what is returned. */
json_object *fields_make(const char *line, const struct facts *f,
                         const struct style *s, json_object *answer);
/* The same of a model that was given audio. heard: it did hear; then what it
 * has from there is evidence, and where the set does not tell whether there
 * are vocals, `vocals` is "yes" or "no" as it heard. */
json_object *fields_make_heard(const char *line, const struct facts *f,
                               const struct style *s, json_object *answer,
                               bool heard);

/* Fields of `written` become those of `text`, the line that a person made of
 * it: what it says no more goes, what came is theirs ("person"). */
void fields_edit(json_object *fields, const char *written, const char *text);

/* Of a text that a person wrote from the start: what neither set nor schema
 * has is theirs. The caller puts it. */
json_object *fields_by_hand(const char *text, const struct facts *f,
                            const struct style *s);

#endif
