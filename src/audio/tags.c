/*
 * Tags around the audio: their sizes, and whether they hold a picture. Their
 * text does not matter here.
 */
#include <string.h>

#include "audio/parts.h"

#define ID3_HEADER 10
#define APE_HEADER 32
#define ID3V1_SIZE 128
#define ID3V1_EXTRA 227 /* "TAG+", precedes the ID3v1 tag */
#define ID3_FRAMES_MAX 1024
#define LYRICS1_MAX (11 + 5100 + 9)
#define ID3_BEHIND_MAX (8 << 20) /* how far back a tag may begin */

/* Four times seven bits; -1 if a top bit is set, which no tag may have. */
static int64_t
syncsafe(const uint8_t *p)
{
    if ((p[0] | p[1] | p[2] | p[3]) & 0x80)
        return -1;
    return (int64_t)p[0] << 21 | p[1] << 14 | p[2] << 7 | p[3];
}

/* Whether the tag at `at`, with `size` bytes after its header, holds a picture.
 * Walks its frames and skips their bodies. */
static bool
id3_has_picture(struct input *in, int64_t at, int64_t size, int version)
{
    size_t head = version == 2 ? 6 : 10;
    const char *name = version == 2 ? "PIC" : "APIC";
    int64_t end = at + ID3_HEADER + size;

    at += ID3_HEADER;
    for (int i = 0; i < ID3_FRAMES_MAX && at + (int64_t)head < end; i++) {
        const uint8_t *p = input_at(in, at, head);
        int64_t len;

        if (p == NULL || p[0] == 0)
            return false;
        if (memcmp(p, name, strlen(name)) == 0)
            return true;
        if (version == 2)
            len = (int64_t)p[3] << 16 | p[4] << 8 | p[5];
        else if (version == 4 && syncsafe(p + 4) >= 0)
            len = syncsafe(p + 4);
        else
            len = be32(p + 4);
        at += (int64_t)head + len;
    }
    return false;
}

/* The size of the ID3v2 header or footer at p, with version and flags; -1 if it
 * is none. */
static int64_t
id3_size(const uint8_t *p)
{
    if (p[3] < 2 || p[3] > 4 || p[4] == 0xff)
        return -1;
    return syncsafe(p + 6);
}

static int64_t
id3v2_at(struct input *in, int64_t at, bool *art)
{
    const uint8_t *p = input_at(in, at, ID3_HEADER);
    int64_t size;
    int version;
    bool footer;

    if (p == NULL || memcmp(p, "ID3", 3) != 0 || (size = id3_size(p)) < 0)
        return 0;
    version = p[3];
    footer = version == 4 && (p[5] & 0x10) != 0;
    if (!*art)
        *art = id3_has_picture(in, at, size, version);
    return ID3_HEADER + size + (footer ? ID3_HEADER : 0);
}

int64_t
tag_at_start(struct input *in, int64_t at, bool *art)
{
    const uint8_t *p;

    if (input_is(in, at, "ID3"))
        return id3v2_at(in, at, art);
    p = input_at(in, at, APE_HEADER);
    if (p == NULL || memcmp(p, "APETAGEX", 8) != 0)
        return 0;
    return APE_HEADER + (int64_t)le32(p + 12);
}

/* "LYRICSBEGIN" ... six digits "LYRICS200". */
static int64_t
lyrics_before(struct input *in, int64_t end)
{
    const uint8_t *p = input_at(in, end - 15, 15);
    int64_t size = 0;

    if (p == NULL || memcmp(p + 6, "LYRICS200", 9) != 0)
        return 0;
    for (int i = 0; i < 6; i++) {
        if (p[i] < '0' || p[i] > '9')
            return 0;
        size = size * 10 + (p[i] - '0');
    }
    return input_is(in, end - 15 - size, "LYRICSBEGIN") ? size + 15 : 0;
}

/* Lyrics3 before it had a size: "LYRICSBEGIN", at most 5,100 bytes,
 * "LYRICSEND". */
static int64_t
lyrics1_before(struct input *in, int64_t end)
{
    int64_t from = end > LYRICS1_MAX ? end - LYRICS1_MAX : 0;
    const uint8_t *b = input_at(in, from, (size_t)(end - from));

    if (b == NULL || end - from < 20 ||
        memcmp(b + (end - from) - 9, "LYRICSEND", 9) != 0)
        return 0;
    for (int64_t at = end - from - 20; at >= 0; at--)
        if (memcmp(b + at, "LYRICSBEGIN", 11) == 0)
            return end - from - at;
    return 0;
}

static int64_t
ape_before(struct input *in, int64_t end)
{
    const uint8_t *p = input_at(in, end - APE_HEADER, APE_HEADER);
    int64_t size;

    if (p == NULL || memcmp(p, "APETAGEX", 8) != 0)
        return 0;
    size = le32(p + 12);
    if (size < APE_HEADER)
        return 0;
    return size + (le32(p + 20) & 0x80000000u ? APE_HEADER : 0);
}

/* An ID3v2.4 tag may be at the end, with a footer "3DI". */
static int64_t
id3v2_before(struct input *in, int64_t end, bool *art)
{
    const uint8_t *p = input_at(in, end - ID3_HEADER, ID3_HEADER);
    int64_t size;

    if (p == NULL || memcmp(p, "3DI", 3) != 0 || (size = id3_size(p)) < 0)
        return 0;
    size += ID3_HEADER + ID3_HEADER;
    return id3v2_at(in, end - size, art) == size ? size : 0;
}

/* A tag before 2.4 that was appended anyway has no footer: look for a header
 * whose size leads exactly to the end. */
static int64_t
id3v2_behind(struct input *in, int64_t end, bool *art)
{
    int64_t at = end > ID3_BEHIND_MAX ? end - ID3_BEHIND_MAX : 0;

    while (at + ID3_HEADER <= end) {
        size_t len = 0;
        const uint8_t *b = input_span(in, at, ID3_HEADER, &len), *hit;

        if (b == NULL)
            break;
        if (at + (int64_t)len > end)
            len = (size_t)(end - at);
        hit = memchr(b, 'I', len - ID3_HEADER + 1);
        if (hit == NULL) {
            at += (int64_t)(len - ID3_HEADER + 1);
            continue;
        }
        at += hit - b;
        if (memcmp(hit, "ID3", 3) == 0 && id3_size(hit) > 0 &&
            at + ID3_HEADER + id3_size(hit) == end)
            return id3v2_at(in, at, art);
        at++;
    }
    return 0;
}

static int64_t
id3v1_before(struct input *in, int64_t end)
{
    if (!input_is(in, end - ID3V1_SIZE, "TAG"))
        return 0;
    if (input_is(in, end - ID3V1_SIZE - ID3V1_EXTRA, "TAG+"))
        return ID3V1_SIZE + ID3V1_EXTRA;
    return ID3V1_SIZE;
}

int64_t
tag_at_end(struct input *in, int64_t end, bool *art)
{
    int64_t size = id3v1_before(in, end);

    if (size == 0)
        size = lyrics_before(in, end);
    if (size == 0)
        size = lyrics1_before(in, end);
    if (size == 0)
        size = ape_before(in, end);
    if (size == 0)
        size = id3v2_before(in, end, art);
    if (size == 0)
        size = id3v2_behind(in, end, art);
    return size;
}
