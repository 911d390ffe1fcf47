#include "make.h"

#include <fcntl.h>
#include <lame/lame.h>
#include <math.h>
#include <mpg123.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "audio/wav_head.h"
#include "base/auto.h"
#include "base/mem.h"

/* By halves at least: sanitizers copy the whole block at each realloc. */
static void
grow(struct bytes *b, size_t more)
{
    if (b->n + more < b->room)
        return;
    b->room = (b->n + more + 1) * 3 / 2;
    b->v = xrealloc(b->v, b->room);
}

void
bytes_add(struct bytes *b, const void *data, size_t n)
{
    grow(b, n);
    memcpy(b->v + b->n, data, n);
    b->n += n;
}

void
bytes_fill(struct bytes *b, int c, size_t n)
{
    grow(b, n);
    memset(b->v + b->n, c, n);
    b->n += n;
}

void
bytes_insert(struct bytes *b, size_t at, const void *data, size_t n)
{
    assert_true(at <= b->n);
    grow(b, n);
    memmove(b->v + at + n, b->v + at, b->n - at);
    memcpy(b->v + at, data, n);
    b->n += n;
}

void
bytes_cut(struct bytes *b, size_t at, size_t n)
{
    assert_true(at + n <= b->n);
    memmove(b->v + at, b->v + at + n, b->n - at - n);
    b->n -= n;
}

void
bytes_release(struct bytes *b)
{
    free(b->v);
    *b = (struct bytes){0};
}

void
bytes_random(struct bytes *b, size_t n, uint32_t seed)
{
    size_t from = b->n;

    bytes_fill(b, 0, n);
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        b->v[from + i] = (uint8_t)(seed >> 24);
    }
}

float *
make_music(int rate, int channels, double sec, double bpm)
{
    static const double chord[3] = {220.0, 277.18, 329.63};
    size_t frames = (size_t)llround(sec * rate);
    float *out = xcalloc(frames, sizeof(float) * (size_t)channels);
    double beat = 60 / bpm;

    for (size_t i = 0; i < frames; i++) {
        double t = (double)i / rate, in_beat = fmod(t, beat);
        double bar = pow(2, (double)((int)(t / beat / 4) % 5) / 12.0), v = 0;

        for (int k = 0; k < 3; k++)
            v += 0.08 * sin(2 * M_PI * chord[k] * bar * t);
        v += 0.5 * exp(-in_beat * 60) * sin(2 * M_PI * 60 * in_beat);
        v += 0.2 * exp(-in_beat * 200) * sin(2 * M_PI * 3000 * in_beat);
        for (int c = 0; c < channels; c++)
            out[i * (size_t)channels + (size_t)c] =
                (float)(v * (c == 1 ? 0.9 : 1));
    }
    return out;
}

static lame_t
open_lame(const struct mp3_make *m)
{
    lame_t l = lame_init();

    lame_set_in_samplerate(l, m->rate);
    lame_set_out_samplerate(l, m->rate);
    lame_set_num_channels(l, m->channels);
    lame_set_mode(l, m->channels == 1 ? MONO : JOINT_STEREO);
    lame_set_brate(l, m->kbit);
    lame_set_quality(l, 7);
    if (m->vbr != 0) {
        lame_set_VBR(l, vbr_default);
        lame_set_VBR_q(l, m->vbr);
    }
    lame_set_bWriteVbrTag(l, !m->no_xing);
    lame_set_error_protection(l, m->crc);
    lame_set_free_format(l, m->free_format);
    lame_set_write_id3tag_automatic(l, 0);
    assert_true(lame_init_params(l) >= 0);
    return l;
}

void
make_mp3(const struct mp3_make *m, struct bytes *ret)
{
    auto_free float *pcm = make_music(m->rate, m->channels, m->sec, 124);
    int frames = (int)llround(m->sec * m->rate), n;
    size_t room = (size_t)frames * 2 + 20000;
    auto_free uint8_t *out = xmalloc(room);
    lame_t l = open_lame(m);

    if (m->channels == 1)
        n = lame_encode_buffer_ieee_float(l, pcm, pcm, frames, out, (int)room);
    else
        n = lame_encode_buffer_interleaved_ieee_float(l, pcm, frames, out,
                                                      (int)room);
    assert_true(n >= 0);
    bytes_add(ret, out, (size_t)n);
    n = lame_encode_flush(l, out, (int)room);
    assert_true(n >= 0);
    bytes_add(ret, out, (size_t)n);
    if (!m->no_xing) {
        size_t head = lame_get_lametag_frame(l, out, room);

        assert_true(head > 0 && head <= ret->n);
        memcpy(ret->v, out, head);
    }
    lame_close(l);
}

void
make_wav(int rate, int channels, int bits, double sec, struct bytes *ret)
{
    int real = bits < 0 ? -bits : bits, width = (real + 7) / 8;
    struct wav_form form = {rate, channels, real, bits < 0};
    size_t n = (size_t)llround(sec * rate) * (size_t)channels;
    auto_free float *pcm = make_music(rate, channels, sec, 124);
    uint8_t head[WAV_HEAD];

    assert_true(wav_head_write(&form, (int64_t)n * width, head));
    bytes_add(ret, head, sizeof(head));
    for (size_t i = 0; i < n; i++) {
        int32_t v = (int32_t)lrint((double)pcm[i] * 2147483000.0);
        uint32_t u = (uint32_t)v;
        uint8_t b[4] = {(uint8_t)u, (uint8_t)(u >> 8), (uint8_t)(u >> 16),
                        (uint8_t)(u >> 24)};

        if (width == 1)
            b[3] ^= 0x80; /* 8 bits have no sign */
        if (bits < 0)
            memcpy(b, &pcm[i], 4);
        bytes_add(ret, b + 4 - width, (size_t)width);
    }
}

