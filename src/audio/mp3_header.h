/*
 * The four bytes at the start of an MPEG audio frame (ISO 11172-3, 13818-3,
 * and the "2.5" of Fraunhofer).
 */
#ifndef AUDIO_MP3_HEADER_H
#define AUDIO_MP3_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#define MP3_HEADER 4
#define MP3_FRAME_MAX 2881 /* bytes; MPEG-2.5, 160 kbit/s at 8 kHz */
#define MP3_FREE_MAX 8192  /* how far we look ahead for a free format frame */
#define MP3_SIDE_MAX 32    /* side information after header and CRC */

struct mp3_header {
    int version; /* 10, 20, 25 */
    int layer;   /* 1, 2, 3 */
    int rate;    /* Hz */
    int bitrate; /* bit/s; 0 in free format */
    int channels;
    int samples;  /* per channel in a frame */
    int side;     /* bytes of side information; Layer III */
    int length;   /* bytes of the frame; 0 in free format */
    bool crc;     /* 16 bits of checksum follow the header */
    bool padding; /* one byte more */
};

bool mp3_header_parse(const uint8_t p[MP3_HEADER], struct mp3_header *ret);
/* Whether both can belong to one stream. */
bool mp3_header_same(const struct mp3_header *a, const struct mp3_header *b);
/* Layer III with a CRC: whether the checksum matches. p: header, CRC and side
 * information. */
bool mp3_crc_holds(const struct mp3_header *h, const uint8_t *p);

#endif
