/*
 * Converts audio to the form that a dataset wants: MP3 with 320 kbit/s or WAV
 * with 16 bits. The same input gives the same bytes with the same LAME.
 *
 * Channels after the second (all but front left and right) are left out. MP3
 * supports few rates: a rate that is a divisor or a multiple of 44.1 kHz
 * becomes 44.1 kHz, any other 48 kHz.
 */
#ifndef AUDIO_CONVERT_H
#define AUDIO_CONVERT_H

#include "audio/probe.h"

/*
 * fd: the file that p describes, borrowed. format: "mp3" or "wav". out: an
 * empty regular file, open for reading and writing, borrowed; written from its
 * start, its offset undefined afterwards. After a failure its content is
 * useless.
 *
 * Errors: ERR_AUDIO_DAMAGED if it does not decode to its end, ERR_DISK_FULL,
 * ERR_TOO_LARGE for a WAV over 4 GiB, ERR_INTERNAL.
 */
int audio_convert(int fd, const struct audio_probe *p, const char *format,
                  int out, struct err *err);
/* A name for the conversion settings: "mp3-320-q2". A file made with one recipe
 * is never made again, so the name must change whenever the settings do. NULL:
 * no conversion to this format. */
const char *audio_convert_recipe(const char *format);
/* The sample rate that a file with this rate has after conversion. */
int audio_convert_rate(const char *format, int rate);

#endif
