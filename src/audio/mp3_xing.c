/*
 * Xing, Info and VBRI headers.
 */
#include "audio/mp3_xing.h"

#include <string.h>

#define XING_FRAMES 1u
#define XING_BYTES 2u
#define XING_TOC 4u
#define XING_QUALITY 8u
#define LAME_DELAYS 21 /* offset in LAME's extension */
#define VBRI_OFFSET 36 /* always, however long the side information is */

/* LAME's extension, which begins with the encoder's name. */
static void
read_lame(const uint8_t *p, const uint8_t *end, struct mp3_xing *ret)
{
    if (end - p < LAME_DELAYS + 3 || p[0] < 0x20 || p[0] > 0x7e)
        return;
    ret->delay = p[LAME_DELAYS] << 4 | p[LAME_DELAYS + 1] >> 4;
    ret->padding = (p[LAME_DELAYS + 1] & 15) << 8 | p[LAME_DELAYS + 2];
    ret->gapless = ret->delay != 0 || ret->padding != 0;
}

/* p: after "Xing" or "Info". */
static void
read_xing(const uint8_t *p, const uint8_t *end, struct mp3_xing *ret)
{
    uint32_t flags;

    if (end - p < 4 + 4 + 4 + 100 + 4)
        return;
    ret->found = true;
    flags = be32(p);
    p += 4;
    if (flags & XING_FRAMES) {
        ret->frames = be32(p);
        p += 4;
    }
    if (flags & XING_BYTES) {
        ret->bytes = be32(p);
        p += 4;
    }
    if (flags & XING_TOC)
        p += 100;
    if (flags & XING_QUALITY)
        p += 4;
    read_lame(p, end, ret);
}

void
mp3_xing_read(struct input *in, int64_t at, const struct mp3_header *h,
              int64_t length, struct mp3_xing *ret)
{
    const uint8_t *p = input_at(in, at, (size_t)length);
    int64_t xing = MP3_HEADER + h->side + (h->crc ? 2 : 0);

    *ret = (struct mp3_xing){0};
    if (p == NULL)
        return;
    /* Some write it as if there were no CRC, whatever the header says. */
    if (h->crc && length > xing + 4 && memcmp(p + xing, "Xing", 4) != 0 &&
        memcmp(p + xing, "Info", 4) != 0)
        xing -= 2;
    if (length > xing + 4 && (memcmp(p + xing, "Xing", 4) == 0 ||
                              memcmp(p + xing, "Info", 4) == 0)) {
        read_xing(p + xing + 4, p + length, ret);
    } else if (length > VBRI_OFFSET + 18 &&
               memcmp(p + VBRI_OFFSET, "VBRI", 4) == 0) {
        ret->found = true;
        ret->bytes = be32(p + VBRI_OFFSET + 10);
        ret->frames = be32(p + VBRI_OFFSET + 14);
    }
}
