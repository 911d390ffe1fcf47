/*
 * Goal: a conversion runs in a process of its own, gives the function's result,
 * reports why not, never writes more than the file promised, and ends when it
 * is told to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "audio/convert.h"
#include "audio/converter.h"
#include "base/auto.h"
#include "base/child.h"
#include "base/clock.h"
#include "make.h"

static int
empty_file(void)
{
    auto_bytes struct bytes none = {0};

    bytes_add(&none, "", 0);
    return make_file(&none);
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
the_same_as_the_function(void **state)
{
    static const char *const forms[] = {"mp3", "wav"};

    (void)state;
    for (int i = 0; i < 2; i++) {
        auto_bytes struct bytes in = {0}, here = {0}, there = {0};
        auto_fd int fd = -1, a = empty_file(), b = empty_file();
        struct audio_probe p;
        struct err err = ERR_INIT;

        make_wav(44100, 2, 16, 6, &in);
        fd = make_file(&in);
        p = probe_ok(&in);
        assert_int_equal(audio_convert(fd, &p, forms[i], a, &err), 0);
        if (converter_run(fd, &p, forms[i], b, false, NULL, NULL, &err) == -1)
            fail_msg("%s", err.msg);
        slurp(a, &here);
        slurp(b, &there);
        assert_int_equal(here.n, there.n);
        assert_memory_equal(here.v, there.v, here.n);
    }
}

static void
what_does_not_decode_is_told(void **state)
{
    auto_bytes struct bytes in = {0};
    auto_fd int fd = -1, out = empty_file();
    struct audio_probe p;
    struct err err = ERR_INIT;

    (void)state;
    make_wav(44100, 2, 16, 6, &in);
    p = probe_ok(&in);
    memset(in.v, 'x', 100);
    fd = make_file(&in);
    assert_int_equal(converter_run(fd, &p, "mp3", out, false, NULL, NULL, &err),
                     -1);
    assert_int_equal(err.code, ERR_AUDIO_DAMAGED);
}

/* The file says a second and decodes to six: it is cut off on the way. */
static void
never_more_than_it_says(void **state)
{
    auto_bytes struct bytes in = {0};
    auto_fd int fd = -1, out = empty_file();
    struct audio_probe p;
    struct stat st;
    struct err err = ERR_INIT;

    (void)state;
    make_wav(44100, 2, 16, 60, &in);
    fd = make_file(&in);
    p = probe_ok(&in);
    p.samples = 44100;
    p.duration_sec = 1;
    assert_int_equal(audio_convert(fd, &p, "wav", out, &err), -1);
    assert_int_equal(err.code, ERR_AUDIO_DAMAGED);
    assert_int_equal(fstat(out, &st), 0);
    assert_true(st.st_size < 44100 * 4 * 3);
}

static void
a_disk_too_small_is_told_before(void **state)
{
    auto_bytes struct bytes in = {0};
    auto_fd int fd = -1, out = empty_file();
    struct audio_probe p;
    struct stat st;
    struct err err = ERR_INIT;

    (void)state;
    make_wav(44100, 2, 16, 1, &in);
    fd = make_file(&in);
    p = probe_ok(&in);
    p.samples = INT64_C(1) << 50;
    assert_int_equal(converter_run(fd, &p, "wav", out, false, NULL, NULL, &err),
                     -1);
    assert_int_equal(err.code, ERR_DISK_FULL);
    assert_int_equal(fstat(out, &st), 0);
    assert_int_equal(st.st_size, 0);
}

static bool
at_once(void *ctx)
{
    (void)ctx;
    return true;
}

static void
it_stops(void **state)
{
    auto_bytes struct bytes in = {0};
    auto_fd int fd = -1, out = empty_file();
    struct audio_probe p;
    struct err err = ERR_INIT;

    (void)state;
    make_wav(44100, 2, 16, 600, &in);
    fd = make_file(&in);
    p = probe_ok(&in);
    assert_int_equal(
        converter_run(fd, &p, "mp3", out, false, at_once, NULL, &err), -1);
    assert_int_equal(err.code, ERR_BUSY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_as_the_function),
        cmocka_unit_test(what_does_not_decode_is_told),
        cmocka_unit_test(never_more_than_it_says),
        cmocka_unit_test(a_disk_too_small_is_told_before),
        cmocka_unit_test(it_stops),
    };

    child_folder("."); /* of the build that runs the tests */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
