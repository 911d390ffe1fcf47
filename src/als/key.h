/*
 * The key: as the set says it, else as the notes suggest (Krumhansl's
 * profiles over the time that each pitch class sounds).
 */
#ifndef ALS_KEY_H
#define ALS_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "als/play.h"
#include "als/set.h"

#define ALS_KEY_TEXT 48

enum als_key_source { ALS_KEY_NONE, ALS_KEY_SET, ALS_KEY_CLIPS, ALS_KEY_NOTES };

struct als_key {
    enum als_key_source source;
    int root; /* 0 to 11, C to B */
    char scale[32]; /* lower case: "minor", "dorian" */
    double confidence; /* of an estimate: correlation, 0 to 1; else 1 */
    double margin; /* to the runner-up */
    char runner_up[ALS_KEY_TEXT]; /* "A minor", or "" */
    size_t notes; /* that the estimate rests on */
};

/* drums: for each track, whether its pitches mean nothing. */
void als_key_find(const struct als_set *set, const struct als_play *play,
                  const bool *drums, struct als_key *ret_key);

/* "C# minor"; "" where there is none. */
void als_key_text(const struct als_key *key, char ret_text[ALS_KEY_TEXT]);

/* "C" to "B", with sharps. */
const char *als_pitch_class(int root);

#endif
