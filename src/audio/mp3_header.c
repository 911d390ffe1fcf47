/*
 * MPEG audio frame headers.
 */
#include "audio/mp3_header.h"

/* kbit/s by [version is 1][layer - 1][index]; index 0 is free format. */
static const uint16_t bitrates[2][3][15] = {
    {
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
    },
    {
        {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
        {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
    },
};

static const int rates[3] = {44100, 48000, 32000}; /* MPEG-1 */

static int
frame_length(const struct mp3_header *h)
{
    if (h->bitrate == 0)
        return 0;
    if (h->layer == 1)
        return (12 * h->bitrate / h->rate + h->padding) * 4;
    return h->samples / 8 * h->bitrate / h->rate + h->padding;
}

bool
mp3_header_parse(const uint8_t p[MP3_HEADER], struct mp3_header *ret)
{
    static const int versions[4] = {25, 0, 20, 10};
    int layer = 4 - (p[1] >> 1 & 3);
    int bitrate = p[2] >> 4;
    int rate = p[2] >> 2 & 3;
    int version = versions[p[1] >> 3 & 3];
    bool one = version == 10;

    if (p[0] != 0xff || (p[1] & 0xe0) != 0xe0 || version == 0 || layer == 4 ||
        bitrate == 15 || rate == 3 || (p[3] & 3) == 2)
        return false;

    *ret = (struct mp3_header){
        .version = version,
        .layer = layer,
        .rate = rates[rate] / (one             ? 1
                               : version == 20 ? 2
                                               : 4),
        .bitrate = bitrates[one][layer - 1][bitrate] * 1000,
        .channels = p[3] >> 6 == 3 ? 1 : 2,
        .crc = (p[1] & 1) == 0,
        .padding = (p[2] & 2) != 0,
    };
    ret->samples = layer == 1 ? 384 : layer == 3 && !one ? 576 : 1152;
    ret->side =
        one ? (ret->channels == 1 ? 17 : 32) : (ret->channels == 1 ? 9 : 17);
    ret->length = frame_length(ret);
    return true;
}

bool
mp3_header_same(const struct mp3_header *a, const struct mp3_header *b)
{
    return a->version == b->version && a->layer == b->layer &&
           a->rate == b->rate && a->channels == b->channels &&
           (a->bitrate == 0) == (b->bitrate == 0);
}

static uint16_t
crc16(uint16_t crc, const uint8_t *p, int n)
{
    for (int i = 0; i < n; i++) {
        crc ^= (uint16_t)(p[i] << 8);
        for (int bit = 0; bit < 8; bit++)
            crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x8005 : crc << 1);
    }
    return crc;
}

bool
mp3_crc_holds(const struct mp3_header *h, const uint8_t *p)
{
    uint16_t crc = crc16(0xffff, p + 2, 2);

    return crc16(crc, p + 6, h->side) == (p[4] << 8 | p[5]);
}
