/*
 * Pieces.
 */
#include "audio/segment.h"

#include <math.h>
#include <string.h>

#include "audio/parts.h"
#include "base/mem.h"

struct cut {
    struct audio_pieces pieces;
    double seconds;  /* of a piece */
    int64_t samples; /* before the frame that comes */
    int frame_samples, rate;
};

void
audio_pieces_release(struct audio_pieces *ps)
{
    free(ps->v);
    *ps = (struct audio_pieces){0};
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

static void
drop_rest(struct audio_pieces *ps, double seconds)
{
    double rest = ps->n == 0 ? 0 : ps->v[ps->n - 1].duration_sec;

    if (ps->n > 1 && rest < AUDIO_REST_SEC && rest < seconds / 2)
        ps->n--;
}

/* One more frame: to the piece that is open, or to a new one. */
static void
take_frame(void *ctx, int64_t at, int64_t length)
{
    struct cut *c = ctx;
    double start = (double)c->samples / c->rate;
    struct audio_piece *piece;

    if (c->pieces.n == 0 || start + 1e-9 >= c->seconds * (double)c->pieces.n) {
        piece = add_piece(&c->pieces);
        piece->offset = at;
        piece->start_sec = start;
    }
    piece = &c->pieces.v[c->pieces.n - 1];
    piece->bytes = at + length - piece->offset;
    piece->duration_sec += (double)c->frame_samples / c->rate;
    c->samples += c->frame_samples;
}

static int
cut_mp3(int fd, const struct audio_probe *p, struct cut *c, struct err *err)
{
    auto_input struct input in = {.fd = -1};

    if (input_init(&in, fd, err) == -1)
        return -1;
    c->frame_samples = p->frame_samples;
    return probe_mp3_frames(&in, p, take_frame, c, err);
}

static int
cut_wav(const struct audio_probe *p, struct cut *c, struct err *err)
{
    struct wav_form form = {.rate = p->sample_rate,
                            .channels = p->channels,
                            .bits = p->bits,
                            .is_float = strcmp(p->codec, "PCM") != 0};
    int64_t each = llround(c->seconds * p->sample_rate), frame;

    frame = (int64_t)p->channels * ((p->bits + 7) / 8);
    for (int64_t at = 0; at < p->samples; at += each) {
        struct audio_piece *piece = add_piece(&c->pieces);
        int64_t n = p->samples - at < each ? p->samples - at : each;

        piece->offset = p->audio_start + at * frame;
        piece->bytes = n * frame;
        piece->head_len = WAV_HEAD;
        piece->start_sec = (double)at / p->sample_rate;
        piece->duration_sec = (double)n / p->sample_rate;
        if (!wav_head_write(&form, piece->bytes, piece->head))
            return err_set(err, ERR_INTERNAL, "a piece over 4 GiB");
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

int
audio_segment(int fd, const struct audio_probe *p, double seconds,
              struct audio_pieces *ret, struct err *err)
{
    struct cut c = {.seconds = seconds, .rate = p->sample_rate};
    int rc;

    if (!(seconds >= 1) || !audio_segment_possible(p))
        return err_set(err, ERR_INTERNAL,
                       "a %s file cannot be cut into pieces of %g seconds",
                       p->format, seconds);
    rc = strcmp(p->format, "mp3") == 0 ? cut_mp3(fd, p, &c, err)
                                       : cut_wav(p, &c, err);
    if (rc == 0 && c.pieces.n == 0)
        rc = err_set(err, ERR_INTERNAL, "there is nothing to cut");
    if (rc == -1) {
        audio_pieces_release(&c.pieces);
        return -1;
    }
    drop_rest(&c.pieces, seconds);
    *ret = c.pieces;
    return 0;
}
