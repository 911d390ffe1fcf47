/*
 * WAV (RIFF, RF64, BW64) and AIFF (AIFF, AIFC): chunks, two of which matter.
 */
#include <math.h>
#include <string.h>

#include "audio/parts.h"

#define CHUNKS_MAX 4096
#define CHUNK_HEADER 8
#define CHANNELS_MAX 32
#define RIFF_UNKNOWN 0xffffffffu
/* Sizes written by programs that cannot go back to fill them in: a number near
 * 2 GB or 4 GB (0x7ffff000, 0x7fffffff less a header, 0x80000000, ...). */
#define NEAR_2G_MIN 0x7eff0000u
#define NEAR_2G_MAX 0x80ffffffu
#define NEAR_4G_MIN 0xfeff0000u

#define WAV_PCM 1u
#define WAV_FLOAT 3u
#define WAV_ALAW 6u
#define WAV_ULAW 7u
#define WAV_MP3 0x55u
#define WAV_EXTENSIBLE 0xfffeu

struct chunks {
    bool big;          /* numbers are big endian: AIFF */
    int64_t ds64_data; /* RF64: the size of data; -1 not said */
    bool has_format, has_data;
    unsigned tag;           /* of WAV's format */
    int64_t frame_bytes;    /* a sample of every channel */
    int64_t claimed;        /* bytes of sound, by the header; -1 unknown */
    int64_t claimed_frames; /* AIFF says them apart; -1 */
    int64_t end;            /* of the file, without the tags at its end */
};

static int
check_format(struct audio_probe *p, const struct chunks *c, struct err *err)
{
    if (p->channels < 1 || p->channels > CHANNELS_MAX || p->sample_rate < 1 ||
        p->sample_rate > RATE_MAX || p->bits < 1 || p->bits > 64 ||
        c->frame_bytes < 1 ||
        c->frame_bytes < (int64_t)p->channels * ((p->bits + 7) / 8))
        return err_set(err, ERR_NOT_AUDIO,
                       "we can't use this file: it says %d channels of %d bits "
                       "at %d Hz; bounce it again",
                       p->channels, p->bits, p->sample_rate);
    return 0;
}

static int
wav_format(struct input *in, int64_t at, int64_t size, struct audio_probe *p,
           struct chunks *c, struct err *err)
{
    const uint8_t *b = size < 16 ? NULL : input_at(in, at, 16);

    if (b == NULL)
        return err_set(err, ERR_NOT_AUDIO,
                       "the WAV file's header is broken; bounce it again");
    c->tag = le16(b);
    p->channels = (int)le16(b + 2);
    p->sample_rate = (int)(le32(b + 4) & 0x7fffffff);
    c->frame_bytes = le16(b + 12);
    p->bits = (int)le16(b + 14);
    if (c->tag == WAV_EXTENSIBLE && size >= 26 &&
        (b = input_at(in, at, 26)) != NULL)
        c->tag = le16(b + 24);
    switch (c->tag) {
    case WAV_PCM:
        p->codec = "PCM";
        break;
    case WAV_FLOAT:
        p->codec = "float PCM";
        break;
    case WAV_ALAW:
        p->codec = "A-law";
        break;
    case WAV_ULAW:
        p->codec = "mu-law";
        break;
    default:
        return err_set(
            err, ERR_NOT_AUDIO,
            "a WAV file with %s inside; bounce it as plain WAV or MP3",
            c->tag == WAV_MP3 ? "MP3"
                              : "a codec that we do not "
                                "take");
    }
    c->has_format = true;
    return check_format(p, c, err);
}

/* Rate as an 80-bit float; 0 if it makes no sense. */
static int
extended_rate(const uint8_t *b)
{
    int exponent = (int)(be16(b) & 0x7fff) - 16383 - 31;
    double rate = ldexp((double)be32(b + 2), exponent);

    return rate >= 1 && rate <= RATE_MAX ? (int)lround(rate) : 0;
}

