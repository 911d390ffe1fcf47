/*
 * Xing's numbers, followed by LAME's extension for the delays; readers trust
 * the delays only if they know the encoder's name.
 */
#include "audio/mp3_info.h"

#include <string.h>

#define NUMBERS 16 /* the name, flags, frames, bytes */
#define LAME_DELAYS 21
#define ROOM 120 /* with a table of contents, for some readers */

static void
put32(uint8_t *p, int64_t n)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(n >> (24 - 8 * i));
}

/* The smallest frame of that kind with enough room. */
static bool
small_frame(const uint8_t like[MP3_HEADER], uint8_t ret[MP3_HEADER],
            struct mp3_header *ret_h)
{
    memcpy(ret, like, MP3_HEADER);
    ret[1] |= 1;           /* no CRC */
    ret[2] &= (uint8_t)~2; /* no padding */
    for (int rate = 1; rate < 15; rate++) {
        ret[2] = (uint8_t)((ret[2] & 15) | rate << 4);
        if (!mp3_header_parse(ret, ret_h))
            return false;
        if (ret_h->length >= MP3_HEADER + ret_h->side + ROOM)
            return ret_h->length <= MP3_INFO_MAX;
    }
    return false;
}

size_t
mp3_info_write(const uint8_t like[MP3_HEADER], const struct mp3_info *info,
               uint8_t ret[MP3_INFO_MAX])
{
    struct mp3_header h;
    uint8_t *p;

    memset(ret, 0, MP3_INFO_MAX);
    if (!mp3_header_parse(like, &h) || h.layer != 3 || h.bitrate == 0 ||
        !small_frame(like, ret, &h))
        return 0;
    p = ret + MP3_HEADER + h.side;
    memcpy(p, info->vbr ? "Xing" : "Info", 4);
    put32(p + 4, 3); /* frames and bytes follow */
    put32(p + 8, info->frames);
    put32(p + 12, info->bytes + h.length);
    p += NUMBERS;
    memcpy(p, "LAME3.100", 9);
    p[LAME_DELAYS] = (uint8_t)(info->delay >> 4);
    p[LAME_DELAYS + 1] =
        (uint8_t)((info->delay & 15) << 4 | info->padding >> 8);
    p[LAME_DELAYS + 2] = (uint8_t)info->padding;
    return (size_t)h.length;
}