void
make_snd(int format, int rate, int channels, double sec, struct bytes *ret)
{
    auto_free float *pcm = make_music(rate, channels, sec, 124);
    SF_INFO info = {.samplerate = rate, .channels = channels, .format = format};
    char path[] = "/tmp/trainmode-snd-XXXXXX";
    int fd = mkstemp(path);
    SNDFILE *s = sf_open_fd(fd, SFM_WRITE, &info, 0);
    sf_count_t n = (sf_count_t)llround(sec * rate);

    assert_non_null(s);
    /* In parts: libsndfile's Vorbis encoder keeps a block on its stack. */
    for (sf_count_t at = 0; at < n; at += 4096) {
        sf_count_t part = n - at < 4096 ? n - at : 4096;

        assert_int_equal(sf_writef_float(s, pcm + at * channels, part), part);
    }
    sf_close(s);
    close(fd);
    read_all(path, ret);
    unlink(path);
}

static void
put_size(uint8_t *p, size_t size, int shift)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(size >> (shift * (3 - i)) & ((1u << shift) - 1));
}

void
make_id3(int version, const char *frame, size_t size, bool footer,
         struct bytes *ret)
{
    size_t head = version == 2 ? 6 : 10;
    uint8_t tag[10] = {'I', 'D', '3', (uint8_t)version, 0, footer ? 0x10 : 0};
    uint8_t one[10] = {0};

    put_size(tag + 6, size + head, 7);
    bytes_add(ret, tag, sizeof(tag));
    memcpy(one, frame, version == 2 ? 3 : 4);
    if (version == 2) {
        one[3] = (uint8_t)(size >> 16);
        one[4] = (uint8_t)(size >> 8);
        one[5] = (uint8_t)size;
    } else {
        put_size(one + 4, size, version == 4 ? 7 : 8);
    }
    bytes_add(ret, one, head);
    bytes_random(ret, size, 7);
    if (footer) {
        memcpy(tag, "3DI", 3);
        bytes_add(ret, tag, sizeof(tag));
    }
}

int
make_file(const struct bytes *b)
{
    char path[] = "/tmp/trainmode-audio-XXXXXX";
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    unlink(path);
    for (size_t at = 0; at < b->n;) {
        ssize_t n = write(fd, b->v + at, b->n - at);

        assert_true(n > 0);
        at += (size_t)n;
    }
    return fd;
}

void
read_all(const char *path, struct bytes *ret)
{
    auto_fd int fd = open(path, O_RDONLY);
    uint8_t block[16384];
    ssize_t n;

    assert_true(fd >= 0);
    while ((n = read(fd, block, sizeof(block))) > 0)
        bytes_add(ret, block, (size_t)n);
    assert_int_equal(n, 0);
}

struct audio_probe
probe_ok(const struct bytes *b)
{
    auto_fd int fd = make_file(b);
    struct audio_probe p = {0};
    struct err err = ERR_INIT;

    if (audio_probe_fd(fd, &p, &err) == -1)
        fail_msg("refused: %s: %s", err_word(err.code), err.msg);
    return p;
}

void
probe_refused(const struct bytes *b, enum err_code code, struct err *ret_err)
{
    auto_fd int fd = make_file(b);
    struct audio_probe p = {.bytes = -77};

    *ret_err = ERR_INIT;
    assert_int_equal(audio_probe_fd(fd, &p, ret_err), -1);
    assert_string_equal(err_word(ret_err->code), err_word(code));
    assert_int_equal(p.bytes, -77); /* outputs only on success */
    /* Whoever reads it learns what to do. */
    if (strstr(ret_err->msg, "bounce") == NULL &&
        strstr(ret_err->msg, "send ") == NULL)
        fail_msg("%s", ret_err->msg);
    assert_null(strstr(ret_err->msg, " 1 places"));
}

int64_t
mpg123_samples(const struct bytes *b)
{
    auto_fd int fd = make_file(b);
    mpg123_handle *m;
    int64_t n;

    mpg123_init();
    m = mpg123_new(NULL, NULL);
    mpg123_param(m, MPG123_ADD_FLAGS, MPG123_QUIET, 0);
    mpg123_param(m, MPG123_RESYNC_LIMIT, 1 << 20, 0);
    lseek(fd, 0, SEEK_SET);
    assert_int_equal(mpg123_open_fd(m, fd), MPG123_OK);
    assert_int_equal(mpg123_scan(m), MPG123_OK);
    n = mpg123_length(m);
    mpg123_delete(m);
    return n;
}

const char *
fixture(const char *name)
{
    static char path[4096];

    snprintf(path, sizeof(path), "%s/../shared/fixtures/audio/%s", SRCDIR,
             name);
    if (access(path, R_OK) == 0)
        return path;
    fprintf(stderr, "skipped: no fixture %s\n", name);
    return NULL;
}
