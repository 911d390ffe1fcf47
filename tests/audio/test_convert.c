/*
 * Goal: a conversion is whole, the same each time, and not changed more than
 * its format asks; pieces are files of their own that add up to the whole.
 */
#include <math.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "audio/convert.h"
#include "audio/decode.h"
#include "audio/segment.h"
#include "base/auto.h"
#include "make.h"

static void
slurp(int fd, struct bytes *ret)
{
    uint8_t block[16384];
    ssize_t n;
    off_t at = 0;

    while ((n = pread(fd, block, sizeof(block), at)) > 0) {
        bytes_add(ret, block, (size_t)n);
        at += n;
    }
}

static void
convert(const struct bytes *in, const char *format, struct bytes *ret)
{
    auto_fd int fd = make_file(in), out = -1;
    struct audio_probe p = probe_ok(in);
    struct bytes empty = {0};
    struct err err = ERR_INIT;

    bytes_add(&empty, "", 0);
    out = make_file(&empty);
    bytes_release(&empty);
    if (audio_convert(fd, &p, format, out, &err) == -1)
        fail_msg("%s", err.msg);
    slurp(out, ret);
}

static void
test_to_mp3(void **state)
{
    static const struct {
        int rate, channels, bits, becomes, channels_then;
    } all[] = {{44100, 2, 16, 44100, 2}, {48000, 2, 24, 48000, 2},
               {22050, 1, 8, 44100, 1},  {96000, 2, -32, 48000, 2},
               {88200, 2, 24, 44100, 2}, {32000, 1, 16, 32000, 1},
               {48000, 6, 16, 48000, 2}};

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        auto_bytes struct bytes wav = {0}, one = {0}, two = {0};
        struct audio_probe p;

        make_wav(all[i].rate, all[i].channels, all[i].bits, 6, &wav);
        convert(&wav, "mp3", &one);
        convert(&wav, "mp3", &two);
        assert_int_equal(one.n, two.n);
        assert_memory_equal(one.v, two.v, one.n);
        p = probe_ok(&one);
        assert_string_equal(p.format, "mp3");
        assert_int_equal(p.bitrate, 320000);
        assert_false(p.vbr);
        assert_int_equal(p.sample_rate, all[i].becomes);
        assert_int_equal(p.channels, all[i].channels_then);
        assert_true(fabs(p.duration_sec - 6) < 0.01);
        assert_int_equal(p.claimed_frames, p.frames);
        assert_int_equal(p.damage_count, 0);
    }
}

/* FLAC of 16 bits to WAV of 16 bits: the same samples. */
static void
test_to_wav(void **state)
{
    auto_bytes struct bytes wav = {0}, flac = {0}, back = {0}, mp3 = {0};
    struct mp3_make m = {44100, 2, 192, 0, false, false, false, 6};
    struct audio_probe p;

    (void)state;
    make_snd(SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 2, 6, &wav);
    make_snd(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100, 2, 6, &flac);
    convert(&flac, "wav", &back);
    assert_int_equal(back.n, wav.n);
    assert_memory_equal(back.v + 44, wav.v + 44, wav.n - 44);
    p = probe_ok(&back);
    assert_string_equal(p.format, "wav");
    assert_string_equal(p.codec, "PCM");
    assert_int_equal(p.bits, 16);

    back.n = 0;
    make_mp3(&m, &mp3);
    convert(&mp3, "wav", &back);
    p = probe_ok(&back);
    assert_int_equal(p.bits, 16);
    assert_int_equal(p.samples, 6 * 44100); /* gapless: not a sample more */
}

static void
test_unknown_form(void **state)
{
    auto_bytes struct bytes wav = {0};
    struct audio_probe p;
    struct err err = ERR_INIT;

    (void)state;
    make_wav(44100, 2, 16, 1, &wav);
    p = probe_ok(&wav);
    assert_int_equal(audio_convert(0, &p, "ogg", 1, &err), -1);
    assert_int_equal(err.code, ERR_INTERNAL);
}

/* One walk finds the pieces of two, and none if it was given a wrong length. */
static void
walk_once(int fd, const struct audio_cutting *how, const struct audio_probe *p,
          const struct audio_pieces *want)
{
    bool mp3 = strcmp(p->format, "mp3") == 0;

    for (int wrong = 0; wrong < 2; wrong++) {
        auto_audio_pieces struct audio_pieces ps = {0};
        double seconds = p->duration_sec + wrong * 0.001;
        struct err err = ERR_INIT;
        struct audio_probe q;

        assert_int_equal(audio_probe_cut(fd, how, seconds, &q, &ps, &err), 0);
        assert_true(q.duration_sec == p->duration_sec);
        assert_int_equal(ps.n, mp3 && wrong == 0 ? want->n : 0);
        for (size_t i = 0; i < ps.n; i++) {
            assert_int_equal(ps.v[i].offset, want->v[i].offset);
            assert_int_equal(ps.v[i].bytes, want->v[i].bytes);
            assert_int_equal(ps.v[i].head_len, want->v[i].head_len);
            assert_memory_equal(ps.v[i].head, want->v[i].head,
                                want->v[i].head_len);
            assert_true(ps.v[i].duration_sec == want->v[i].duration_sec);
        }
    }
}

