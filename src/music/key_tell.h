/*
 * The key that notes tell. A key is told only if the notes fit its scale, its
 * third sounds, and it leads all others by a margin in which the bass counts:
 * C major and A minor have the same notes, and only what lies below tells
 * them apart.
 */
#ifndef MUSIC_KEY_TELL_H
#define MUSIC_KEY_TELL_H

#include <stdbool.h>
#include <stddef.h>

#include "music/key.h"

#define KEY_FIT 0.9 /* the share of what sounds that a key must hold */

/* How much each pitch class sounds, from C, in any unit: of notes in beats, or
 * a chroma of recorded sound. */
struct key_heard {
    double all[12];
    double bass[12];    /* while it is the lowest; zeros: unknown */
    double phrases[12]; /* the bass where phrases of four bars begin */
    double last[12];    /* the bass at the end */
    size_t notes;       /* that this rests on */
};

struct key_told {
    struct key key; /* the best; root -1 if nothing sounds */
    struct key runner_up;
    double fit;        /* the share that lies in its scale, 0 to 1 */
    double confidence; /* its profile's correlation, 0 to 1 */
    double margin;     /* by which it leads the runner-up */
    bool clear;        /* all conditions hold: it may be said */
};

void key_tell(const struct key_heard *h, struct key_told *ret);

/* The share of what sounds that lies in the key's scale; a minor key has its
 * leading tone too. 1 if nothing sounds, or the scale is none that we know. */
double key_fit(struct key k, const double all[12]);

/* How well what sounds fits the key, -1 to 1: its profile's correlation; a mode
 * is as like as the likelier of the major and the minor key of its tones. */
double key_likeness(struct key k, const double all[12]);

#endif
