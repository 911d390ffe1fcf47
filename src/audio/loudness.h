/*
 * Loudness by EBU R 128 (ITU-R BS.1770-4): integrated, and momentary over time.
 * Uses the filter and the steps of libebur128, which the tests compare it with,
 * but for two channels at a time: the library itself takes longer than decoding
 * an MP3.
 */
#ifndef AUDIO_LOUDNESS_H
#define AUDIO_LOUDNESS_H

#include <stddef.h>

#include "base/auto.h"

struct loudness;

struct loudness *loudness_open(int rate, int channels);
void loudness_close(struct loudness *l);

/* Interleaved; finite numbers. */
void loudness_add(struct loudness *l, const float *buf, size_t frames);

/* LUFS, gated; -HUGE_VAL if nothing is loud enough. */
double loudness_integrated(const struct loudness *l);

/* At the end of each half second so far: the loudness of the 400 ms before it,
 * LUFS; -HUGE_VAL: silent. *ret_n values, borrowed. */
const double *loudness_levels(const struct loudness *l, size_t *ret_n);

AUTO_DEFINE(auto_loudness_p, struct loudness *, loudness_close)
#define auto_loudness auto_cleanup(auto_loudness_p)

#endif
