/*
 * Ogg with Vorbis or Opus: walks the pages. Their numbers reveal lost pages,
 * and the granule positions of the first and the last page give the length: a
 * piece cut out of a broadcast or a longer file does not begin at zero.
 */
#include <math.h>
#include <string.h>

#include "audio/parts.h"

#define PAGE_HEADER 27
#define PACKET_MAX 8192 /* samples; Opus has 5,760, Vorbis half of it */
#define OPUS_RATE 48000
#define FLAG_CONTINUED 1
#define FLAG_FIRST 2
#define FLAG_LAST 4
#define SYNC_MAX (1 << 20)

struct ogg {
    uint32_t serial, sequence;
    int64_t most;                 /* samples that the packets can hold */
    int64_t pages, granule, skip; /* skip: samples before the sound (Opus) */
    int64_t begin;                /* start of the first page of sound */
    int block;                    /* most samples of a Vorbis packet; 0: Opus */
    int64_t chained;              /* offset of a second recording; 0: none */
    bool sounds;                  /* a page of sound was seen */
    bool cut;                     /* the last page is incomplete */
    bool ended;                   /* the page that says it is the last */
};

struct page {
    int64_t size; /* header and body */
    int64_t body; /* offset of the body in the page */
    int64_t granule;
    int packets; /* at most */
    uint32_t serial, sequence;
    int flags;
};

static bool
page_at(struct input *in, int64_t at, struct page *ret)
{
    const uint8_t *b = input_at(in, at, PAGE_HEADER);
    size_t segments;

    if (b == NULL || memcmp(b, "OggS", 4) != 0 || b[4] != 0)
        return false;
    *ret = (struct page){.flags = b[5],
                         .granule = (int64_t)le64(b + 6),
                         .serial = le32(b + 14),
                         .sequence = le32(b + 18)};
    segments = b[26];
    b = input_at(in, at, PAGE_HEADER + segments);
    if (b == NULL)
        return false;
    ret->body = PAGE_HEADER + (int64_t)segments;
    ret->size = ret->body;
    ret->packets = (int)segments;
    for (size_t i = 0; i < segments; i++)
        ret->size += b[PAGE_HEADER + i];
    return true;
}

static int
read_id(struct input *in, int64_t body, struct audio_probe *p, struct ogg *o,
        struct err *err)
{
    const uint8_t *b = input_at(in, body, 29);

    if (b != NULL && memcmp(b, "OpusHead", 8) == 0) {
        p->codec = "Opus";
        p->channels = b[9];
        p->sample_rate = OPUS_RATE;
        o->skip = le16(b + 10);
    } else if (b != NULL && memcmp(b, "\x01vorbis", 7) == 0) {
        p->codec = "Vorbis";
        p->channels = b[11];
        p->sample_rate = (int)(le32(b + 12) & 0x7fffffff);
        o->block = 1 << (b[28] >> 4) >> 1;
    } else {
        return err_set(
            err, ERR_NOT_AUDIO,
            "we can't use this Ogg file: it has no Vorbis or Opus in "
            "it; bounce it as WAV, FLAC or MP3");
    }
    if (p->channels < 1 || p->sample_rate < 1)
        return err_set(err, ERR_NOT_AUDIO,
                       "the Ogg file's header is broken; bounce it again");
    return 0;
}

/* Samples of an Opus packet, by its first two bytes (RFC 6716, 3.1). */
static int
opus_samples(const uint8_t *b, int len)
{
    static const int silk[] = {480, 960, 1920, 2880};
    int config = b[0] >> 3;
    int frame = config < 12   ? silk[config & 3]
                : config < 16 ? 480 << (config & 1)
                              : 120 << (config & 3);
    int frames = (b[0] & 3) == 0   ? 1
                 : (b[0] & 3) != 3 ? 2
                 : len > 1         ? b[1] & 63
                                   : 0;

    return frame * frames;
}

/* Samples of the packets that end on a page: for Vorbis an upper limit, because
 * a long header says which of its packets are short. */
static int64_t
page_samples(struct input *in, int64_t at, const struct page *page,
             const struct ogg *o)
{
    bool begun = (page->flags & FLAG_CONTINUED) == 0;
    int64_t sum = 0, from = at + page->body;
    int packets = 0, len = 0;

    for (int i = 0; i < page->packets; i++) {
        const uint8_t *b = input_at(in, at + PAGE_HEADER + i, 1);
        int lace = b != NULL ? b[0] : 0;

        len += lace;
        if (lace == 255)
            continue;
        packets++;
        if (o->block == 0 && begun && len > 0 &&
            (b = input_at(in, from, len > 1 ? 2 : 1)) != NULL)
            sum += opus_samples(b, len);
        from += len;
        len = 0;
        begun = true;
    }
    return o->block == 0 ? sum : (int64_t)(packets - 1) * o->block;
}

/* The first page on which a packet of sound ends: when does it begin? The
 * headers before it are at zero. */
