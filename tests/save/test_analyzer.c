/*
 * Goal: trainmode-analyze gives an analysis, reports why it cannot, and cannot
 * harm its caller.
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

#include "../audio/make.h"
#include "base/clock.h"
#include "base/json.h"
#include "save/analyzer.h"

#define PROGRAM "./trainmode-analyze" /* of the build that runs the tests */

static bool
never(void *ctx)
{
    (void)ctx;
    return false;
}

static bool
always(void *ctx)
{
    (void)ctx;
    return true;
}

/* A shell script in place of the program. The caller unlinks it. */
static void
script(const char *text, char path[64])
{
    FILE *f;

    strcpy(path, "/tmp/trainmode-script-XXXXXX");
    f = fdopen(mkstemp(path), "w");
    assert_non_null(f);
    fprintf(f, "#!/bin/sh\n%s\n", text);
    fchmod(fileno(f), 0700);
    fclose(f);
}

static enum err_code
run_script(const char *text, bool (*stop)(void *), char ret_msg[480])
{
    auto_bytes struct bytes b = {0};
    auto_fd int fd = -1;
    json_object *o = NULL;
    struct err err = ERR_INIT;
    char path[64];

    bytes_add(&b, "sound", 5);
    fd = make_file(&b);
    script(text, path);
    assert_int_equal(analyzer_run(path, fd, stop, NULL, &o, &err), -1);
    assert_null(o);
    unlink(path);
    strcpy(ret_msg, err.msg);
    return err.code;
}

static void
test_music(void **state)
{
    struct mp3_make m = {44100, 2, 192, 0, false, false, false, 20};
    auto_bytes struct bytes b = {0};
    auto_fd int fd = -1;
    auto_json json_object *o = NULL;
    struct err err = ERR_INIT;

    (void)state;
    make_mp3(&m, &b);
    fd = make_file(&b);
    if (analyzer_run(PROGRAM, fd, never, NULL, &o, &err) == -1)
        fail_msg("%s", err.msg);
    assert_int_equal(json_object_array_length(json_at(o, "peaks")), 800);
    assert_true(json_number(o, "decodedSec", 0) == 20);
    assert_true(json_number(json_at(o, "tempo"), "bpm", 0) > 61);
    assert_non_null(json_text(o, "fingerprint"));
}

static void
test_no_music(void **state)
{
    auto_bytes struct bytes b = {0};
    auto_fd int fd = -1;
    json_object *o = NULL;
    struct err err = ERR_INIT;

    (void)state;
    bytes_random(&b, 100000, 9);
    fd = make_file(&b);
    assert_int_equal(analyzer_run(PROGRAM, fd, never, NULL, &o, &err), -1);
    assert_int_equal(err.code, ERR_AUDIO_DAMAGED);
    assert_non_null(strstr(err.msg, "send MP3, WAV, FLAC, AIFF or Ogg"));
}

static void
test_faults(void **state)
{
    char msg[480];

    (void)state;
    assert_int_equal(run_script("kill -SEGV $$", never, msg),
                     ERR_AUDIO_DAMAGED);
    assert_non_null(strstr(msg, "signal 11"));
    assert_int_equal(run_script("exit 3", never, msg), ERR_INTERNAL);
    assert_int_equal(run_script("echo '{\"a\":'", never, msg),
                     ERR_INVALID_JSON);
    assert_int_equal(run_script("echo no sound; exit 1", never, msg),
                     ERR_AUDIO_DAMAGED);
    assert_string_equal(msg, "no sound");
    assert_int_equal(run_script("exec cat /dev/zero", never, msg),
                     ERR_INTERNAL);
    assert_non_null(strstr(msg, "too much"));
}

static void
test_stop(void **state)
{
    int64_t start = clock_mono_ms();
    char msg[480];

    (void)state;
    assert_int_equal(run_script("exec /bin/sleep 60", always, msg), ERR_BUSY);
    assert_true(clock_mono_ms() - start < 2000);
}

/* It inherits the file and its output, and no other descriptor of ours. */
static void
test_nothing_leaks(void **state)
{
    auto_fd int ours = dup(1);
    char msg[480];

    (void)state;
    setenv("TRAINMODE_TEST_SECRET", "key", 1);
    assert_int_equal(
        run_script("test -z \"$TRAINMODE_TEST_SECRET\" && exit 5", never, msg),
        ERR_INTERNAL);
    assert_non_null(strstr(msg, "status 5"));
    /* The shell itself holds its script open, above 9. */
    assert_int_equal(run_script("for n in 3 4 5 6 7 8 9; do "
                                "test -e /proc/self/fd/$n && exit 7; done; "
                                "exit 5",
                                never, msg),
                     ERR_INTERNAL);
    assert_non_null(strstr(msg, "status 5"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_music),         cmocka_unit_test(test_no_music),
        cmocka_unit_test(test_faults),        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_nothing_leaks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
