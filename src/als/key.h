/*
 * The key of a set: the declared one if it fits what sounds, otherwise the one
 * found from the notes (music/key_tell.h).
 */
#ifndef ALS_KEY_H
#define ALS_KEY_H

#include <stddef.h>

#include "als/play.h"
#include "als/set.h"
#include "music/evidence.h"
#include "music/key_tell.h"
#include "music/part.h"

enum als_key_source { ALS_KEY_NONE, ALS_KEY_SET, ALS_KEY_CLIPS, ALS_KEY_NOTES };

struct als_key {
    enum als_key_source source;
    enum evidence evidence;
    int root;             /* 0 to 11, C to B */
    char scale[32];       /* lower case: "minor", "dorian" */
    struct key_told told; /* from the notes, whatever the source */
    size_t notes;         /* the number of notes behind it */
};

/* parts: the part of each track. */
void als_key_find(const struct als_set *set, const struct als_play *play,
                  const struct part *parts, struct als_key *ret_key);

#endif
