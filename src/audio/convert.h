/*
 * Audio into the form that a dataset wants: MP3 with 320 kbit/s or WAV with
 * 16 bits. The same input gives the same bytes with the same LAME.
 *
 * Channels behind the second (what is not front left and right) are left
 * out. MP3 knows few rates: others become 44.1 kHz where they divide it or
 * are multiples of it, else 48 kHz.
 */
#ifndef AUDIO_CONVERT_H
#define AUDIO_CONVERT_H

#include "audio/probe.h"

/*
 * fd: the file that p speaks of, borrowed. format: "mp3" or "wav". out: an
 * empty regular file, open for reading and writing; written from its start,
 * borrowed, its offset undefined afterwards. On failure what it holds is of
 * no use.
 *
 * Errors: ERR_AUDIO_DAMAGED where it does not decode to its end,
 * ERR_DISK_FULL, ERR_TOO_LARGE for a WAV past 4 GiB, ERR_INTERNAL.
 */
int audio_convert(int fd, const struct audio_probe *p, const char *format,
                  int out, struct err *err);
/* By what settings it is made, as a name: "mp3-320-q2". What was made by one
 * is never made anew, so it changes with what it stands for. NULL: no
 * conversion to this format. */
const char *audio_convert_recipe(const char *format);
/* The sample rate that a file of this one has after a conversion. */
int audio_convert_rate(const char *format, int rate);

#endif
