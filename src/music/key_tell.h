/*
 * Determines the key from notes. A key is reported only if the notes fit its
 * scale, its third sounds, and it leads all other keys by a margin in which the
 * bass counts: C major and A minor have the same notes, and only the bass tells
 * them apart.
 */
#ifndef MUSIC_KEY_TELL_H
#define MUSIC_KEY_TELL_H

#include <stdbool.h>
#include <stddef.h>

#include "music/key.h"

#define KEY_FIT 0.9 /* share of the sound that the key must contain */

/* How much each pitch class sounds, from C, in any unit: from notes in beats,
 * or a chroma of recorded sound. */
struct key_heard {
    double all[12];
    double bass[12];    /* while it is the lowest; zeros: unknown */
    double phrases[12]; /* the bass at the start of each four-bar phrase */
    double last[12];    /* the bass at the end */
    size_t notes;       /* the number of notes behind this */
};

struct key_told {
    struct key key; /* the best; root -1 if nothing sounds */
    struct key runner_up;
    double fit;        /* share of the sound in its scale, 0 to 1 */
    double confidence; /* correlation with its profile, 0 to 1 */
    double margin;     /* its lead over the runner-up */
    bool clear;        /* all conditions are met: it may be stated */
};

void key_tell(const struct key_heard *h, struct key_told *ret);

/* The share of the sound that is in the key's scale; a minor key includes its
 * leading tone. 1 if nothing sounds, or if we do not know the scale. */
double key_fit(struct key k, const double all[12]);

/* How well the sound fits the key, -1 to 1: the correlation with its profile. A
 * mode takes the better of the major and the minor key with the same tones. */
double key_likeness(struct key k, const double all[12]);

#endif
