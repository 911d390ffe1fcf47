/*
 * Whether what sounds follows the set's tempo. A set always has one, even if
 * everything in it was played freely, or is a recording that keeps its own
 * time; a caption may only say it if something follows it.
 */
#ifndef ALS_FOLLOW_H
#define ALS_FOLLOW_H

#include <stdbool.h>

struct als_whole;

#define ALS_LIVE_BPM 120 /* of a set whose tempo nobody changed */

/* By the notes, if most are on the beat's grid; otherwise by recordings that
 * were warped to it or recorded at it. */
bool als_tempo_followed(const struct als_whole *w);

#endif
