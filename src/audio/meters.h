/*
 * Measures samples as they pass: the waveform's peaks, silence, clipping.
 */
#ifndef AUDIO_METERS_H
#define AUDIO_METERS_H

#include <stdint.h>
#include <stddef.h>

#define METERS_PEAKS 800
#define METERS_CHANNELS 32
#define METERS_SILENCE 0.001f /* -60 dBFS */

struct meters {
    int rate, channels;
    int64_t total; /* expected samples per channel */
    int64_t done;
    float peaks[METERS_PEAKS]; /* 0..1, of the loudest channel */
    int bin;                   /* of peaks, being filled */
    int64_t bin_end;

    int64_t first_loud, last_loud; /* sample offsets; -1: all silent */
    int64_t silent; /* samples in tenths of a second that are silent
                     * throughout */
    int64_t tenth_left;
    float tenth_peak;

    int64_t clipped; /* samples at full scale, three or more in a row */
    int run[METERS_CHANNELS];
};

void meters_init(struct meters *m, int rate, int channels, int64_t total);
/* Interleaved, `frames` samples of every channel; finite numbers. */
void meters_add(struct meters *m, const float *buf, size_t frames);
double meters_silence_start(const struct meters *m);   /* seconds */
double meters_silence_end(const struct meters *m);     /* seconds */
double meters_silent_fraction(const struct meters *m); /* 0..1 */

#endif
