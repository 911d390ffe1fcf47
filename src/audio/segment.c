/*
 * Pieces.
 */
#include "audio/segment.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "audio/parts.h"
#include "base/mem.h"

#define PIECES_MAX 100000 /* 28 hours by the second */
#define FADE_SEC 0.005

struct cut {
    struct audio_pieces pieces;
    const struct audio_probe *p; /* while walking, what is known so far */
    struct input *in;
    double duration;                /* of the sound, seconds */
    double seconds;                 /* of a piece */
    long count;                     /* pieces, at most */
    const struct audio_span *spans; /* or by these; NULL: everywhere */
    size_t n_spans, span;           /* the one that is looked at */
    int64_t samples;                /* before the frame that comes */
    int64_t begun, ended; /* samples before and up to the end of the open
                           * piece */
    bool fade;
    int frame_samples, rate, delay;
    struct mp3_info info;      /* of the piece that is open */
    uint8_t like[MP3_HEADER];  /* its first frame's */
    int64_t shortest, longest; /* frames of it, bytes */
};

void
audio_pieces_release(struct audio_pieces *ps)
{
    free(ps->v);
    *ps = (struct audio_pieces){0};
}

/* The open piece is complete: write its head. */
static void
end_mp3(struct cut *c, bool last)
{
    struct audio_piece *piece;

    if (c->pieces.n == 0)
        return;
    piece = &c->pieces.v[c->pieces.n - 1];
    /* Padding varies by a byte at one bit rate. */
    c->info.vbr = c->longest - c->shortest > 1;
    c->info.bytes = piece->bytes;
    if (c->begun == 0)
        c->info.delay = c->delay;
    if (last && c->ended >= c->samples)
        c->info.padding = c->p->padding;
    piece->duration_sec -= (double)(c->info.delay + c->info.padding) / c->rate;
    piece->head_len = mp3_info_write(c->like, &c->info, piece->head);
}

static struct audio_piece *
add_piece(struct audio_pieces *ps)
{
    if ((ps->n & (ps->n - 1)) == 0) /* full at each power of two */
        ps->v =
            xreallocarray(ps->v, ps->n == 0 ? 1 : ps->n * 2, sizeof(*ps->v));
    ps->v[ps->n] = (struct audio_piece){0};
    return &ps->v[ps->n++];
}

long
audio_pieces_count(double duration, double seconds, double *ret_last)
{
    /* A microsecond is not a piece, whatever the division says. */
    double whole = floor((duration + 1e-6) / seconds);
    double rest = fmax(duration - whole * seconds, 0);
    double least = fmin(AUDIO_REST_SEC, seconds / 2);

    if (whole < 1) {
        *ret_last = duration;
        return 1;
    }
    *ret_last = rest >= least ? rest : seconds;
    whole += rest >= least;
    return whole < (double)LONG_MAX ? (long)whole : LONG_MAX;
}

enum place { NOWHERE, OPEN, NEW };

/* A frame goes to the span that contains its middle; the encoder's own samples
 * before and after the sound go with its ends. */
static enum place
place_of_span(struct cut *c, int64_t samples)
{
    double half = c->frame_samples / 2.0;
    double middle = ((double)(samples - c->delay) + half) / c->rate;
    double frame = (double)c->frame_samples / c->rate;

    while (c->span < c->n_spans && middle >= c->spans[c->span].end_sec &&
           c->spans[c->span].end_sec < c->duration - frame)
        c->span++;
    if (c->span == c->n_spans || (c->spans[c->span].start_sec > frame &&
                                  middle < c->spans[c->span].start_sec))
        return NOWHERE;
    return c->pieces.n <= c->span ? NEW : OPEN;
}

static enum place
place_of(struct cut *c, int64_t samples)
{
    double start = (double)samples / c->rate;

    if (c->spans != NULL)
        return place_of_span(c, samples);
    if (c->pieces.n > 0 && start + 1e-9 < c->seconds * (double)c->pieces.n)
        return OPEN;
    return (long)c->pieces.n < c->count ? NEW : NOWHERE;
}

