/*
 * A set's summary as lines of text for a reader: a model, or a person.
 */
#ifndef MUSIC_DIGEST_H
#define MUSIC_DIGEST_H

#include <json-c/json.h>
#include <stddef.h>

/*
 * At most max bytes, the most telling facts first: tempo, meter, key and the
 * main instruments are never left out, at most cut short. Takes summaries of
 * any origin and passes over what they lack. The caller frees it.
 */
char *digest_write(json_object *summary, size_t max);

#endif
