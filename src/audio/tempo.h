/*
 * Tempo by aubio: it marks beats; the tempo is the period near their median
 * distance that they keep step with best. (Its own running figure is off by
 * more than a percent, this one by a thousandth where the music has a grid.)
 */
#ifndef AUDIO_TEMPO_H
#define AUDIO_TEMPO_H

#include <stddef.h>

#include "base/auto.h"

struct tempo;

struct tempo *tempo_open(int rate); /* NULL where aubio refuses the rate */
void tempo_add(struct tempo *t, const float *mono, size_t n);
/* Beats per minute and the share of beat distances near the median, 0..1.
 * Both 0 where there are too few beats. Call once, at the end. */
void tempo_result(struct tempo *t, double *ret_bpm, double *ret_confidence);
void tempo_close(struct tempo *t);

AUTO_DEFINE(auto_tempo_p, struct tempo *, tempo_close)
#define auto_tempo auto_cleanup(auto_tempo_p)

#endif
