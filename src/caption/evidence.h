/* What each word of a caption rests on. */
#ifndef CAPTION_EVIDENCE_H
#define CAPTION_EVIDENCE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "caption/style.h"
#include "music/facts.h"

/* What rests on neither the set nor the schema. */
struct ears {
    bool heard;         /* a model heard the audio */
    json_object *words; /* that it has from there: an array of texts, borrowed;
                         * NULL: it did not say, so all that is left */
};

/* fields: a caption's, without evidence. An object from each word of its
 * genre, moods, instruments and keywords, its tempo and its key to "stated",
 * "heard", "schema" or "audio"; words that rest on none of them are left out.
 * ears: NULL for none. The caller puts it. */
json_object *evidence_of(json_object *fields, const struct facts *f,
                         const struct style *s, const struct ears *ears);

#endif
