/*
 * Goal: a set's cost is bounded by its size. Sets of some kilobytes whose
 * numbers demand hours are refused or read at once, and their process
 * (trainmode-parse) ends whatever it is given.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "als/parser.h"
#include "als/summary.h"
#include "base/json.h"
#include "base/mem.h"
#include "gen.h"

#define PROGRAM "./trainmode-parse" /* of the build that runs the tests */

/* Seconds of CPU; the old loops took minutes, sanitizers take five times as
 * long as the product. */
#define CPU_MAX 3.0

#define ROW                                                                    \
    "<MidiTrack Id=\"1\"><DeviceChain><MainSequencer><ClipTimeable>"           \
    "<ArrangerAutomation><Events>"
#define ROW_END "</Events></ArrangerAutomation></ClipTimeable></MainSequencer>"

static double
cpu(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A set around these tracks. The caller closes it. */
static int
set_of(const char *tracks, bool gzip)
{
    auto_buf struct buf xml = BUF_INIT(128 << 20);

    gen_begin(&xml, 11);
    buf_add_str(&xml, tracks);
    gen_end(&xml, 11);
    assert_false(xml.failed);
    return gen_file(xml.data, xml.len, gzip);
}

/* NULL if it is refused. The caller puts it. */
static json_object *
read_cheaply(const char *tracks)
{
    auto_fd int fd = set_of(tracks, true);
    struct err err = ERR_INIT;
    double from = cpu();
    json_object *s = als_summary_from_fd(fd, "x.als", NULL, &err);

    if (cpu() - from > CPU_MAX)
        fail_msg("took %.1f s", cpu() - from);
    assert_true(s != NULL || err.code == ERR_NOT_ALS);
    return s;
}

static void
loops_that_start_far_outside(void **state)
{
    static const char *const starts[] = {"1e10", "-1e10", "9999999999", "1e7"};

    (void)state;
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        auto_free char *clip = xasprintf(
            ROW "<MidiClip><CurrentStart Value=\"0\"/>"
                "<CurrentEnd Value=\"16\"/><Loop><LoopStart Value=\"0\"/>"
                "<LoopEnd Value=\"0.001\"/><StartRelative Value=\"%s\"/>"
                "<LoopOn Value=\"true\"/></Loop><Notes><KeyTracks><KeyTrack>"
                "<Notes><MidiNoteEvent Time=\"0\" Duration=\"1\" "
                "Velocity=\"1\"/></Notes><MidiKey Value=\"60\"/></KeyTrack>"
                "</KeyTracks></Notes></MidiClip>" ROW_END
                "</DeviceChain></MidiTrack>",
            starts[i]);
        auto_json json_object *s = read_cheaply(clip);

        /* Its 16,000 rounds of a thousandth of a beat still sound. */
        if (s != NULL)
            assert_true(json_object_get_int64(
                            json_at(json_at(s, "totals"), "notesStored")) == 1);
    }
}

static void
pads_times_hits(void **state)
{
    auto_buf struct buf b = BUF_INIT(64 << 20);
    auto_json json_object *s = NULL;

    (void)state;
    buf_add_str(&b, ROW "<MidiClip><CurrentStart Value=\"0\"/>"
                        "<CurrentEnd Value=\"900000\"/><Loop>"
                        "<LoopStart Value=\"0\"/><LoopEnd Value=\"1\"/>"
                        "<LoopOn Value=\"true\"/></Loop><Notes><KeyTracks>"
                        "<KeyTrack><Notes><MidiNoteEvent Time=\"0\" "
                        "Duration=\"1\" Velocity=\"1\"/></Notes>"
                        "<MidiKey Value=\"60\"/></KeyTrack></KeyTracks>"
                        "</Notes></MidiClip>" ROW_END "<DeviceChain><Devices>"
                        "<DrumGroupDevice><On><Manual Value=\"true\"/></On>"
                        "<Branches>");
    for (int i = 0; i < 19000; i++)
        buf_add_str(&b, "<DrumBranch><Name><EffectiveName Value=\"P\"/></Name>"
                        "<BranchInfo><ReceivingNote Value=\"1\"/></BranchInfo>"
                        "</DrumBranch>");
    buf_add_str(&b, "</Branches></DrumGroupDevice></Devices></DeviceChain>"
                    "</DeviceChain></MidiTrack>");
    s = read_cheaply(buf_str(&b));
    assert_non_null(s);
}

