/*
 * The silent frame that precedes an MP3's others and gives their number: "Info"
 * if all have one bit rate, else "Xing". Readers that find none guess the
 * length from the first frame's bit rate, and are off by half if the rate
 * varies.
 */
#ifndef AUDIO_MP3_INFO_H
#define AUDIO_MP3_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/mp3_header.h"

#define MP3_INFO_MAX 256 /* bytes */

struct mp3_info {
    bool vbr;
    int64_t frames, bytes; /* of what follows it */
    int delay, padding;    /* samples that the encoder put around the sound */
};

/* like: the header of one of the frames. Returns the bytes written, 0 if such a
 * frame is impossible (free format; not Layer III). */
size_t mp3_info_write(const uint8_t like[MP3_HEADER],
                      const struct mp3_info *info, uint8_t ret[MP3_INFO_MAX]);

#endif
