/* A short piece of audio for a model that listens; see excerpt.h. */
#include "audio/excerpt.h"

#include <errno.h>
#include <lame/lame.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audio/decode.h"
#include "audio/halve.h"
#include "audio/wav_head.h"
#include "base/mem.h"

#define BLOCK HALVE_BLOCK /* samples of every channel */
#define MP3_ROOM (BLOCK * 13 * 5 / 4 + 7200)
#define LEVEL_SEC 0.5
#define FLOOR_DB (-60.0) /* anything quieter counts as silence */
#define LEVELS_MAX (3 * 3600 * 2)
#define HALVES_MAX 6 /* from 768 kHz down to 24 */

/* ---- a wish as text ---- */

char *
excerpt_text(const struct excerpt *w)
{
    return xasprintf("excerpt %s %.3f %.3f", w->format, w->start_sec,
                     w->seconds);
}

bool
excerpt_read(const char *text, struct excerpt *ret)
{
    char format[4];

    *ret = (struct excerpt){0};
    if (sscanf(text, "excerpt %3s %lf %lf", format, &ret->start_sec,
               &ret->seconds) != 3)
        return false;
    ret->format = strcmp(format, "wav") == 0 ? "wav" : "mp3";
    return ret->seconds > 0;
}

/* ---- one channel out of a decoder ---- */

struct mono {
    struct decoder *d;
    float *block; /* as decoded; the mix of it in its first samples */
    int channels;
};

static void
mono_release(struct mono *m)
{
    decoder_close(m->d);
    free(m->block);
}
#define auto_mono auto_cleanup(mono_release)

static int
mono_open(struct mono *m, int fd, const struct audio_probe *p, struct err *err)
{
    m->channels = p->channels;
    m->d = decoder_open(fd, p, err);
    if (m->d == NULL)
        return -1;
    m->block = xcalloc(BLOCK, sizeof(float) * (size_t)p->channels);
    return 0;
}

/* Channels after the second are left out, as in a conversion. */
static ssize_t
mono_read(struct mono *m, size_t frames, struct err *err)
{
    ssize_t n = decoder_read(m->d, m->block, frames, err);
    size_t have = (size_t)m->channels;

    for (ssize_t i = 0; i < n; i++) {
        const float *f = m->block + (size_t)i * have;
        float v = have > 1 ? (f[0] + f[1]) / 2 : f[0];

        m->block[i] = isfinite(v) ? v : 0;
    }
    return n;
}

/* ---- the loudest stretch ---- */

/* Levels of half seconds, from the floor up; returns their number, 0 with err
 * if nothing decodes. If a decoder fails later, they end there. */
static size_t
levels(struct mono *m, int rate, float *ret, struct err *err)
{
    struct err broken = ERR_INIT;
    size_t each = (size_t)(rate * LEVEL_SEC), got = 0, n = 0;
    double sum = 0;
    ssize_t r;

    while (n < LEVELS_MAX &&
           (r = mono_read(m, BLOCK, n == 0 && got == 0 ? err : &broken)) > 0)
        for (ssize_t i = 0; i < r && n < LEVELS_MAX; i++) {
            sum += (double)m->block[i] * m->block[i];
            if (++got < each)
                continue;
            ret[n++] = (float)fmax(0, 10 * log10(sum / (double)each + 1e-12) -
                                          FLOOR_DB);
            got = 0;
            sum = 0;
        }
    return n;
}

/* The start of the loudest stretch of `want` levels among n. */
static size_t
loudest(const float *level, size_t n, size_t want)
{
    double sum = 0, best;
    size_t at = 0;

    if (n <= want)
        return 0;
    for (size_t i = 0; i < want; i++)
        sum += level[i];
    best = sum;
    for (size_t i = want; i < n; i++) {
        sum += level[i] - level[i - want];
        if (sum > best + 1e-3) {
            best = sum;
            at = i - want + 1;
        }
    }
    return at;
}

static int
find(int fd, const struct audio_probe *p, const struct excerpt *w,
     double *ret_start, struct err *err)
{
    auto_mono struct mono m = {0};
    auto_free float *level = xcalloc(LEVELS_MAX, sizeof(*level));
    size_t n;

    if (mono_open(&m, fd, p, err) == -1)
        return -1;
    n = levels(&m, p->sample_rate, level, err);
    if (err->code != ERR_NONE)
        return -1;
    *ret_start =
        LEVEL_SEC *
        (double)loudest(level, n, (size_t)ceil(w->seconds / LEVEL_SEC));
    return 0;
}

/* ---- writing ---- */

struct writer {
    const struct excerpt *wish;
    int out, rate; /* rate: of the output */
    int64_t at;    /* bytes written */
    int halves;    /* how often the rate is halved first; WAV only */
    struct halve *halve;
    lame_t lame;
    uint8_t *mp3;
};

static void
writer_release(struct writer *w)
{
    if (w->lame != NULL)
        lame_close(w->lame);
    free(w->halve);
    free(w->mp3);
}
#define auto_writer auto_cleanup(writer_release)

static int
put_at(const struct writer *w, int64_t at, const void *data, size_t len,
       struct err *err)
{
    const uint8_t *b = data;

