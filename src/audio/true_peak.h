/*
 * The true peak (ITU-R BS.1770-4, annex 2): the largest value, including those
 * between the samples, found by fourfold oversampling. Uses the filter of
 * libebur128, but four samples at a time, and only near samples that are large
 * enough to matter: the library itself takes longer than decoding an MP3.
 */
#ifndef AUDIO_TRUE_PEAK_H
#define AUDIO_TRUE_PEAK_H

#include <stddef.h>

#include "base/auto.h"

struct true_peak;

struct true_peak *true_peak_open(int rate, int channels);
void true_peak_close(struct true_peak *t);

/* Interleaved; finite numbers. */
void true_peak_add(struct true_peak *t, const float *buf, size_t frames);
/* Of all channels; 1 is full scale. */
double true_peak_get(const struct true_peak *t);

AUTO_DEFINE(auto_true_peak_p, struct true_peak *, true_peak_close)
#define auto_true_peak auto_cleanup(auto_true_peak_p)

#endif
