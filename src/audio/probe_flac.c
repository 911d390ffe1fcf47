/*
 * FLAC: STREAMINFO, and whether the last frame is the one that it promises. A
 * frame's header has a number and a CRC-8, and the frame ends in a CRC-16, so
 * the end of the file can be verified without walking through the middle.
 */
#include <math.h>
#include <string.h>

#include "audio/parts.h"

#define BLOCKS_MAX 1024
#define STREAMINFO_SIZE 34
#define BLOCK_STREAMINFO 0
#define BLOCK_PICTURE 6
#define FRAME_HEADER_MAX 16
#define FRAME_MIN 9 /* bytes: header, CRC-8, one constant subframe, CRC-16 */
#define END_MAX (1 << 20) /* how far from the end the last frame may be */

struct flac {
    int channels;
    int64_t block_size; /* samples, if all frames have the same number; else
                         * 0 */
    int64_t block_max;  /* samples, of the largest frame */
    int64_t total;      /* samples; 0 not said */
};

static uint8_t
crc8(const uint8_t *p, size_t n)
{
    uint8_t crc = 0;

    while (n-- > 0) {
        crc ^= *p++;
        for (int bit = 0; bit < 8; bit++)
            crc = (uint8_t)(crc & 0x80 ? crc << 1 ^ 0x07 : crc << 1);
    }
    return crc;
}

static int
read_streaminfo(struct input *in, int64_t at, struct audio_probe *p,
                struct flac *f, struct err *err)
{
    const uint8_t *b = input_at(in, at, STREAMINFO_SIZE);

    if (b == NULL)
        return err_set(err, ERR_NOT_AUDIO,
                       "the FLAC file's header is broken; bounce it again");
    f->block_size = be16(b) == be16(b + 2) ? be16(b) : 0;
    f->block_max = be16(b + 2) > 0 ? be16(b + 2) : UINT16_MAX;
    p->sample_rate = (int)(be32(b + 10) >> 12);
    p->channels = (b[12] >> 1 & 7) + 1;
    p->bits = ((b[12] & 1) << 4 | b[13] >> 4) + 1;
    f->channels = p->channels;
    f->total = (int64_t)(b[13] & 15) << 32 | be32(b + 14);
    if (p->sample_rate == 0)
        return err_set(err, ERR_NOT_AUDIO,
                       "the FLAC file says no sample rate; bounce it again");
    return 0;
}

/* The blocks before the sound; *at moves past them. */
static int
read_blocks(struct input *in, int64_t *at, struct audio_probe *p,
            struct flac *f, struct err *err)
{
    bool last = false;

    *at += 4;
    for (int i = 0; !last; i++) {
        const uint8_t *b = input_at(in, *at, 4);
        int64_t size;

        if (b == NULL || i == BLOCKS_MAX)
            return err_set(err, ERR_AUDIO_DAMAGED,
                           "the FLAC file is cut off before any sound (at byte "
                           "%lld); bounce it again",
                           (long long)in->size);
        last = (b[0] & 0x80) != 0;
        size = be32(b) & 0xffffff;
        if ((b[0] & 0x7f) == BLOCK_PICTURE)
            p->has_art = true;
        if (i == 0 &&
            ((b[0] & 0x7f) != BLOCK_STREAMINFO || size < STREAMINFO_SIZE))
            return err_set(err, ERR_NOT_AUDIO,
                           "the FLAC file has no header; bounce it again");
        if (i == 0 && read_streaminfo(in, *at + 4, p, f, err) == -1)
            return -1;
        *at += 4 + size;
    }
    return 0;
}

/* The number in a frame's header is encoded like UTF-8, in up to 7 bytes.
 * Returns its length, 0 if it is invalid. */
static size_t
read_number(const uint8_t *p, int64_t *ret)
{
    size_t n = 0;

    if (p[0] < 0x80) {
        *ret = p[0];
        return 1;
    }
    while (n < 8 && (p[0] << n & 0x80))
        n++;
    if (n < 2 || n > 7)
        return 0;
    *ret = n == 7 ? 0 : p[0] & ((1 << (7 - n)) - 1);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        *ret = *ret << 6 | (p[i] & 0x3f);
    }
    return n;
}

/* Samples in the frame by the code in its header; extra: the bytes that a
 * code of 6 or 7 refers to. 0 reserved. */
