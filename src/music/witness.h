/*
 * The bounce as a second witness of its set's key: the pitch classes that are
 * heard, beside the key that the notes told. It speaks up only where it is
 * sure, since recorded sound has overtones and drums in every class.
 */
#ifndef MUSIC_WITNESS_H
#define MUSIC_WITNESS_H

#include <json-c/json.h>

#include "music/key.h"

struct sound; /* of music/sound.h */

enum witness { WITNESS_UNCLEAR, WITNESS_AGREES, WITNESS_CONTRADICTS };

/* told: root -1 where the notes tell none. *ret_heard: the likeliest key of
 * the sound, root -1 where none is likely; it may only be guessed by it. */
enum witness witness_key(const struct sound *s, struct key told,
                         struct key *ret_heard);

/* The same of a set's summary (or NULL), for an item's alignment: {text,
 * witness: "agrees", "contradicts" or "unclear"}, or NULL where nothing is
 * likely. The caller puts it. */
json_object *witness_json(const struct sound *s, json_object *summary);

/* What was kept of it, into the summary of the item's set: a key that agrees
 * has more right to be stated, one that is contradicted is guessed at best.
 * What the set declares itself stays stated. Summaries without our own `key`
 * are left alone; both may be NULL. */
void witness_hear(json_object *summary, json_object *alignment);

#endif
