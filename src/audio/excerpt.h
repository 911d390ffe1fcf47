/*
 * A short piece of audio for a model that listens: one channel, at most 24 kHz,
 * MP3 with 64 kbit/s or WAV with 16 bits.
 */
#ifndef AUDIO_EXCERPT_H
#define AUDIO_EXCERPT_H

#include "audio/probe.h"

#define EXCERPT_MP3_RATE 24000 /* Hz */
#define EXCERPT_MP3_KBIT 64

struct excerpt {
    const char *format; /* "mp3" or "wav" */
    double start_sec;   /* below 0: the loudest stretch */
    double seconds;     /* at most */
};

/*
 * fd: the file that p describes, borrowed; out: an empty regular file, open for
 * reading and writing. *ret_start, *ret_sec: the part of the file that out
 * holds. The loudest stretch is the one with the largest sum of loudness over
 * its half seconds, each counted from -60 dB up, so that no single hit decides.
 * Errors: ERR_AUDIO_DAMAGED if nothing decodes there, ERR_DISK_FULL,
 * ERR_INTERNAL.
 */
int excerpt_make(int fd, const struct audio_probe *p,
                 const struct excerpt *wish, int out, double *ret_start,
                 double *ret_sec, struct err *err);

/* A wish as a line of text, which the caller frees, and back; false if the text
 * is invalid. ret->format is then a constant. */
char *excerpt_text(const struct excerpt *wish);
bool excerpt_read(const char *text, struct excerpt *ret);

#endif
