/*
 * Ogg with Vorbis or Opus: pages are walked, their numbers show lost ones,
 * the last granule position tells the length.
 */
#include <math.h>
#include <string.h>

#include "audio/parts.h"

#define PAGE_HEADER 27
#define OPUS_RATE 48000
#define FLAG_FIRST 2
#define FLAG_LAST 4
#define SYNC_MAX (1 << 20)

struct ogg {
    uint32_t serial, sequence;
    int64_t pages, granule, skip; /* skip: samples before the sound (Opus) */
    bool cut;                     /* the last page is not whole */
    bool ended;                   /* the page that says it is the last */
};

struct page {
    int64_t size; /* header and body */
    int64_t body; /* offset of the body in the page */
    int64_t granule;
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
    for (size_t i = 0; i < segments; i++)
        ret->size += b[PAGE_HEADER + i];
    return true;
}

static int
read_id(struct input *in, int64_t body, struct audio_probe *p, struct ogg *o,
        struct err *err)
{
    const uint8_t *b = input_at(in, body, 19);

    if (b != NULL && memcmp(b, "OpusHead", 8) == 0) {
        p->codec = "Opus";
        p->channels = b[9];
        p->sample_rate = OPUS_RATE;
        o->skip = le16(b + 10);
    } else if (b != NULL && memcmp(b, "\x01vorbis", 7) == 0) {
        p->codec = "Vorbis";
        p->channels = b[11];
        p->sample_rate = (int)(le32(b + 12) & 0x7fffffff);
    } else {
        return err_set(err, ERR_NOT_AUDIO,
                       "an Ogg file without Vorbis or Opus in it (video, "
                       "Speex or FLAC?); save it as MP3 or WAV");
    }
    if (p->channels < 1 || p->sample_rate < 1)
        return err_set(err, ERR_NOT_AUDIO, "an Ogg file with a broken header");
    return 0;
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
walk_pages(struct input *in, int64_t at, struct audio_probe *p, struct ogg *o)
{
    while (at < in->size) {
        struct page page;
        int64_t next;

        if (!page_at(in, at, &page)) {
            next = resync(in, at);
            if (next == in->size)
                p->trailing_junk = in->size - at;
            probe_damage(p, at, next - at, "bytes that are no Ogg page");
            at = next;
            continue;
        }
        if (at + page.size > in->size) {
            o->cut = true;
            break;
        }
        if (page.serial == o->serial)
            take_page(p, o, at, &page);
        else if (page.flags & FLAG_FIRST)
            probe_damage(p, at, 0, "another stream");
        at += page.size;
        p->audio_end = at;
    }
}

static int
measure(struct audio_probe *p, const struct ogg *o, struct err *err)
{
    int64_t bytes = p->audio_end - p->audio_start, gone = 0;

    p->samples = o->granule - o->skip;
    /* Less than eight bits a second is no sound but a false number. */
    if (p->samples <= 0 || p->samples / p->sample_rate > p->bytes)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the Ogg file has no sound in it: it ends at byte "
                       "%lld; upload it again",
                       (long long)p->bytes);
    p->duration_sec = (double)p->samples / p->sample_rate;
    p->bitrate = (int)fmin((double)bytes * 8 / p->duration_sec, INT32_MAX);
    /* How much is missing, no header of Ogg tells. */
    if (o->cut)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the Ogg file is cut: its last page, at byte %lld, "
                       "after %.1f s, is not whole; upload it again",
                       (long long)p->audio_end, p->duration_sec);
    for (size_t i = 0; i < p->damage_count && i < AUDIO_DAMAGE_MAX; i++)
        gone += p->damage[i].bytes;
    p->lost_sec = (double)gone * p->duration_sec / (double)(bytes + 1);
    if (p->lost_sec > LOST_SEC_MAX)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the Ogg file is damaged in %zu places, first at byte "
                       "%lld (%s); upload it again",
                       p->damage_count, (long long)p->damage[0].offset,
                       p->damage[0].what);
    if (!o->ended)
        probe_damage(p, p->audio_end, 0, "an end without a last page");
    return 0;
}

int
probe_ogg(struct input *in, struct audio_probe *p, struct err *err)
{
    struct ogg o = {0};
    struct page page;

    memcpy(p->format, "ogg", sizeof("ogg"));
    p->mime = "audio/ogg";
    p->extension = "ogg";
    if (!page_at(in, 0, &page) || page.size > in->size)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the Ogg file is cut in its first page; upload it "
                       "again");
    if (read_id(in, page.body, p, &o, err) == -1)
        return -1;
    o.serial = page.serial;
    o.sequence = page.sequence;
    p->audio_start = page.size;
    walk_pages(in, page.size, p, &o);
    return measure(p, &o, err);
}
