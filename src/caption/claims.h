/*
 * The claims of a sentence in numbers: tempo, meter, length. (key.h finds keys,
 * words.h finds instruments.)
 */
#ifndef CAPTION_CLAIMS_H
#define CAPTION_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>

struct claim {
    size_t start, end; /* bytes */
    double value;      /* BPM; seconds; beats of a bar */
    double slack;      /* tolerance of a length in seconds, from the words
                        * around it */
    int unit;          /* of a meter: 4, 8, ... */
};

/* The first of its kind at or after byte `from`; false if there is none. */
bool claim_tempo(const char *text, size_t from, struct claim *ret);
bool claim_meter(const char *text, size_t from, struct claim *ret);
bool claim_length(const char *text, size_t from, struct claim *ret);

/* Whether the word before byte `at` negates what starts there: "no drums",
 * "without any vocals". */
bool claim_denied(const char *text, size_t at);

#endif