static void
begin_mp3(struct cut *c, int64_t at, int64_t length)
{
    struct audio_piece *piece;
    const uint8_t *like;

    end_mp3(c, false);
    piece = add_piece(&c->pieces);
    piece->offset = at;
    /* In the sound, which begins after the encoder's delay. */
    piece->start_sec = fmax(0, (double)(c->samples - c->delay) / c->rate);
    c->begun = c->samples;
    c->info = (struct mp3_info){0};
    c->shortest = c->longest = length;
    like = input_at(c->in, at, MP3_HEADER);
    memset(c->like, 0, MP3_HEADER);
    if (like != NULL)
        memcpy(c->like, like, MP3_HEADER);
}

/* Add a frame to the open piece, to a new one, or to none. */
static void
take_frame(void *ctx, int64_t at, int64_t length)
{
    struct cut *c = ctx;
    enum place place = place_of(c, c->samples);
    struct audio_piece *piece;

    if (place == NEW)
        begin_mp3(c, at, length);
    c->samples += c->frame_samples;
    if (place == NOWHERE)
        return;
    c->ended = c->samples;
    piece = &c->pieces.v[c->pieces.n - 1];
    piece->bytes = at + length - piece->offset;
    piece->duration_sec += (double)c->frame_samples / c->rate;
    c->info.frames++;
    c->shortest = length < c->shortest ? length : c->shortest;
    c->longest = length > c->longest ? length : c->longest;
}

static void
begin_frames(void *ctx, struct input *in, const struct audio_probe *p)
{
    struct cut *c = ctx;

    c->in = in;
    c->p = p;
    c->rate = p->sample_rate;
    c->delay = p->delay;
    c->frame_samples = p->frame_samples;
}

static int
cut_mp3(int fd, const struct audio_probe *p, struct cut *c, struct err *err)
{
    const struct mp3_visit visit = {begin_frames, take_frame, c};
    auto_input struct input in = {.fd = -1};

    if (input_init(&in, fd, err) == -1 ||
        probe_mp3_frames(&in, p, &visit, err) == -1)
        return -1;
    end_mp3(c, true);
    return 0;
}

/* Samples from..to as a piece of a WAV. */
static int
add_wav(struct cut *c, int64_t from, int64_t to, struct err *err)
{
    const struct audio_probe *p = c->p;
    struct wav_form form = {.rate = p->sample_rate,
                            .channels = p->channels,
                            .bits = p->bits,
                            .is_float = strcmp(p->codec, "PCM") != 0};
    int64_t frame = (int64_t)p->channels * ((p->bits + 7) / 8);
    struct audio_piece *piece = add_piece(&c->pieces);

    piece->offset = p->audio_start + from * frame;
    piece->bytes = (to - from) * frame;
    piece->head_len = WAV_HEAD;
    piece->start_sec = (double)from / p->sample_rate;
    piece->duration_sec = (double)(to - from) / p->sample_rate;
    if (!wav_head_write(&form, piece->bytes, piece->head))
        return err_set(err, ERR_INTERNAL, "a piece over 4 GiB");
    if (c->fade && p->bits == 16 && !form.is_float) {
        piece->frame_bytes = (int)frame;
        piece->fade_bytes = (int)(FADE_SEC * p->sample_rate) * (int)frame;
    }
    return 0;
}

static int
cut_wav(const struct audio_probe *p, struct cut *c, struct err *err)
{
    int64_t each = llround(c->seconds * p->sample_rate);

    for (int64_t at = 0; at < p->samples && (long)c->pieces.n < c->count;
         at += each)
        if (add_wav(c, at, at + each < p->samples ? at + each : p->samples,
                    err) == -1)
            return -1;
    return 0;
}

static int
cut_wav_at(const struct audio_probe *p, struct cut *c, struct err *err)
{
    for (size_t i = 0; i < c->n_spans; i++) {
        int64_t from = llround(c->spans[i].start_sec * p->sample_rate);
        int64_t to = llround(c->spans[i].end_sec * p->sample_rate);

        to = to < p->samples ? to : p->samples;
        if (from >= to)
            break;
        if (add_wav(c, from, to, err) == -1)
            return -1;
    }
    return 0;
}

bool
audio_segment_possible(const struct audio_probe *p)
{
    return strcmp(p->format, "mp3") == 0 ||
           (strcmp(p->format, "wav") == 0 &&
            (strcmp(p->codec, "PCM") == 0 ||
             strcmp(p->codec, "float PCM") == 0));
}

