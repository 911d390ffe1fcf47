/*
 * What the first frame of an MP3 says about the rest: Xing (variable rate),
 * Info (constant) with LAME's gapless numbers, or Fraunhofer's VBRI.
 */
#ifndef AUDIO_MP3_XING_H
#define AUDIO_MP3_XING_H

#include "audio/input.h"
#include "audio/mp3_header.h"

struct mp3_xing {
    bool found;
    int64_t frames;     /* without this one; 0: not given */
    int64_t bytes;      /* including this one; 0: not given */
    bool gapless;       /* delay and padding are given */
    int delay, padding; /* samples added before and after by the encoder */
};

/* at, h: the first frame. A frame with such a header holds no sound. */
void mp3_xing_read(struct input *in, int64_t at, const struct mp3_header *h,
                   int64_t length, struct mp3_xing *ret);

#endif
