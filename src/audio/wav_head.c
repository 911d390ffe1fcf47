/*
 * RIFF, fmt, data.
 */
#include "audio/wav_head.h"

#include <string.h>

static void
put16(uint8_t *p, uint32_t n)
{
    p[0] = (uint8_t)n;
    p[1] = (uint8_t)(n >> 8);
}

static void
put32(uint8_t *p, uint32_t n)
{
    put16(p, n);
    put16(p + 2, n >> 16);
}

bool
wav_head_write(const struct wav_form *form, int64_t bytes,
               uint8_t ret_head[WAV_HEAD])
{
    uint32_t frame =
        (uint32_t)form->channels * (uint32_t)((form->bits + 7) / 8);
    uint8_t *p = ret_head;

    if (bytes > (int64_t)UINT32_MAX - WAV_HEAD)
        return false;
    memcpy(p, "RIFF....WAVEfmt ", 16);
    put32(p + 4, (uint32_t)bytes + WAV_HEAD - 8);
    put32(p + 16, 16);
    put16(p + 20, form->is_float ? 3 : 1);
    put16(p + 22, (uint32_t)form->channels);
    put32(p + 24, (uint32_t)form->rate);
    put32(p + 28, (uint32_t)form->rate * frame);
    put16(p + 32, frame);
    put16(p + 34, (uint32_t)form->bits);
    memcpy(p + 36, "data", 4);
    put32(p + 40, (uint32_t)bytes);
    return true;
}
