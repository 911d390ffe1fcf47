/*
 * A set's summary as lines of text for a reader: a model, or a person.
 */
#ifndef MUSIC_DIGEST_H
#define MUSIC_DIGEST_H

#include <json-c/json.h>
#include <stddef.h>

/*
 * At most max bytes, the most important facts first: tempo, meter, key and the
 * main instruments are never left out, only shortened if necessary. Accepts
 * summaries of any origin and skips what they lack. The caller frees it.
 */
char *digest_write(json_object *summary, size_t max);

#endif
