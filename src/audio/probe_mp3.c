/*
 * MP3: a walk along the chain of frame headers.
 *
 * A frame gives its own length, and so the place of the next header; MP3 offers
 * no other proof. A start, or a new start after damage, requires three
 * consecutive headers that agree (in random bytes that happens once in some
 * 10^14 positions).
 *
 * Bounded in time: each search looks at a byte once and, from a byte that could
 * begin a header, at most two frames ahead, inside one window.
 *
 * Long, since search, walk and verdict share one window and one state.
 */
#include <math.h>
#include <string.h>

#include "audio/mp3_header.h"
#include "audio/mp3_xing.h"
#include "audio/parts.h"

#define SEARCH_MAX (1 << 20) /* no frame for so long: none comes */
#define LOOK_AHEAD 32768     /* three frames of any kind */
#define FREE_TRIES 64        /* places tried for a free format start */
#define DAMAGE_STOP 100000   /* spots; more would tell nothing new */

struct walk {
    const struct mp3_visit *visit; /* or NULL */
    struct input *in;
    struct audio_probe *p;
    int64_t end;
    bool started; /* the stream's kind is known: */
    struct mp3_header first;
    int64_t free_length; /* of a free format frame without padding */
    int free_tries;

    int64_t frames, frame_bytes;
    int64_t crc_frames, crc_errors, crc_first;
    int bitrate; /* of the first frame with sound */
};

static bool
header_at(struct walk *w, int64_t at, struct mp3_header *ret)
{
    const uint8_t *b;

    if (at + MP3_HEADER > w->end)
        return false;
    b = input_at(w->in, at, MP3_HEADER);
    return b != NULL && mp3_header_parse(b, ret);
}

static bool
same_at(struct walk *w, int64_t at, const struct mp3_header *like,
        struct mp3_header *ret)
{
    return header_at(w, at, ret) && mp3_header_same(like, ret);
}

static int64_t
length_of(const struct walk *w, const struct mp3_header *h)
{
    return h->bitrate != 0 ? h->length : w->free_length + h->padding;
}

/* In free format only the distance between headers gives a frame's length. */
static bool
measure_free(struct walk *w, int64_t at, const struct mp3_header *h)
{
    struct mp3_header second, third;

    if (w->free_tries++ >= FREE_TRIES)
        return false;
    for (int64_t d = MP3_HEADER + h->side; d < MP3_FREE_MAX; d++) {
        int64_t length = d - h->padding;

        if (same_at(w, at + d, h, &second) &&
            same_at(w, at + d + length + second.padding, h, &third)) {
            w->free_length = length;
            return true;
        }
    }
    return false;
}

/* Whether three frames that agree begin at `at`. Once the stream is known,
 * fewer are enough if they end exactly with it. */
static bool
chain_at(struct walk *w, int64_t at, struct mp3_header *ret)
{
    struct mp3_header h, next;

    if (!header_at(w, at, &h) ||
        (w->started && !mp3_header_same(&w->first, &h)))
        return false;
    if (h.bitrate == 0 && !w->started && !measure_free(w, at, &h))
        return false;
    *ret = h;
    for (int i = 0; i < 2; i++) {
        at += length_of(w, &h);
        if (w->started && at == w->end)
            return true;
        if (!same_at(w, at, &h, &next))
            return false;
        h = next;
    }
    return true;
}

/* The first chain in [at, limit), or -1. */
static int64_t
find_chain(struct walk *w, int64_t at, int64_t limit, struct mp3_header *ret)
{
    while (at < limit) {
        size_t len = 0;
        const uint8_t *b = input_span(w->in, at, LOOK_AHEAD, &len), *hit;

        if (b == NULL)
            return -1;
        /* Leave the last part to the next window, so that looking ahead
         * from any byte of this one stays inside it. */
        if (at + (int64_t)len < w->in->size)
            len -= LOOK_AHEAD - 1;
        if ((int64_t)len > limit - at)
            len = (size_t)(limit - at);
        hit = memchr(b, 0xff, len);
        if (hit == NULL) {
            at += (int64_t)len;
            continue;
        }
        at += hit - b;
        if (chain_at(w, at, ret))
            return at;
        at++;
    }
    return -1;
}

/* A tag or the start of a second file in the middle of the stream, as in
 * concatenated files. Its size, or 0. */
static int64_t
inner_tag(struct walk *w, int64_t at)
{
    int64_t size = tag_at_start(w->in, at, &w->p->has_art);

    if (size == 0 && input_is(w->in, at, "TAG"))
        size = 128;
    return size != 0 && at + size < w->end ? size : 0;
}

static const char *
name_gap(struct walk *w, int64_t from, int64_t to)
{
    struct mp3_header h, next;

    if (input_zeros(w->in, from, to) == to - from)
        return "zero bytes";
    if (header_at(w, from, &h) && !mp3_header_same(&w->first, &h) &&
        same_at(w, from + h.length, &h, &next))
        return "frames of another kind";
    return "bytes that are no MP3 frame";
}