static const char *
aifc_codec(const uint8_t *name)
{
    static const struct {
        char id[5];
        const char *codec;
    } known[] = {
        {"NONE", "PCM"},       {"twos", "PCM"},       {"sowt", "PCM"},
        {"in24", "PCM"},       {"in32", "PCM"},       {"fl32", "float PCM"},
        {"FL32", "float PCM"}, {"fl64", "float PCM"}, {"FL64", "float PCM"},
        {"alaw", "A-law"},     {"ulaw", "mu-law"},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (memcmp(name, known[i].id, 4) == 0)
            return known[i].codec;
    return NULL;
}

static int
aiff_format(struct input *in, int64_t at, int64_t size, struct audio_probe *p,
            struct chunks *c, struct err *err)
{
    bool compressed = input_is(in, 8, "AIFC");
    size_t need = compressed ? 22 : 18;
    const uint8_t *b = size < (int64_t)need ? NULL : input_at(in, at, need);

    if (b == NULL)
        return err_set(err, ERR_NOT_AUDIO,
                       "the AIFF file's header is broken; bounce it again");
    p->channels = (int)be16(b);
    c->claimed_frames = be32(b + 2);
    p->bits = (int)be16(b + 6);
    p->sample_rate = extended_rate(b + 8);
    p->codec = compressed ? aifc_codec(b + 18) : "PCM";
    if (p->codec == NULL)
        return err_set(err, ERR_NOT_AUDIO,
                       "an AIFF file with a codec that we do not take; bounce "
                       "it as plain AIFF or WAV");
    c->frame_bytes = (int64_t)p->channels * ((p->bits + 7) / 8);
    if (strcmp(p->codec, "A-law") == 0 || strcmp(p->codec, "mu-law") == 0)
        c->frame_bytes = p->channels; /* bits are those when decoded */
    c->has_format = true;
    p->bits = p->bits > 64 ? 0 : p->bits;
    if (c->frame_bytes == p->channels && p->bits > 8)
        p->bits = 8;
    return check_format(p, c, err);
}

/* Whether a size was never filled in, as streams leave it; there: bytes that
 * follow. */
static bool
never_filled_in(int64_t size, int64_t there)
{
    return there > 0 &&
           (size == 0 ||
            (size > there && ((size >= NEAR_2G_MIN && size <= NEAR_2G_MAX) ||
                              (size >= NEAR_4G_MIN && size <= RIFF_UNKNOWN))));
}

static void
take_data(struct input *in, int64_t at, int64_t size, int64_t size_at,
          struct audio_probe *p, struct chunks *c)
{
    c->has_data = true;
    c->claimed = size;
    if (!c->big && size == RIFF_UNKNOWN)
        c->claimed = c->ds64_data;
    if (never_filled_in(c->claimed, in->size - at)) {
        c->claimed = -1;
        c->claimed_frames = -1;
        p->size_at = size_at;
    }
    p->audio_start = at;
    p->audio_end = c->claimed < 0 && c->end > at ? c->end : in->size;
    if (c->claimed >= 0 && c->claimed < in->size - at)
        p->audio_end = at + c->claimed;
}

static int
take_chunk(struct input *in, const char id[4], int64_t at, int64_t size,
           struct audio_probe *p, struct chunks *c, struct err *err)
{
    const uint8_t *b;

    if (memcmp(id, "fmt ", 4) == 0 && !c->big)
        return wav_format(in, at, size, p, c, err);
    if (memcmp(id, "COMM", 4) == 0 && c->big)
        return aiff_format(in, at, size, p, c, err);
    if (memcmp(id, "ds64", 4) == 0 && size >= 16 &&
        (b = input_at(in, at, 16)) != NULL)
        c->ds64_data = (int64_t)(le64(b + 8) & INT64_MAX);
    if (memcmp(id, "data", 4) == 0 && !c->big)
        take_data(in, at, size, at - 4, p, c);
    if (memcmp(id, "SSND", 4) == 0 && c->big && size >= 8 &&
        (b = input_at(in, at, 8)) != NULL && be32(b) <= size - 8)
        take_data(in, at + 8 + be32(b), size - 8 - be32(b), at - 4, p, c);
    if (memcmp(id, "id3 ", 4) == 0 || memcmp(id, "ID3 ", 4) == 0)
        tag_at_start(in, at, &p->has_art);
    return 0;
}

/* Until both important chunks were seen, and further for the tags. */
static int
walk_chunks(struct input *in, struct audio_probe *p, struct chunks *c,
            struct err *err)
{
    int64_t at = 12;

    for (int i = 0; i < CHUNKS_MAX; i++) {
        const uint8_t *b = input_at(in, at, CHUNK_HEADER);
        int64_t size;
        char id[4];

        if (b == NULL)
            break;
        memcpy(id, b, 4);
        size = c->big ? be32(b + 4) : le32(b + 4);
        if (take_chunk(in, id, at + CHUNK_HEADER, size, p, c, err) == -1)
            return -1;
        if (memcmp(id, "data", 4) == 0)
            size = c->claimed < 0 ? in->size : c->claimed;
        if (size > in->size - at)
            break;
        at += CHUNK_HEADER + size + (size & 1);
    }
    if (!c->has_format)
        return err_set(err, ERR_NOT_AUDIO,
                       "the %s file says no format; bounce it again",
                       c->big ? "AIFF" : "WAV");
    if (!c->has_data || p->audio_start >= in->size)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the %s file has no sound in it (it ends at byte %lld); "
                       "bounce it again",
                       c->big ? "AIFF" : "WAV", (long long)in->size);
    return 0;
}

static int
measure(struct audio_probe *p, const struct chunks *c, struct err *err)
{
    /* check_format saw that a frame has bytes. */
    /* NOLINTNEXTLINE(clang-analyzer-core*) */
    int64_t claimed = c->claimed < 0 ? -1 : c->claimed / c->frame_bytes;

    if (c->claimed_frames > claimed && c->claimed_frames >= 0)
        claimed = c->claimed_frames;
    p->samples = (p->audio_end - p->audio_start) / c->frame_bytes;
    if (c->claimed_frames >= 0 && c->claimed_frames < p->samples)
        p->samples = c->claimed_frames;
    p->duration_sec = (double)p->samples / p->sample_rate;
    p->bitrate = (int)(c->frame_bytes * 8 * p->sample_rate & 0x7fffffff);
    if (p->samples == 0)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the %s file has no sound in it; bounce it again",
                       p->format);
    if (c->claimed < 0)
        probe_damage(p, p->audio_start, 0,
                     "a length that the header does not say");
    return probe_missing(p, claimed - p->samples, p->audio_end, err);
}

int
probe_wav(struct input *in, int64_t end, struct audio_probe *p, struct err *err)
{
    struct chunks c = {.ds64_data = -1, .claimed_frames = -1, .end = end};

    memcpy(p->format, "wav", sizeof("wav"));
    p->mime = "audio/wav";
    p->extension = "wav";
    if (walk_chunks(in, p, &c, err) == -1)
        return -1;
    return measure(p, &c, err);
}

int
probe_aiff(struct input *in, int64_t end, struct audio_probe *p,
           struct err *err)
{
    struct chunks c = {
        .big = true, .ds64_data = -1, .claimed_frames = -1, .end = end};

    memcpy(p->format, "aiff", sizeof("aiff"));
    p->mime = "audio/aiff";
    p->extension = "aiff";
    if (walk_chunks(in, p, &c, err) == -1)
        return -1;
    return measure(p, &c, err);
}