static int64_t
frame_samples(int code, const uint8_t *extra)
{
    if (code == 0)
        return 0;
    if (code == 1)
        return 192;
    if (code < 6)
        return 576 << (code - 2);
    if (code == 6)
        return extra[0] + 1;
    if (code == 7)
        return be16(extra) + 1;
    return 256 << (code - 8);
}

/* The sample after a frame that begins at b, with FRAME_HEADER_MAX readable
 * bytes; -1 if none begins there. */
static int64_t
frame_end_sample(const uint8_t *b, const struct flac *f)
{
    int block = b[2] >> 4, rate = b[2] & 15;
    bool variable = (b[1] & 1) != 0;
    int64_t number, samples;
    size_t n;

    if (b[0] != 0xff || (b[1] & 0xfe) != 0xf8 || rate == 15 || (b[3] & 1))
        return -1;
    /* 8, 9 and 10: two channels, one or both of which are differences. */
    if ((b[3] >> 4) + 1 != f->channels &&
        (f->channels != 2 || b[3] >> 4 < 8 || b[3] >> 4 > 10))
        return -1;
    n = read_number(b + 4, &number);
    if (n == 0)
        return -1;
    samples = frame_samples(block, b + 4 + n);
    n += 4 +
         (block == 6   ? 1
          : block == 7 ? 2
                       : 0) +
         (rate == 12                 ? 1
          : rate == 13 || rate == 14 ? 2
                                     : 0);
    if (samples == 0 || crc8(b, n) != b[n])
        return -1;
    if (!variable && f->block_size == 0)
        return -1;
    return (variable ? number : number * f->block_size) + samples;
}

/* The sample after the last frame in [from, end); *ret_at its offset. */
static int64_t
last_frame(struct input *in, const struct flac *f, int64_t from, int64_t end,
           int64_t *ret_at)
{
    int64_t found = -1;

    for (int64_t at = from; at + FRAME_HEADER_MAX <= end;) {
        size_t len = 0;
        const uint8_t *b = input_span(in, at, FRAME_HEADER_MAX, &len), *hit;
        int64_t sample;

        if (b == NULL)
            break;
        hit = memchr(b, 0xff, len - FRAME_HEADER_MAX + 1);
        if (hit == NULL) {
            at += (int64_t)(len - FRAME_HEADER_MAX + 1);
            continue;
        }
        at += hit - b;
        sample = frame_end_sample(hit, f);
        if (sample > found && (f->total == 0 || sample <= f->total)) {
            found = sample;
            *ret_at = at;
        }
        at++;
    }
    return found;
}

/* Is the CRC-16 at the end of the last frame that of its bytes? */
static bool
frame_holds(struct input *in, int64_t at, int64_t end)
{
    uint16_t crc = 0;

    while (at < end) {
        size_t len = 0;
        const uint8_t *b = input_span(in, at, 1, &len);

        if (b == NULL)
            return false;
        if ((int64_t)len > end - at)
            len = (size_t)(end - at);
        at += (int64_t)len;
        while (len-- > 0) {
            crc ^= (uint16_t)(*b++ << 8);
            for (int bit = 0; bit < 8; bit++)
                crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x8005 : crc << 1);
        }
    }
    return crc == 0; /* including the checksum, the sum is 0 */
}

int
probe_flac(struct input *in, int64_t end, struct audio_probe *p,
           struct err *err)
{
    struct flac f = {0};
    int64_t at = 0, from, most, last_at = 0;

    memcpy(p->format, "flac", sizeof("flac"));
    p->codec = "FLAC";
    p->mime = "audio/flac";
    p->extension = "flac";
    if (read_blocks(in, &at, p, &f, err) == -1)
        return -1;
    p->audio_start = at;
    p->audio_end = end;
    from = end - at > END_MAX ? end - END_MAX : at;
    p->samples = last_frame(in, &f, from, end, &last_at);
    if (p->samples <= 0)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the FLAC file has no sound at its end (byte %lld); "
                       "bounce it again",
                       (long long)end);
    /* Frame numbers are claims too: limit them to what fits. */
    most = ((end - at) / FRAME_MIN + 1) * f.block_max;
    if (p->samples > most)
        p->samples = most;
    p->duration_sec = (double)p->samples / p->sample_rate;
    p->bitrate = (int)fmin((double)(end - at) * 8 / p->duration_sec, INT32_MAX);
    if (!frame_holds(in, last_at, end))
        probe_damage(p, last_at, end - last_at, "a last frame that is broken");
    return probe_missing(p, f.total - p->samples, end, err);
}