static double
seconds_so_far(const struct walk *w)
{
    return (double)w->frames * w->first.samples / w->first.rate;
}

/* The approximate duration of these bytes, at the mean rate so far. */
static double
seconds_of(const struct walk *w, int64_t bytes)
{
    if (w->frame_bytes == 0)
        return 0;
    return (double)bytes * seconds_so_far(w) / (double)w->frame_bytes;
}

static void
check_crc(struct walk *w, int64_t at, const struct mp3_header *h)
{
    size_t n = MP3_HEADER + 2 + (size_t)h->side;
    const uint8_t *b = input_at(w->in, at, n);

    if (b == NULL)
        return;
    w->crc_frames++;
    if (mp3_crc_holds(h, b))
        return;
    if (w->crc_errors++ == 0)
        w->crc_first = at;
}

static void
count_frame(struct walk *w, int64_t at, const struct mp3_header *h)
{
    int64_t length = length_of(w, h);

    w->frames++;
    w->frame_bytes += length;
    if (w->bitrate == 0)
        w->bitrate = h->bitrate;
    if (h->bitrate != w->bitrate)
        w->p->vbr = true;
    if (h->crc)
        check_crc(w, at, h);
    if (w->visit != NULL)
        w->visit->frame(w->visit->ctx, at, length);
}

/* The chain broke at `at`. Returns where it continues; -1 if it does not. */
static int64_t
after_gap(struct walk *w, int64_t at)
{
    int64_t limit = w->end, to;
    struct mp3_header h;

    if (limit - at > SEARCH_MAX)
        limit = at + SEARCH_MAX;
    to = find_chain(w, at, limit, &h);
    if (to == -1)
        return -1;
    probe_damage(w->p, at, to - at, name_gap(w, at, to));
    w->p->lost_sec += seconds_of(w, to - at);
    return to;
}

/* Walk from a frame to the end of the chain; returns the offset after it. */
static int64_t
walk_frames(struct walk *w, int64_t at)
{
    struct mp3_header h;

    while (at < w->end && w->p->damage_count < DAMAGE_STOP) {
        int64_t next, tag;

        if (same_at(w, at, &w->first, &h)) {
            if (at + length_of(w, &h) > w->end)
                break;
            count_frame(w, at, &h);
            at += length_of(w, &h);
        } else if ((tag = inner_tag(w, at)) != 0) {
            at += tag;
        } else if ((next = after_gap(w, at)) != -1) {
            at = next;
        } else {
            break;
        }
    }
    return at;
}

/* Examine what follows the last whole frame. */
static void
look_behind(struct walk *w, int64_t at)
{
    struct mp3_header h;
    int64_t rest = w->end - at;

    w->p->audio_end = at;
    if (rest == 0)
        return;
    if (same_at(w, at, &w->first, &h) && at + length_of(w, &h) > w->end) {
        probe_damage(w->p, at, rest, "a last frame that is cut short");
        return;
    }
    w->p->trailing_junk = rest;
    if (input_zeros(w->in, at, w->end) != rest)
        probe_damage(w->p, at, rest, name_gap(w, at, w->end));
}

static int
check_lost(struct walk *w, const struct mp3_xing *x, struct err *err)
{
    struct audio_probe *p = w->p;
    double frame_sec = (double)w->first.samples / w->first.rate;
    int64_t missing = x->frames - w->frames;
    bool whole = x->frames > 0 && missing <= 2;

    if (p->trailing_junk > JUNK_MAX && !whole)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the MP3 breaks off after %.1f seconds (at byte %lld, "
                       "then %lld bytes of something else); bounce it again",
                       seconds_so_far(w), (long long)p->audio_end,
                       (long long)p->trailing_junk);
    if (p->lost_sec > LOST_SEC_MAX)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the MP3 is damaged in %zu place%s, first at byte %lld "
                       "(%lld %s): about %.1f seconds are lost; bounce it "
                       "again",
                       p->damage_count, p->damage_count == 1 ? "" : "s",
                       (long long)p->damage[0].offset,
                       (long long)p->damage[0].bytes, p->damage[0].what,
                       p->lost_sec);
    if ((double)missing * frame_sec > LOST_SEC_MAX)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the MP3 is cut off: %.1f of %.1f seconds are there "
                       "(it ends at byte %lld); bounce it again",
                       seconds_so_far(w), (double)x->frames * frame_sec,
                       (long long)p->audio_end);
    if (!whole && missing > 2) {
        probe_damage(p, p->audio_end, 0, "fewer frames than the header says");
        p->lost_sec = fmax(p->lost_sec, (double)missing * frame_sec);
    } else if (x->frames > 0 && missing < -2) {
        probe_damage(p, p->audio_start, 0, "more frames than the header says");
    }
    return 0;
}