/* Two stretches, the second up to the end. */
static void
cut_at_spans(int fd, const struct audio_probe *p)
{
    auto_audio_pieces struct audio_pieces ps = {0};
    const struct audio_span spans[] = {{1, 20.5}, {22, p->duration_sec}};
    const struct audio_cutting how = {.spans = spans, .n = 2};
    struct err err = ERR_INIT;

    if (audio_segment_at(fd, p, spans, 2, false, &ps, &err) == -1)
        fail_msg("%s", err.msg);
    assert_int_equal(ps.n, 2);
    assert_true(fabs(ps.v[0].duration_sec - 19.5) < 0.027);
    assert_true(fabs(ps.v[1].duration_sec - p->duration_sec + 22) < 0.027);
    walk_once(fd, &how, p, &ps);
}

/* Cut b; each piece must be accepted by the probe and be as long as said. */
static double
cut_and_check(const struct bytes *b, double seconds, size_t pieces)
{
    auto_fd int fd = make_file(b);
    auto_audio_pieces struct audio_pieces ps = {0};
    struct audio_probe p = probe_ok(b);
    struct err err = ERR_INIT;
    double sum = 0, last;
    long count;

    count = audio_pieces_count(p.duration_sec, seconds, &last);
    assert_int_equal(count, pieces);
    if (audio_segment(fd, &p, seconds, count, &ps, &err) == -1)
        fail_msg("%s", err.msg);
    assert_int_equal(ps.n, pieces);
    walk_once(fd, &(struct audio_cutting){.seconds = seconds, .count = count},
              &p, &ps);
    cut_at_spans(fd, &p);
    for (size_t i = 0; i < ps.n; i++) {
        auto_bytes struct bytes one = {0};
        struct audio_piece *piece = &ps.v[i];
        struct audio_probe q;

        bytes_add(&one, piece->head, piece->head_len);
        bytes_add(&one, b->v + piece->offset, (size_t)piece->bytes);
        q = probe_ok(&one);
        if (strcmp(p.format, "mp3") == 0) { /* a reader can trust its head */
            assert_true(q.has_xing);
            assert_int_equal(q.claimed_frames, q.frames);
            assert_int_equal(q.delay, i == 0 ? p.delay : 0);
        }
        assert_int_equal(q.damage_count, 0);
        assert_true(fabs(q.duration_sec - piece->duration_sec) < 1e-6);
        assert_true(fabs(piece->start_sec - sum) < 1e-6);
        if (i + 1 < ps.n)
            assert_true(fabs(piece->duration_sec - seconds) < 0.053);
        sum += piece->duration_sec;
    }
    return sum;
}

static void
test_pieces_of_mp3(void **state)
{
    struct mp3_make m = {44100, 2, 128, 4, false, false, false, 75};
    auto_bytes struct bytes vbr = {0}, cbr = {0};
    double frame = 1152.0 / 44100;

    (void)state;
    make_mp3(&m, &vbr);
    assert_true(fabs(cut_and_check(&vbr, 30, 3) - 75) < 3 * frame);
    m.vbr = 0;
    m.kbit = 320;
    m.sec = 61; /* the second that is left is of no use */
    make_mp3(&m, &cbr);
    assert_true(fabs(cut_and_check(&cbr, 30, 2) - 60) < 2 * frame);
    cut_and_check(&cbr, 300, 1);
}

static void
test_pieces_of_wav(void **state)
{
    auto_bytes struct bytes b = {0}, flac = {0};
    struct audio_probe p;
    struct audio_pieces ps;
    struct err err = ERR_INIT;

    (void)state;
    make_wav(44100, 2, 24, 37, &b);
    assert_true(cut_and_check(&b, 15, 3) == 37);
    make_snd(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100, 2, 6, &flac);
    p = probe_ok(&flac);
    assert_false(audio_segment_possible(&p));
    assert_int_equal(audio_segment(0, &p, 30, 1, &ps, &err), -1);
}

/* What each count of a check and of an export goes by. */
static void
test_how_many_pieces(void **state)
{
    static const struct {
        double duration, seconds;
        long count;
        double last;
    } rows[] = {{75, 30, 3, 15},         {64, 30, 2, 30}, {65, 30, 3, 5},
                {60, 30, 2, 30},         {29, 30, 1, 29}, {4, 30, 1, 4},
                {60.0000001, 30, 2, 30}, {13, 5, 3, 3},   {12, 5, 2, 5}};
    double last;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(
            audio_pieces_count(rows[i].duration, rows[i].seconds, &last),
            rows[i].count);
        assert_true(fabs(last - rows[i].last) < 1e-6);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_to_mp3),
        cmocka_unit_test(test_to_wav),
        cmocka_unit_test(test_unknown_form),
        cmocka_unit_test(test_pieces_of_mp3),
        cmocka_unit_test(test_pieces_of_wav),
        cmocka_unit_test(test_how_many_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
