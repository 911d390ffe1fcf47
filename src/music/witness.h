/*
 * The bounce as a second witness of its set's key: compares the pitch classes
 * that are heard with the key found from the notes. It decides only if it is
 * sure, since recorded sound has overtones and drums in every class.
 */
#ifndef MUSIC_WITNESS_H
#define MUSIC_WITNESS_H

#include <json-c/json.h>

#include "music/key.h"

struct sound; /* of music/sound.h */

enum witness { WITNESS_UNCLEAR, WITNESS_AGREES, WITNESS_CONTRADICTS };

/* told: root -1 if the notes tell no key. *ret_heard: the likeliest key of the
 * sound, root -1 if none is likely; on its own it is only a guess. */
enum witness witness_key(const struct sound *s, struct key told,
                         struct key *ret_heard);

/* The same for a set's summary (or NULL), for an item's alignment: {text,
 * witness: "agrees", "contradicts" or "unclear"}, or NULL if no key is likely.
 * The caller puts it. */
json_object *witness_json(const struct sound *s, json_object *summary);

/* Apply the stored result to the summary of the item's set: a key that agrees
 * has more right to be stated, a contradicted one is at best a guess. A key
 * that the set declares itself remains stated. Summaries without our own `key`
 * are left alone; both arguments may be NULL. */
void witness_hear(json_object *summary, json_object *alignment);

#endif
