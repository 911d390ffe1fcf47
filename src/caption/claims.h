/*
 * The claims that a sentence makes in numbers: tempo, meter, length. (Keys
 * are key.h's, instruments words.h's.)
 */
#ifndef CAPTION_CLAIMS_H
#define CAPTION_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>

struct claim {
    size_t start, end; /* bytes */
    double value;      /* BPM; seconds; beats of a bar */
    double slack;      /* seconds that a length may be off by its own words */
    int unit;          /* of a meter: 4, 8, ... */
};

/* The first of its kind at or behind byte `from`; false where there is
 * none. */
bool claim_tempo(const char *text, size_t from, struct claim *ret);
bool claim_meter(const char *text, size_t from, struct claim *ret);
bool claim_length(const char *text, size_t from, struct claim *ret);

/* Whether what starts at byte `at` is denied by the word before it: "no
 * drums", "without any vocals". */
bool claim_denied(const char *text, size_t at);

#endif
