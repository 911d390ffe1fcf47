/*
 * Goal: an excerpt has one channel, at most 24 kHz, the requested length, and
 * is the loudest stretch; in a process of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/converter.h"
#include "audio/excerpt.h"
#include "base/auto.h"
#include "base/child.h"
#include "make.h"

/* A file of `sec` seconds at 16 bits, loud from `loud` for five seconds on. */
static void
make_burst(int rate, int channels, double sec, double loud, struct bytes *ret)
{
    size_t frame = 2 * (size_t)channels;

    make_wav(rate, channels, 16, sec, ret);
    for (size_t at = 44; at + 1 < ret->n; at += 2) {
        double t = (double)((at - 44) / frame) / rate;
        int16_t v;

        memcpy(&v, ret->v + at, 2);
        if (t < loud || t >= loud + 5)
            v = (int16_t)(v / 300);
        memcpy(ret->v + at, &v, 2);
    }
}

static void
slurp(int fd, struct bytes *ret)
{
    uint8_t block[16384];
    ssize_t n;

    while ((n = pread(fd, block, sizeof(block), (off_t)ret->n)) > 0)
        bytes_add(ret, block, (size_t)n);
}

static void
excerpt(const struct bytes *in, const struct excerpt *wish, double *start,
        double *sec, struct bytes *ret)
{
    auto_bytes struct bytes none = {0};
    auto_fd int fd = make_file(in), out = -1;
    struct audio_probe p = probe_ok(in);
    struct err err = ERR_INIT;

    bytes_add(&none, "", 0);
    out = make_file(&none);
    if (converter_excerpt(fd, &p, wish, out, NULL, NULL, start, sec, &err) ==
        -1)
        fail_msg("%s", err.msg);
    slurp(out, ret);
}

static void
it_is_where_most_sounds(void **state)
{
    static const char *const forms[] = {"mp3", "wav"};
    static const int rates[] = {44100, 48000, 96000, 22050, 8000};

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        for (size_t k = 0; k < sizeof(rates) / sizeof(*rates); k++) {
            auto_bytes struct bytes in = {0}, out = {0};
            struct excerpt wish = {forms[i], -1, 4};
            struct audio_probe p;
            double start, sec;

            make_burst(rates[k], 2, 30, 12, &in);
            excerpt(&in, &wish, &start, &sec, &out);
            assert_true(start >= 12 && start <= 13);
            assert_float_equal(sec, 4, 0.01);
            p = probe_ok(&out);
            assert_string_equal(p.format, forms[i]);
            assert_int_equal(p.channels, 1);
            assert_true(p.sample_rate <= EXCERPT_MP3_RATE);
            assert_true(i == 1 || p.sample_rate == EXCERPT_MP3_RATE);
            assert_float_equal(p.duration_sec, 4, 0.15);
        }
}

static void
it_is_from_where_it_is_asked_for(void **state)
{
    auto_bytes struct bytes in = {0}, out = {0}, late = {0};
    struct excerpt wish = {"wav", 25, 10};
    double start, sec;
    int16_t v;

    (void)state;
    make_burst(44100, 1, 30, 25, &in);
    excerpt(&in, &wish, &start, &sec, &out);
    assert_float_equal(start, 25, 0.001);
    assert_float_equal(sec, 5, 0.01); /* there is no more */
    wish.start_sec = 10;
    wish.seconds = 3;
    excerpt(&in, &wish, &start, &sec, &late);
    for (size_t at = 44; at + 1 < late.n; at += 2) {
        memcpy(&v, late.v + at, 2);
        assert_true(abs(v) < 200);
    }
}

static void
behind_the_end_there_is_none(void **state)
{
    auto_bytes struct bytes in = {0}, none = {0};
    struct excerpt wish = {"mp3", 40, 10};
    auto_fd int fd = -1, out = -1;
    struct audio_probe p;
    struct err err = ERR_INIT;
    double start, sec;

    (void)state;
    make_wav(44100, 1, 16, 5, &in);
    bytes_add(&none, "", 0);
    fd = make_file(&in);
    out = make_file(&none);
    p = probe_ok(&in);
    assert_int_equal(
        converter_excerpt(fd, &p, &wish, out, NULL, NULL, &start, &sec, &err),
        -1);
    assert_int_equal(err.code, ERR_AUDIO_DAMAGED);
}

static void
a_wish_is_a_line_of_text(void **state)
{
    struct excerpt wish = {"wav", 12.5, 30}, back;
    auto_free char *text = excerpt_text(&wish);

    (void)state;
    assert_true(excerpt_read(text, &back));
    assert_string_equal(back.format, "wav");
    assert_float_equal(back.start_sec, 12.5, 0);
    assert_float_equal(back.seconds, 30, 0);
    assert_false(excerpt_read("mp3", &back));
    assert_false(excerpt_read("excerpt mp3 1", &back));
    assert_false(excerpt_read("excerpt mp3 1 0", &back));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_where_most_sounds),
        cmocka_unit_test(it_is_from_where_it_is_asked_for),
        cmocka_unit_test(behind_the_end_there_is_none),
        cmocka_unit_test(a_wish_is_a_line_of_text),
    };

    child_folder("."); /* of the build that runs the tests */
    return cmocka_run_group_tests_name("audio/excerpt", tests, NULL, NULL);
}
