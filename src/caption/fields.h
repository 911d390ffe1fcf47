/*
 * The caption's fields, as dataset formats want them: {description, genre,
 * moods[], instruments[], keywords[], bpm, key, evidence}, always all present.
 * The fields agree with the line: tempo and key are the line's if it states
 * them, and otherwise the set's.
 */
#ifndef CAPTION_FIELDS_H
#define CAPTION_FIELDS_H

#include <json-c/json.h>

#include "music/facts.h"
#include "caption/style.h"

/* answer: what the writer returned besides the line, NULL if nothing; borrowed.
 * The caller puts the result. */
json_object *fields_make(const char *line, const struct facts *f,
                         const struct style *s, json_object *answer);
/* The same for a model that was given audio. heard: it did hear it; then what
 * it heard is evidence, and if the set does not tell whether there are vocals,
 * `vocals` is "yes" or "no" as it heard. */
json_object *fields_make_heard(const char *line, const struct facts *f,
                               const struct style *s, json_object *answer,
                               bool heard);

/* Turn the fields of `written` into those of `text`, the user's edit of it:
 * what the text no longer says is removed, what is new is the user's
 * ("person"). */
void fields_edit(json_object *fields, const char *written, const char *text);

/* The fields of a text that a user wrote from scratch: what is in neither set
 * nor schema is the user's ("person"). The caller puts it. */
json_object *fields_by_hand(const char *text, const struct facts *f,
                            const struct style *s);

#endif
