/* The evidence for each word of a caption. */
#ifndef CAPTION_EVIDENCE_H
#define CAPTION_EVIDENCE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "caption/style.h"
#include "music/facts.h"

/* The source of words that come from neither the set nor the schema. */
struct ears {
    bool heard;         /* a model heard the audio */
    json_object *words; /* those that it says it heard: an array of texts,
                         * borrowed; NULL: it did not say, so all words
                         * without another source */
};

/* fields: a caption's, without evidence. Returns an object that maps each word
 * of its genre, moods, instruments and keywords, its tempo and its key to
 * "stated", "heard", "schema" or "audio"; words without any source are left
 * out. ears: NULL for none. The caller puts it. */
json_object *evidence_of(json_object *fields, const struct facts *f,
                         const struct style *s, const struct ears *ears);

#endif