static void
scenes_times_clips(void **state)
{
    auto_buf struct buf b = BUF_INIT(128 << 20);
    auto_buf struct buf xml = BUF_INIT(128 << 20);
    struct err err = ERR_INIT;
    double from;

    (void)state;
    gen_begin(&xml, 11);
    buf_add_str(&xml, ROW);
    for (int i = 0; i < 150000; i++)
        buf_add_str(&xml, "<MidiClip/>");
    buf_add_str(&xml, ROW_END "</DeviceChain></MidiTrack>");
    gen_end(&xml, 11);
    /* The scenes are next to the tracks. */
    {
        char *end = strstr(xml.data, "</LiveSet>");

        assert_non_null(end);
        buf_add(&b, xml.data, (size_t)(end - xml.data));
        buf_add_str(&b, "<Scenes>");
        for (int i = 0; i < 9999; i++)
            buf_add_str(&b, "<Scene/>");
        buf_add_str(&b, "</Scenes>");
        buf_add_str(&b, end);
    }
    auto_fd int fd = gen_file(b.data, b.len, true);
    from = cpu();
    auto_json json_object *s = als_summary_from_fd(fd, "x.als", NULL, &err);
    if (cpu() - from > CPU_MAX)
        fail_msg("took %.1f s", cpu() - from);
    assert_true(s != NULL || err.code == ERR_NOT_ALS);
}

static void
tracks_times_devices_and_clips(void **state)
{
    auto_buf struct buf b = BUF_INIT(128 << 20);

    (void)state;
    for (int i = 0; i < 1900; i++) {
        buf_add_str(&b, ROW);
        for (int k = 0; k < 90; k++)
            buf_add_str(&b, "<MidiClip/>");
        buf_add_str(&b, ROW_END "<DeviceChain><Devices>");
        for (int k = 0; k < 10; k++)
            buf_add_str(&b, "<MidiChord/>");
        buf_add_str(&b, "</Devices></DeviceChain></DeviceChain></MidiTrack>");
    }
    auto_json json_object *s = read_cheaply(buf_str(&b));
    assert_non_null(s);
}

/* Expat rescans an unfinished tag with each chunk of the file. */
static void
tags_and_comments_of_megabytes(void **state)
{
    auto_free char *x = xcalloc((30 << 20) + 1, 1);

    (void)state;
    memset(x, 'x', 30 << 20);
    for (int i = 0; i < 3; i++) {
        static const char *const around[3][2] = {
            {"<A b=\"", "\"/>"}, {"<!--", "-->"}, {"<?pi ", "?>"}};
        auto_buf struct buf b = BUF_INIT(64 << 20);

        buf_add_str(&b, around[i][0]);
        buf_add(&b, x, 30 << 20);
        buf_add_str(&b, around[i][1]);
        auto_fd int fd = set_of(buf_str(&b), false);
        struct err err = ERR_INIT;
        double from = cpu();

        assert_null(als_summary_from_fd(fd, "x.als", NULL, &err));
        assert_int_equal(err.code, ERR_NOT_ALS);
        assert_non_null(strstr(err.msg, "tag or comment"));
        assert_true(cpu() - from < 0.3);
    }
}

/* ---- the process ---- */

static bool
always(void *ctx)
{
    (void)ctx;
    return true;
}

static void
the_process_gives_what_the_function_gives(void **state)
{
    auto_buf struct buf xml = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;

    (void)state;
    gen_song(&xml, 12);
    auto_fd int fd = gen_file(xml.data, xml.len, true);
    auto_json json_object *here =
        als_summary_from_fd(fd, "Für \"Élise\".als", NULL, &err);
    auto_json json_object *there =
        als_parser_run(PROGRAM, fd, "Für \"Élise\".als", NULL, NULL, &err);
    assert_non_null(here);
    if (there == NULL)
        fail_msg("%s", err.msg);
    assert_string_equal(json_out(here), json_out(there));
}

static void
the_process_says_what_is_wrong(void **state)
{
    auto_fd int fd = gen_file("PK\003\004", 4, false);
    struct err err = ERR_INIT;

    (void)state;
    assert_null(als_parser_run(PROGRAM, fd, "x.als", NULL, NULL, &err));
    assert_int_equal(err.code, ERR_NOT_ALS);
    assert_non_null(strstr(err.msg, "zip archive"));
}

static void
the_process_is_stopped_at_once(void **state)
{
    auto_fd int fd = gen_file("<", 1, false);
    struct err err = ERR_INIT;

    (void)state;
    assert_null(als_parser_run("/bin/false", fd, "x.als", always, NULL, &err));
    assert_int_equal(err.code, ERR_BUSY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loops_that_start_far_outside),
        cmocka_unit_test(pads_times_hits),
        cmocka_unit_test(scenes_times_clips),
        cmocka_unit_test(tracks_times_devices_and_clips),
        cmocka_unit_test(tags_and_comments_of_megabytes),
        cmocka_unit_test(the_process_gives_what_the_function_gives),
        cmocka_unit_test(the_process_says_what_is_wrong),
        cmocka_unit_test(the_process_is_stopped_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