/* What the first frames tell, before the others are counted. */
static void
fill_first(struct walk *w, const struct mp3_xing *x)
{
    struct audio_probe *p = w->p;
    const struct mp3_header *h = &w->first;

    p->frame_samples = h->samples;
    p->sample_rate = h->rate;
    p->channels = h->channels;
    p->has_xing = x->found;
    p->claimed_frames = x->frames;
    p->delay = x->delay;
    p->padding = x->padding;
}

static void
fill(struct walk *w)
{
    static const char *const codecs[] = {"MPEG-1 Layer III", "MPEG-2 Layer III",
                                         "MPEG-2.5 Layer III"};
    struct audio_probe *p = w->p;
    const struct mp3_header *h = &w->first;
    double whole = seconds_so_far(w);

    memcpy(p->format, "mp3", sizeof("mp3"));
    p->codec = codecs[h->version == 10 ? 0 : h->version == 20 ? 1 : 2];
    p->mime = "audio/mpeg";
    p->extension = "mp3";
    p->frames = w->frames;
    p->free_bytes = h->bitrate == 0 ? (int)w->free_length : 0;
    p->samples = w->frames * h->samples;
    if (p->delay + p->padding >= p->samples)
        p->delay = p->padding = 0; /* more than the file has: it is false */
    p->samples -= p->delay + p->padding;
    p->duration_sec = (double)p->samples / h->rate;
    p->bitrate = w->bitrate;
    if (p->vbr || p->free_bytes != 0)
        p->bitrate = (int)lround((double)w->frame_bytes * 8 / whole);

    /* An encoder that gets all of them wrong is not damage. */
    if (w->crc_errors > 0 && w->crc_errors * 2 < w->crc_frames)
        probe_damage(p, w->crc_first, 0, "a frame whose checksum is wrong");
}

static int
refuse_start(struct walk *w, int64_t at, struct err *err)
{
    if (input_zeros(w->in, at, w->end) == w->end - at)
        return err_set(err, ERR_NOT_AUDIO,
                       "the file holds no sound, only %lld zero bytes; "
                       "bounce it again",
                       (long long)(w->end - at));
    return err_set(
        err, ERR_NOT_AUDIO,
        "we can't use this file: it is no kind of audio that we know "
        "(from byte %lld on); send MP3, WAV, FLAC, AIFF or Ogg",
        (long long)at);
}

/* Find the first frame. Its offset, or -1 with err set. */
static int64_t
find_start(struct walk *w, int64_t at, struct err *err)
{
    int64_t zeros = input_zeros(w->in, at, w->end), limit = w->end, start;

    if (at + zeros < w->end)
        at += zeros;
    if (limit - at > JUNK_MAX)
        limit = at + JUNK_MAX;
    start = find_chain(w, at, limit, &w->first);
    if (start == -1)
        return refuse_start(w, at, err);
    if (w->first.layer != 3)
        return err_set(
            err, ERR_NOT_AUDIO,
            "we can't use MPEG audio of Layer %s; bounce it as MP3 or "
            "WAV",
            w->first.layer == 1 ? "I" : "II (MP2)");
    w->started = true;
    w->p->leading_junk = start - at;
    if (start > at)
        probe_damage(w->p, at, start - at, name_gap(w, at, start));
    return start;
}

int
probe_mp3(struct input *in, int64_t at, int64_t end,
          const struct mp3_visit *visit, struct audio_probe *p, struct err *err)
{
    struct walk w = {.in = in, .p = p, .end = end, .visit = visit};
    int64_t start = find_start(&w, at, err), length;
    struct mp3_xing xing;

    if (start == -1)
        return -1;
    p->audio_start = start;
    length = length_of(&w, &w.first);
    mp3_xing_read(in, start, &w.first, length, &xing);
    fill_first(&w, &xing);
    if (visit != NULL)
        visit->begin(visit->ctx, in, p);
    look_behind(&w, walk_frames(&w, xing.found ? start + length : start));
    if (w.frames == 0)
        return err_set(err, ERR_NOT_AUDIO,
                       "the MP3 has no sound in it; bounce it again");
    if (check_lost(&w, &xing, err) == -1)
        return -1;
    fill(&w);
    return 0;
}

int
probe_mp3_frames(struct input *in, const struct audio_probe *p,
                 const struct mp3_visit *visit, struct err *err)
{
    struct audio_probe again = {0}; /* its damage has been judged already */
    struct walk w = {.in = in,
                     .p = &again,
                     .end = p->audio_end,
                     .visit = visit,
                     .started = true,
                     .free_length = p->free_bytes};
    int64_t at = p->audio_start;

    if (!header_at(&w, at, &w.first))
        return err_set(err, ERR_INTERNAL, "the MP3 changed while it was read");
    if (p->has_xing)
        at += length_of(&w, &w.first);
    visit->begin(visit->ctx, in, p);
    walk_frames(&w, at);
    return input_check(in, err);
}