/* On success *ret takes over the pieces. */
static int
hand_over(int rc, struct cut *c, struct audio_pieces *ret, struct err *err)
{
    if (rc == 0 && c->pieces.n == 0)
        rc = err_set(err, ERR_INTERNAL, "there is nothing to cut");
    if (rc == -1) {
        audio_pieces_release(&c->pieces);
        return -1;
    }
    *ret = c->pieces;
    return 0;
}

int
audio_segment(int fd, const struct audio_probe *p, double seconds, long count,
              struct audio_pieces *ret, struct err *err)
{
    struct cut c = {.p = p, .seconds = seconds, .count = count};
    int rc;

    if (!(seconds >= 1) || !audio_segment_possible(p))
        return err_set(err, ERR_INTERNAL,
                       "a %s file cannot be cut into pieces of %g seconds",
                       p->format, seconds);
    if (p->duration_sec / seconds > PIECES_MAX)
        return err_set(err, ERR_TOO_LARGE,
                       "%.0f hours of audio would make more than %d pieces; "
                       "cut it into longer ones",
                       p->duration_sec / 3600, PIECES_MAX);
    rc = strcmp(p->format, "mp3") == 0 ? cut_mp3(fd, p, &c, err)
                                       : cut_wav(p, &c, err);
    return hand_over(rc, &c, ret, err);
}

int
audio_segment_at(int fd, const struct audio_probe *p,
                 const struct audio_span *spans, size_t n, bool fade,
                 struct audio_pieces *ret, struct err *err)
{
    struct cut c = {.p = p,
                    .spans = spans,
                    .n_spans = n,
                    .fade = fade,
                    .duration = p->duration_sec};
    int rc;

    if (!audio_segment_possible(p))
        return err_set(err, ERR_INTERNAL, "a %s file cannot be cut", p->format);
    rc = strcmp(p->format, "mp3") == 0 ? cut_mp3(fd, p, &c, err)
                                       : cut_wav_at(p, &c, err);
    if (rc == 0 && c.pieces.n != n)
        rc = err_set(err, ERR_INTERNAL,
                     "a stretch to be cut is after the end of the sound");
    return hand_over(rc, &c, ret, err);
}

/* If another length or delay was assumed than was finally found, the cut is
 * void. */
static void
end_walked(struct cut *c, const struct audio_probe *p)
{
    bool all = c->spans == NULL || c->pieces.n == c->n_spans;

    c->p = p; /* the one used in the walk no longer exists */
    if (all && p->duration_sec == c->duration && p->delay == c->delay)
        end_mp3(c, true);
    else
        audio_pieces_release(&c->pieces);
}

int
audio_probe_cut(int fd, const struct audio_cutting *how, double duration,
                struct audio_probe *ret_p, struct audio_pieces *ret,
                struct err *err)
{
    struct cut c = {.seconds = fmax(how->seconds, 1),
                    .count = how->count,
                    .spans = how->spans,
                    .n_spans = how->n,
                    .duration = duration};
    const struct mp3_visit visit = {begin_frames, take_frame, &c};
    bool few = c.spans != NULL || duration / c.seconds <= PIECES_MAX;

    if (probe_visited(fd, few ? &visit : NULL, ret_p, err) == -1) {
        audio_pieces_release(&c.pieces);
        return -1;
    }
    end_walked(&c, ret_p);
    *ret = c.pieces;
    return 0;
}

void
audio_piece_fade(const struct audio_piece *piece, int64_t at, void *data,
                 size_t len)
{
    int64_t fade = piece->fade_bytes;

    if (fade <= 0 || 2 * fade > piece->bytes)
        return;
    for (size_t i = 0; i + 1 < len; i += 2) {
        uint8_t *sample = (uint8_t *)data + i;
        int64_t here =
            (at + (int64_t)i) / piece->frame_bytes * piece->frame_bytes;
        int64_t left = piece->bytes - piece->frame_bytes - here;
        int64_t edge = here < left ? here : left;
        int value;

        if (edge >= fade)
            continue;
        value = (int16_t)(sample[0] | sample[1] << 8);
        value = (int)lround(value * (double)edge / (double)fade);
        sample[0] = (uint8_t)(value & 0xff);
        sample[1] = (uint8_t)((value >> 8) & 0xff);
    }
}