    while (len > 0) {
        ssize_t n = pwrite(w->out, b, len, at);

        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1)
            return err_errno(err, ERR_INTERNAL, "cannot write the excerpt");
        b += n;
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

static int
put(struct writer *w, const void *data, size_t len, struct err *err)
{
    if (put_at(w, w->at, data, len, err) == -1)
        return -1;
    w->at += (int64_t)len;
    return 0;
}

static int
begin_mp3(struct writer *w, int rate, struct err *err)
{
    w->mp3 = xmalloc(MP3_ROOM);
    w->lame = lame_init();
    if (w->lame == NULL)
        return err_set(err, ERR_INTERNAL, "LAME cannot be started");
    lame_set_in_samplerate(w->lame, rate);
    lame_set_out_samplerate(w->lame, EXCERPT_MP3_RATE);
    lame_set_num_channels(w->lame, 1);
    lame_set_mode(w->lame, MONO);
    lame_set_brate(w->lame, EXCERPT_MP3_KBIT);
    lame_set_bWriteVbrTag(w->lame, 0);
    lame_set_write_id3tag_automatic(w->lame, 0);
    if (lame_init_params(w->lame) < 0)
        return err_set(err, ERR_INTERNAL, "LAME refuses %d Hz", rate);
    return 0;
}

static int
begin(struct writer *w, int rate, struct err *err)
{
    w->rate = rate;
    if (strcmp(w->wish->format, "mp3") == 0)
        return begin_mp3(w, rate, err);
    for (; w->rate > EXCERPT_MP3_RATE && w->halves < HALVES_MAX; w->rate /= 2)
        w->halves++;
    w->halve = xcalloc((size_t)w->halves + 1, sizeof(*w->halve));
    w->at = WAV_HEAD;
    return 0;
}

static int
add_wav(struct writer *w, float *v, size_t n, struct err *err)
{
    uint8_t b[2 * BLOCK];

    for (int i = 0; i < w->halves; i++)
        n = halve_add(&w->halve[i], v, n);
    for (size_t i = 0; i < n; i++) {
        float s = fmaxf(-32768, fminf(32767, v[i] * 32768));
        uint16_t bits = (uint16_t)(int16_t)lrintf(s);

        b[2 * i] = (uint8_t)bits;
        b[2 * i + 1] = (uint8_t)(bits >> 8);
    }
    return put(w, b, 2 * n, err);
}

static int
add(struct writer *w, float *v, size_t n, struct err *err)
{
    int got;

    if (w->lame == NULL)
        return add_wav(w, v, n, err);
    got =
        lame_encode_buffer_ieee_float(w->lame, v, v, (int)n, w->mp3, MP3_ROOM);
    if (got < 0)
        return err_set(err, ERR_INTERNAL, "LAME failed (%d)", got);
    return put(w, w->mp3, (size_t)got, err);
}

static int
end(struct writer *w, struct err *err)
{
    struct wav_form form = {.rate = w->rate, .channels = 1, .bits = 16};
    uint8_t head[WAV_HEAD];
    int got;

    if (w->lame == NULL) {
        if (!wav_head_write(&form, w->at - WAV_HEAD, head))
            return err_set(err, ERR_INTERNAL, "too long for a WAV file");
        return put_at(w, 0, head, sizeof(head), err);
    }
    got = lame_encode_flush(w->lame, w->mp3, MP3_ROOM);
    if (got < 0)
        return err_set(err, ERR_INTERNAL, "LAME failed (%d)", got);
    return put(w, w->mp3, (size_t)got, err);
}

/* Copy the samples from..to of the file. *ret_n: their number. */
static int
copy(struct mono *m, struct writer *w, int64_t from, int64_t to, int64_t *ret_n,
     struct err *err)
{
    struct err broken = ERR_INIT; /* after the wanted part, or at its end */
    int64_t at = 0;
    ssize_t n;

    *ret_n = 0;
    while (at < to && (n = mono_read(m, BLOCK, &broken)) > 0) {
        int64_t skip = from > at ? from - at : 0;
        int64_t have = at + n > to ? to - at : n;

        at += n;
        if (skip >= have)
            continue;
        if (add(w, m->block + skip, (size_t)(have - skip), err) == -1)
            return -1;
        *ret_n += have - skip;
    }
    if (*ret_n == 0)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "nothing can be played at the start of the excerpt%s%s",
                       broken.msg[0] != '\0' ? ": " : "", broken.msg);
    return 0;
}

int
excerpt_make(int fd, const struct audio_probe *p, const struct excerpt *wish,
             int out, double *ret_start, double *ret_sec, struct err *err)
{
    auto_mono struct mono m = {0};
    auto_writer struct writer w = {.wish = wish, .out = out};
    double start = wish->start_sec;
    int64_t from, n;

    if (start < 0 && find(fd, p, wish, &start, err) == -1)
        return -1;
    if (mono_open(&m, fd, p, err) == -1 || begin(&w, p->sample_rate, err) == -1)
        return -1;
    from = (int64_t)(start * p->sample_rate);
    if (copy(&m, &w, from, from + (int64_t)(wish->seconds * p->sample_rate), &n,
             err) == -1)
        return -1;
    *ret_start = start;
    *ret_sec = (double)n / p->sample_rate;
    return end(&w, err);
}
