/*
 * Tempo by the onset strength held against itself: the period that it keeps
 * over many beats. How sure it is tells by how much it keeps it better than
 * chance would: noise, tones, speech and free time keep none.
 */
#ifndef AUDIO_TEMPO_H
#define AUDIO_TEMPO_H

#include "music/sound.h"

/* Beats per minute, and 0 to 1: from 0.5 on it can be held against a set.
 * Both 0 where there is nothing to tell from. */
void tempo_of(const struct sound *s, double *ret_bpm, double *ret_confidence);

#endif
