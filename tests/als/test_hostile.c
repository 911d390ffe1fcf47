/*
 * Files that are called sets but are not, or are malicious: each is refused
 * with ERR_NOT_ALS and a reason for the user, in bounded time.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "als/summary.h"
#include "base/json.h"
#include "base/mem.h"
#include "gen.h"

#define SECONDS_MAX 20 /* under sanitizers on a busy machine; most take ms */

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The file of fd is refused, with these words. */
static void
refused(int fd, const struct als_limits *limits, const char *words)
{
    struct err err = ERR_INIT;
    double from = now();
    auto_json json_object *s = als_summary_from_fd(fd, "x.als", limits, &err);

    assert_null(s);
    assert_int_equal(err.code, ERR_NOT_ALS);
    if (strstr(err.msg, words) == NULL)
        fail_msg("says \"%s\", not \"%s\"", err.msg, words);
    assert_true(now() - from < SECONDS_MAX);
}

static void
refused_bytes(const void *data, size_t len, bool gzip, const char *words)
{
    auto_fd int fd = gen_file(data, len, gzip);

    refused(fd, NULL, words);
}

static void
refused_text(const char *text, const char *words)
{
    refused_bytes(text, strlen(text), false, words);
    if (text[0] == '<')
        refused_bytes(text, strlen(text), true, words);
}

/* A set with these lines in the place of its tracks. */
static void
refused_tracks(const char *tracks, const char *words)
{
    auto_buf struct buf xml = BUF_INIT(64 << 20);

    gen_begin(&xml, 11);
    buf_add_str(&xml, tracks);
    gen_end(&xml, 11);
    refused_bytes(xml.data, xml.len, true, words);
}

static char *
repeat(const char *text, size_t n)
{
    size_t len = strlen(text);
    char *all = xcalloc(n * len + 1, 1);

    for (size_t i = 0; i < n; i++)
        memcpy(all + i * len, text, len);
    return all;
}

static void
other_files(void **state)
{
    static const unsigned char half[] = {0x1f, 0x8b};

    (void)state;
    refused_bytes("", 0, false, "empty");
    refused_text("just text", "neither gzip nor XML");
    refused_text("PK\003\004 and so on", "zip archive");
    refused_text("version https://git-lfs.github.com/spec/v1\n", "Git LFS");
    refused_text("{\"a\":1}", "JSON");
    refused_text("module alloy\n", "neither gzip nor XML");
    refused_text("<!doctype html><html></html>", "");
    refused_text("<html><body></body></html>", "<html>");
    refused_text("<?xml version=\"1.0\"?>\n<Ableton><OriginalSimpler />"
                 "</Ableton>",
                 "not a Live set");
    refused_text("<Ableton><LiveSet /></Ableton>", "no main track");
    refused_bytes("PK\003\004", 4, true, "");
    refused_bytes(half, sizeof(half), false, "cut off");
}

/* Packed by pigz or bgzip, or several packed files put together: one text. */
static void
several_members(void **state)
{
    auto_buf struct buf xml = BUF_INIT(1 << 20);
    char packed[1 << 17];
    size_t n = 0, cut;
    struct err err = ERR_INIT;

    (void)state;
    gen_song(&xml, 12);
    for (size_t i = 0; i < 3; i++) {
        size_t from = xml.len * i / 3, to = xml.len * (i + 1) / 3;
        auto_fd int part = gen_file(xml.data + from, to - from, true);

        n += (size_t)read(part, packed + n, sizeof(packed) - n);
        cut = n;
    }
    memset(packed + n, 0, 512); /* as tapes leave it at the end */
    for (size_t more = 0; more <= 512; more += 512) {
        auto_fd int fd = gen_file(packed, n + more, false);
        auto_json json_object *s = als_summary_from_fd(fd, "x.als", NULL, &err);

        if (s == NULL)
            fail_msg("%s", err.msg);
        assert_int_equal(json_number(json_at(s, "file"), "xmlBytes", 0),
                         xml.len);
    }
    refused_bytes(packed, cut - 40, false, "cut off");
}

static void
cut_off_and_damaged_files(void **state)
{
    auto_buf struct buf xml = BUF_INIT(1 << 20);
    char packed[1 << 16];
    ssize_t n;

    (void)state;
    gen_song(&xml, 12);
    auto_fd int fd = gen_file(xml.data, xml.len, true);
    n = read(fd, packed, sizeof(packed));
    assert_true(n > 200 && n < (ssize_t)sizeof(packed));
    for (size_t len = 30; len < (size_t)n; len += 97)
        refused_bytes(packed, len, false, "cut off");
    for (size_t len = 100; len + 20 < xml.len; len += 997)
        refused_bytes(xml.data, len, len % 2 == 0, "");
    memset(packed + n / 2, 0xff, 16);
    refused_bytes(packed, (size_t)n, false, "");
}

