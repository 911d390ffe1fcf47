/*
 * Loudness by EBU R 128 (ITU-R BS.1770-4): integrated, and momentary over
 * time. The filter and the steps of libebur128, against which the tests hold
 * it, two channels at a time: the library's own takes longer than decoding an
 * MP3.
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

/* LUFS, gated; -HUGE_VAL where nothing is loud enough. */
double loudness_integrated(const struct loudness *l);

/* At the end of each half second so far: the loudness of the 400 ms before
 * it, LUFS; -HUGE_VAL silent. *ret_n of them, its own. */
const double *loudness_levels(const struct loudness *l, size_t *ret_n);

AUTO_DEFINE(auto_loudness_p, struct loudness *, loudness_close)
#define auto_loudness auto_cleanup(auto_loudness_p)

#endif
