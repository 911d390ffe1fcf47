/*
 * Stores what an audio file sounds like in few bytes: one byte per value with
 * few distinct values, which deflate packs into bits.
 *
 *     "TMS1"; frames, chroma_frames, levels, four bytes each, low first
 *     for each band: its largest onset (float), then a step for each frame
 *     for each frame of pitch classes: 12 shades, 0 to 7
 *     for each level: loudness and bands, half dB above SOUND_SILENT
 */
#include "music/sound.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/packed.h"

#define MAGIC "TMS1"
#define HEAD 16
#define STEPS 11 /* the largest of an onset */
#define SHADES 7 /* the largest of a pitch class */
#define FRAMES_MAX (24 * 3600 * SOUND_FPS)
#define RAW_MAX (64 << 20)

struct sound *
sound_open(size_t frames, size_t chroma_frames, size_t levels)
{
    struct sound *s = xcalloc(1, sizeof(*s));

    s->frames = frames;
    s->chroma_frames = chroma_frames;
    s->levels = levels;
    for (int b = 0; b < SOUND_BANDS; b++)
        s->onset[b] = xcalloc(frames, sizeof(float));
    s->chroma = xcalloc(chroma_frames, sizeof(*s->chroma));
    s->level = xcalloc(levels, sizeof(*s->level));
    return s;
}

void
sound_close(struct sound *s)
{
    if (s == NULL)
        return;
    for (int b = 0; b < SOUND_BANDS; b++)
        free(s->onset[b]);
    free(s->chroma);
    free(s->level);
    free(s);
}

static size_t
raw_size(size_t frames, size_t chroma_frames, size_t levels)
{
    return HEAD + SOUND_BANDS * (sizeof(float) + frames) + 12 * chroma_frames +
           (1 + SOUND_BANDS) * levels;
}

static unsigned char *
put_count(unsigned char *to, size_t n)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(n >> (8 * i));
    return to + 4;
}

static size_t
get_count(const unsigned char *from)
{
    return from[0] | (size_t)from[1] << 8 | (size_t)from[2] << 16 |
           (size_t)from[3] << 24;
}

/* The square root of its ratio to the largest, in steps, because most onsets
 * are small. */
static unsigned char *
put_onsets(unsigned char *to, const float *onset, size_t n)
{
    float largest = 0;

    for (size_t i = 0; i < n; i++)
        largest = fmaxf(largest, onset[i]);
    memcpy(to, &largest, sizeof(largest));
    to += sizeof(largest);
    for (size_t i = 0; i < n; i++)
        to[i] = largest > 0
                    ? (unsigned char)lrintf(STEPS * sqrtf(onset[i] / largest))
                    : 0;
    return to + n;
}

static const unsigned char *
get_onsets(const unsigned char *from, float *onset, size_t n)
{
    float largest;

    memcpy(&largest, from, sizeof(largest));
    from += sizeof(largest);
    if (!isfinite(largest) || largest < 0)
        largest = 0;
    for (size_t i = 0; i < n; i++) {
        float root = (float)from[i] / STEPS;

        onset[i] = largest * root * root;
    }
    return from + n;
}

static unsigned char
half_db(float db)
{
    return (unsigned char)lrintf(fminf(fmaxf(2 * (db - SOUND_SILENT), 0), 255));
}

static float
from_half_db(unsigned char n)
{
    return SOUND_SILENT + (float)n / 2;
}

char *
sound_text(const struct sound *s)
{
    size_t size = raw_size(s->frames, s->chroma_frames, s->levels);
    auto_free unsigned char *raw = xcalloc(1, size);
    unsigned char *to = raw + 4;

    memcpy(raw, MAGIC, 4);
    to = put_count(to, s->frames);
    to = put_count(to, s->chroma_frames);
    to = put_count(to, s->levels);
    for (int b = 0; b < SOUND_BANDS; b++)
        to = put_onsets(to, s->onset[b], s->frames);
    for (size_t i = 0; i < s->chroma_frames; i++)
        for (int p = 0; p < 12; p++)
            *to++ = (unsigned char)lrintf(SHADES * s->chroma[i][p]);
    for (size_t i = 0; i < s->levels; i++) {
        *to++ = half_db(s->level[i].loudness);
        for (int b = 0; b < SOUND_BANDS; b++)
            *to++ = half_db(s->level[i].band[b]);
    }
    return packed_text(raw, size);
}

static struct sound *
read_raw(const unsigned char *raw, size_t size)
{
    size_t frames, chroma_frames, levels;
    const unsigned char *from = raw + HEAD;
    struct sound *s;

    if (size < HEAD || memcmp(raw, MAGIC, 4) != 0)
        return NULL;
    frames = get_count(raw + 4);
    chroma_frames = get_count(raw + 8);
    levels = get_count(raw + 12);
    if (frames > FRAMES_MAX || chroma_frames > FRAMES_MAX ||
        levels > FRAMES_MAX || size != raw_size(frames, chroma_frames, levels))
        return NULL;
    s = sound_open(frames, chroma_frames, levels);
    for (int b = 0; b < SOUND_BANDS; b++)
        from = get_onsets(from, s->onset[b], frames);
    for (size_t i = 0; i < chroma_frames; i++)
        for (int p = 0; p < 12; p++)
            s->chroma[i][p] = (float)*from++ / SHADES;
    for (size_t i = 0; i < levels; i++) {
        s->level[i].loudness = from_half_db(*from++);
        for (int b = 0; b < SOUND_BANDS; b++)
            s->level[i].band[b] = from_half_db(*from++);
    }
    return s;
}

struct sound *
sound_read(const char *text)
{
    auto_buf struct buf raw = BUF_INIT(RAW_MAX);

    if (text == NULL || !packed_open(text, &raw))
        return NULL;
    return read_raw((const unsigned char *)raw.data, raw.len);
}
