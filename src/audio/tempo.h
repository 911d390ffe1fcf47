/*
 * Finds the tempo by comparing the onset strength with itself: the period that
 * it keeps over many beats. The confidence is how much better than by chance it
 * keeps the period: noise, tones, speech and free time keep none.
 */
#ifndef AUDIO_TEMPO_H
#define AUDIO_TEMPO_H

#include "music/sound.h"

/* Beats per minute, and 0 to 1: from 0.5 on it can be compared with a set. Both
 * are 0 if nothing can be found. */
void tempo_of(const struct sound *s, double *ret_bpm, double *ret_confidence);

#endif