static void
take_begin(struct input *in, int64_t at, const struct page *page, struct ogg *o)
{
    if (o->sounds || page->granule <= 0)
        return;
    o->sounds = true;
    o->begin = page->granule - page_samples(in, at, page, o);
    if (o->begin < 0 || page->flags & FLAG_LAST)
        o->begin = 0;
}

/* A page of ours: does it follow the last one? */
static void
take_page(struct audio_probe *p, struct ogg *o, int64_t at,
          const struct page *page)
{
    if (page->sequence != o->sequence + 1)
        probe_damage(p, at, 0, "pages that are missing");
    o->sequence = page->sequence;
    o->pages++;
    o->most += (int64_t)page->packets * PACKET_MAX;
    if (page->granule > o->granule)
        o->granule = page->granule;
    if (page->flags & FLAG_LAST)
        o->ended = true;
}

/* The next page's start in (at, at + SYNC_MAX), or the end of the file. */
static int64_t
resync(struct input *in, int64_t at)
{
    int64_t limit = in->size - at > SYNC_MAX ? at + SYNC_MAX : in->size;
    struct page page;

    for (at++; at < limit; at++) {
        size_t len = 0;
        const uint8_t *b = input_span(in, at, 1, &len), *hit;

        if (b == NULL)
            break;
        hit = memchr(b, 'O', len);
        at += hit == NULL ? (int64_t)len - 1 : hit - b;
        if (hit != NULL && page_at(in, at, &page))
            return at < limit ? at : in->size;
    }
    return in->size;
}

static void
walk_pages(struct input *in, int64_t at, int64_t end, struct audio_probe *p,
           struct ogg *o)
{
    while (at < end) {
        struct page page;
        int64_t next;

        if (!page_at(in, at, &page)) {
            next = resync(in, at);
            if (next >= end) {
                next = end;
                p->trailing_junk = end - at;
            }
            probe_damage(p, at, next - at, "bytes that are no Ogg page");
            at = next;
            continue;
        }
        if (at + page.size > end) {
            o->cut = true;
            break;
        }
        if (page.flags & FLAG_FIRST &&
            (o->sounds || page.serial == o->serial)) {
            o->chained = at;
            break;
        }
        if (page.serial == o->serial) {
            take_begin(in, at, &page, o);
            take_page(p, o, at, &page);
        } else if (page.flags & FLAG_FIRST) {
            probe_damage(p, at, 0, "another stream");
        }
        at += page.size;
        p->audio_end = at;
    }
}

static int
measure(struct audio_probe *p, const struct ogg *o, struct err *err)
{
    int64_t bytes = p->audio_end - p->audio_start, gone = 0;

    p->samples = o->granule - o->begin - o->skip;
    if (p->samples > o->most) /* its pages give times, not amounts */
        p->samples = o->most;
    /* Less than eight bits a second is not sound but a false number. */
    if (p->samples <= 0 || p->samples / p->sample_rate > p->bytes)
        return err_set(
            err, ERR_AUDIO_DAMAGED,
            "the Ogg file has no sound in it (it ends at byte %lld); "
            "bounce it again",
            (long long)p->bytes);
    p->duration_sec = (double)p->samples / p->sample_rate;
    p->bitrate = (int)fmin((double)bytes * 8 / p->duration_sec, INT32_MAX);
    /* Trainers' decoders stop there, so half of it would be silently lost. */
    if (o->chained != 0)
        return err_set(
            err, ERR_NOT_AUDIO,
            "an Ogg file with several recordings in it: the next one begins "
            "after %.1f s (at byte %lld); send them one by one",
            p->duration_sec, (long long)o->chained);
    /* No header of Ogg says how much is missing. */
    if (o->cut)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the Ogg file is cut off after %.1f seconds (at byte "
                       "%lld); bounce it again",
                       p->duration_sec, (long long)p->audio_end);
    for (size_t i = 0; i < p->damage_count && i < AUDIO_DAMAGE_MAX; i++)
        gone += p->damage[i].bytes;
    p->lost_sec = (double)gone * p->duration_sec / (double)(bytes + 1);
    if (p->lost_sec > LOST_SEC_MAX)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the Ogg file is damaged in %zu place%s, first at byte "
                       "%lld (%s); bounce it again",
                       p->damage_count, p->damage_count == 1 ? "" : "s",
                       (long long)p->damage[0].offset, p->damage[0].what);
    if (!o->ended)
        probe_damage(p, p->audio_end, 0, "an end without a last page");
    return 0;
}

int
probe_ogg(struct input *in, int64_t end, struct audio_probe *p, struct err *err)
{
    struct ogg o = {0};
    struct page page;

    memcpy(p->format, "ogg", sizeof("ogg"));
    p->mime = "audio/ogg";
    p->extension = "ogg";
    if (!page_at(in, 0, &page) || page.size > in->size)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the Ogg file is cut off before any sound; bounce it "
                       "again");
    if (read_id(in, page.body, p, &o, err) == -1)
        return -1;
    o.serial = page.serial;
    o.sequence = page.sequence;
    p->audio_start = page.size;
    walk_pages(in, page.size, end, p, &o);
    return measure(p, &o, err);
}
