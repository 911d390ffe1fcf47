/*
 * Decodes samples from a file that the probe has accepted: mpg123 for MP3 (the
 * one decoder that gets every length right), libsndfile for the rest. Memory
 * does not depend on the file.
 */
#ifndef AUDIO_DECODE_H
#define AUDIO_DECODE_H

#include <sys/types.h>

#include "audio/probe.h"
#include "base/auto.h"

struct decoder;

/* fd is borrowed and must outlive the decoder; its offset is unchanged. p is
 * the probe's result for the file, and is copied. ERR_AUDIO_DAMAGED if the
 * decoder cannot start. */
struct decoder *decoder_open(int fd, const struct audio_probe *p,
                             struct err *err);
/* Up to `frames` samples of every channel, interleaved, full scale at 1.0.
 * Returns their number, 0 at the end, -1 with ERR_AUDIO_DAMAGED if decoding
 * fails. */
ssize_t decoder_read(struct decoder *d, float *buf, size_t frames,
                     struct err *err);
void decoder_close(struct decoder *d);

AUTO_DEFINE(auto_decoder_p, struct decoder *, decoder_close)
#define auto_decoder auto_cleanup(auto_decoder_p)

#endif
