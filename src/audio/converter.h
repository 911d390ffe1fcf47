/*
 * audio_convert in a process of its own, trainmode-convert: without keys, files
 * or network, in bounded memory, time and output. Decoders are large and read
 * what strangers send; here the most they can harm is one temporary file.
 */
#ifndef AUDIO_CONVERTER_H
#define AUDIO_CONVERTER_H

#include "audio/excerpt.h"
#include "base/child.h"

/* How trainmode-convert refuses. */
extern const struct child_word converter_words[];

/*
 * Like audio_convert, with the same errors, and ERR_BUSY if stop(ctx) returned
 * true; it is called every tenth of a second and may be NULL. ERR_DISK_FULL
 * before anything is written if the disk of `out` has too little room. low:
 * nobody waits for the result, so it gives way to everything else on the
 * machine.
 */
int converter_run(int fd, const struct audio_probe *p, const char *format,
                  int out, bool low, bool (*stop)(void *ctx), void *ctx,
                  struct err *err);

/* The same for an excerpt; errors and stop as above. */
int converter_excerpt(int fd, const struct audio_probe *p,
                      const struct excerpt *wish, int out,
                      bool (*stop)(void *ctx), void *ctx, double *ret_start,
                      double *ret_sec, struct err *err);

#endif