static void
bombs(void **state)
{
    auto_free char *blanks = repeat("          ", 6 << 20);
    struct als_limits small = als_limits_default;
    auto_buf struct buf xml = BUF_INIT(128 << 20);

    (void)state;
    refused_tracks(blanks, "times its size");
    gen_begin(&xml, 10);
    buf_add_str(&xml, blanks);
    auto_fd int fd = gen_file(xml.data, xml.len, true);
    small.ratio = 1000000;
    small.xml_bytes = 1 << 20;
    refused(fd, &small, "more than 1048576 bytes of XML");
    lseek(fd, 0, SEEK_SET);
    small.file_bytes = 1000;
    refused(fd, &small, "over 1000 bytes");
}

static void
entities_and_doctypes(void **state)
{
    (void)state;
    refused_text("<!DOCTYPE Ableton [<!ENTITY a \"aaaa\"><!ENTITY b "
                 "\"&a;&a;&a;&a;\">]><Ableton><LiveSet>&b;</LiveSet>"
                 "</Ableton>",
                 "DOCTYPE");
    refused_text("<!DOCTYPE Ableton SYSTEM \"file:///etc/passwd\">"
                 "<Ableton><LiveSet /></Ableton>",
                 "DOCTYPE");
    refused_tracks("&nope;", "damaged");
}

static void
deep_and_wide_files(void **state)
{
    auto_free char *deep = repeat("<a>", 100000);
    auto_free char *tracks = repeat("<MidiTrack Id=\"1\" />", 5000);
    auto_buf struct buf names = BUF_INIT(64 << 20);

    (void)state;
    refused_text(deep, "root is <a>");
    refused_tracks(deep, "nested more than 256");
    refused_tracks(tracks, "tracks");
    for (int i = 0; i < 400000; i++)
        buf_addf(&names, "<n%d x%d=\"%d\"/>", i, i, i);
    refused_tracks(buf_str(&names), "");
}

static void
numbers_that_are_none(void **state)
{
    static const char *const bad[] = {
        "NaN", "nan", "inf", "-Infinity", "1e300", "1e11", "", "12abc", "0x"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        auto_free char *clip = xasprintf(
            "<MidiTrack Id=\"1\"><DeviceChain><MainSequencer><ClipTimeable>"
            "<ArrangerAutomation><Events><MidiClip><CurrentEnd Value=\"%s\"/>"
            "</MidiClip></Events></ArrangerAutomation></ClipTimeable>"
            "</MainSequencer></DeviceChain></MidiTrack>",
            bad[i]);

        refused_tracks(clip, "no usable number");
    }
}

/* A tempo that no set can have, and a loop that would sound forever. */
static void
numbers_out_of_reason(void **state)
{
    static const char loop[] =
        "<MidiTrack Id=\"1\"><DeviceChain><MainSequencer><ClipTimeable>"
        "<ArrangerAutomation><Events><MidiClip><CurrentStart Value=\"0\"/>"
        "<CurrentEnd Value=\"10000000\"/><Loop><LoopStart Value=\"0\"/>"
        "<LoopEnd Value=\"0.001\"/><LoopOn Value=\"true\"/></Loop><Notes>"
        "<KeyTracks><KeyTrack><Notes><MidiNoteEvent Time=\"0\" "
        "Duration=\"1\" Velocity=\"1\"/></Notes><MidiKey Value=\"60\"/>"
        "</KeyTrack></KeyTracks></Notes></MidiClip></Events>"
        "</ArrangerAutomation></ClipTimeable></MainSequencer></DeviceChain>"
        "</MidiTrack>";
    auto_buf struct buf xml = BUF_INIT(1 << 20);
    char *tempo;

    (void)state;
    refused_tracks(loop, "loops");
    gen_session(&xml, 9);
    tempo = strstr(xml.data, "Value=\"120\" /></Events>");
    assert_non_null(tempo);
    memcpy(tempo, "Value=\"-12\"", 11);
    refused_bytes(xml.data, xml.len, true, "tempo of -12");
}

static void *
write_endless_attribute(void *arg)
{
    static const char head[] = "<Ableton Creator=\"";
    int fd = *(int *)arg;
    static char block[1 << 16];
    ssize_t n = write(fd, head, sizeof(head) - 1);

    memset(block, 'x', sizeof(block));
    for (int64_t sent = 0; n > 0 && sent < INT64_C(1) << 30; sent += n)
        n = write(fd, block, sizeof(block));
    close(fd);
    return NULL;
}

static void
an_attribute_of_a_gigabyte(void **state)
{
    pthread_t writer;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(
        pthread_create(&writer, NULL, write_endless_attribute, &ends[1]), 0);
    refused(ends[0], NULL, "");
    close(ends[0]);
    pthread_join(writer, NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_files),
        cmocka_unit_test(several_members),
        cmocka_unit_test(cut_off_and_damaged_files),
        cmocka_unit_test(bombs),
        cmocka_unit_test(entities_and_doctypes),
        cmocka_unit_test(deep_and_wide_files),
        cmocka_unit_test(numbers_that_are_none),
        cmocka_unit_test(numbers_out_of_reason),
        cmocka_unit_test(an_attribute_of_a_gigabyte),
    };

    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
