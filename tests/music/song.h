/*
 * Songs for tests: the timeline of a set that was never saved, and its notes
 * played by a synthesizer that is small but has kicks, hats and chords.
 */
#ifndef TESTS_MUSIC_SONG_H
#define TESTS_MUSIC_SONG_H

#include <stddef.h>
#include <stdint.h>

#include "music/timeline.h"

struct song {
    uint32_t seed;    /* another one is another song */
    double bpm, bpm2; /* bpm2 above 0: so fast from the middle on */
    int ramp;         /* ... reached evenly, from a quarter to the middle */
    int bars;         /* of 4/4; sections of 8 */
    int meters;       /* not 0: sections of 7/8, 3/4 and 5/4 are among them */
    int pause;        /* bars before the first note */
    int behind;       /* not 0: one more section so many bars after the end */
    uint32_t changed; /* not 0: sections from the third on are others */
    uint32_t missing; /* tracks (1 << 0 to 5) that have no notes */
    int drums_only;
    int four;  /* not 0: four kicks in each bar, and a hat after each */
    int clips; /* not 0: each section of a track is audio, without notes */
};

/* Through the writer and the reader, as a summary has it. The caller
 * closes. */
struct timeline *song_timeline(const struct song *song);

/* All of it from its beginning, with a tail of 2 seconds; one channel, peaks
 * under 1. The caller frees it. */
float *song_play(const struct timeline *t, int rate, size_t *ret_n);

#endif
