/*
 * Real sets of ../shared/fixtures/als: the figures in its README, which were
 * read with programs other than ours. Skipped if they are absent.
 */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "als/summary.h"
#include "base/json.h"
#include "base/mem.h"

#define FOLDER SRCDIR "/../shared/fixtures/als"

/* Clips and notes as stored; the end is that of the last clip that is heard, so
 * it is 248 beats for Broom Bap, the rest of which is muted. */
static const struct row {
    const char *file;
    double tempo;
    const char *meter;
    int tracks[4]; /* MIDI, audio, group, return */
    int arrangement, grid, notes;
    double beats, sec; /* 0: nothing in the arrangement */
    int locators;
    /* clang-format off */
} rows[] = {
    {"live8-launchpad-sequencer", 124, "4/4", {3, 0, 0, 2}, 0, 0, 0, 0, 0.0, 0},
    {"live9-timesignatures", 120, "4/4", {1, 0, 0, 2}, 0, 6, 0, 0, 0.0, 0},
    {"live9-almostblank", 140, "4/4", {2, 0, 0, 1}, 4, 0, 60, 16, 6.86, 0},
    {"live9-group", 120, "4/4", {2, 0, 1, 2}, 2, 0, 18, 32, 16.0, 0},
    {"live9-untie-the-knot", 120, "4/4", {17, 0, 1, 1}, 124, 0, 2861, 508, 254.0, 0},
    {"live9-engage", 118, "4/4", {37, 1, 0, 4}, 1329, 0, 18832, 437, 222.2, 0},
    {"live9-iota", 170, "4/4", {27, 3, 0, 3}, 312, 27, 3901, 416, 146.82, 6},
    {"live9-unableton-hi", 90.6661148, "4/4", {8, 0, 0, 2}, 53, 0, 1808, 198, 131.03, 0},
    {"live9-sanjo-music", 120, "4/4", {3, 0, 0, 2}, 35, 11, 566, 232, 116.0, 0},
    {"live9-agnosie-tempo-ramp", 132, "4/4", {0, 1, 0, 2}, 1, 0, 0, 890.182, 431.6, 8},
    {"live9-sonification-air1", 122.226494, "4/4", {0, 2, 0, 2}, 8, 0, 0, 85.871, 42.15, 0},
    {"live9-vst-plugins", 125, "4/4", {2, 0, 0, 2}, 0, 0, 0, 0, 0.0, 0},
    {"live10-launchpad-sequencer", 124, "4/4", {4, 0, 1, 2}, 0, 2, 25, 0, 0.0, 0},
    {"live10-lpc-test", 120, "4/4", {2, 2, 0, 2}, 0, 0, 0, 0, 0.0, 0},
    {"live11-take-lanes", 130, "4/4", {9, 0, 0, 0}, 98, 119, 3053, 416, 192.0, 0},
    {"live11-locators", 85, "4/4", {1, 1, 0, 2}, 3, 0, 105, 245.002, 172.94, 7},
    {"live11-template-plain-xml", 120, "4/4", {2, 2, 0, 2}, 0, 0, 0, 0, 0.0, 0},
    {"live12-broom-bap", 88, "4/4", {7, 13, 2, 4}, 227, 1, 2099, 248, 169.09, 7},
    {"live12-default-set", 120, "4/4", {2, 2, 0, 2}, 0, 0, 0, 0, 0.0, 0},
    {"live8-guard-live-set", 120, "4/4", {1, 0, 0, 2}, 0, 0, 0, 0, 0.0, 0},
    {"live10-midi-animation", 132, "4/4", {1, 0, 0, 2}, 1, 3, 251, 36, 16.36, 0},
    {"live11-evasiva", 180, "4/4", {4, 0, 0, 2}, 4, 0, 5506, 640, 213.33, 0},
    {"live11-set-creator-mix", 120, "4/4", {2, 2, 0, 2}, 0, 0, 0, 0, 0.0, 6},
    {"live12-battery-chords", 120, "4/4", {7, 0, 0, 1}, 0, 0, 0, 0, 0.0, 0},
};
/* clang-format on */

/* Locators in order of time; those at the very end make no section. */
static const struct section {
    const char *file;
    double sec;
    const char *name;
} sections[] = {
    {"live9-agnosie-tempo-ramp", 30.909, "Verse"},
    {"live9-agnosie-tempo-ramp", 106.303, "Chorus 1"},
    {"live9-agnosie-tempo-ramp", 136.303, "Zappa Rules"},
    {"live9-agnosie-tempo-ramp", 145.245, "Verse 2"},
    {"live9-agnosie-tempo-ramp", 155.926, "Bridge"},
    {"live9-agnosie-tempo-ramp", 199.563, "Bridge Soft"},
    {"live9-agnosie-tempo-ramp", 265.017, "Chorus 2"},
    {"live9-agnosie-tempo-ramp", 339.563, "Outro"},
    {"live9-iota", 22.588, "Bass WAH"},
    {"live9-iota", 45.176, "SPACE"},
    {"live9-iota", 56.471, "DOROPPU"},
    {"live9-iota", 71.294, "QLIQZ"},
    {"live9-iota", 124.235, "bye have a wonderful tine"},
    {"live11-locators", 0, "Start"},
    {"live11-locators", 11.294, "Verse"},
    {"live11-locators", 32.471, "Black"},
    {"live11-locators", 33.882, "Chorus"},
    {"live11-locators", 56.509, "Drop"},
    {"live11-locators", 67.765, "Verse2"},
    {"live11-locators", 90.353, "Chorus2"},
    {"live12-broom-bap", 0, "Intro"},
    {"live12-broom-bap", 10.909, "Hook"},
    {"live12-broom-bap", 21.818, "Verse"},
    {"live12-broom-bap", 65.455, "Hook"},
    {"live12-broom-bap", 87.273, "Verse"},
    {"live12-broom-bap", 130.909, "Hook"},
};

static bool
absent(void)
{
    if (access(FOLDER, R_OK) == 0)
        return false;
    print_message("skipped: %s is not there\n", FOLDER);
    return true;
}

static json_object *
summary_of(const char *file)
{
    auto_free char *path = xasprintf("%s/%s.als", FOLDER, file);
    auto_free char *name = xasprintf("%s.als", file);
    struct err err = ERR_INIT;
    json_object *s = als_summary_from_file(path, name, NULL, &err);

    if (s == NULL)
        fail_msg("%s: %s", file, err.msg);
    return s;
}

static void
is(const char *file, json_object *o, const char *name, double want,
   double tolerance)
{
    double got = json_number(o, name, 0);

    if (!(fabs(got - want) <= tolerance))
        fail_msg("%s: %s is %g, not %g", file, name, got, want);
}

static void
check_row(const struct row *r)
{
    static const char *const types[] = {"midiTracks", "audioTracks",
                                        "groupTracks", "returnTracks"};
    auto_json json_object *s = summary_of(r->file);
    json_object *totals = json_at(s, "totals");

    is(r->file, json_at(s, "tempo"), "bpm", r->tempo, 0.005);
    assert_string_equal(json_text(json_at(s, "meter"), "main"), r->meter);
    for (int i = 0; i < 4; i++)
        is(r->file, totals, types[i], r->tracks[i], 0);
    is(r->file, totals, "arrangementClips", r->arrangement, 0);
    is(r->file, totals, "sessionClips", r->grid, 0);
    is(r->file, totals, "notesStored", r->notes, 0);
    is(r->file, totals, "locators", r->locators, 0);
    if (r->arrangement == 0)
        return;
    is(r->file, json_at(s, "length"), "beats", r->beats, 0.001);
    /* The README's seconds have one or two digits. */
    is(r->file, json_at(s, "length"), "sec", r->sec, 0.051);
}

static void
figures_are_those_of_other_readers(void **state)
{
    (void)state;
    if (absent())
        skip();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check_row(&rows[i]);
}

/* Live itself steps the tempo, so a ramp may be 3 ms off. */
static void
sections_begin_where_other_readers_say(void **state)
{
    size_t at = 0;

    (void)state;
    if (absent())
        skip();
    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        const struct section *want = &sections[i];
        auto_json json_object *s = summary_of(want->file);
        json_object *list = json_at(s, "sections");
        json_object *got;

        at =
            i > 0 && strcmp(want->file, sections[i - 1].file) == 0 ? at + 1 : 0;
        assert_true(at < json_object_array_length(list));
        got = json_object_array_get_idx(list, at);
        assert_string_equal(json_text(got, "name"), want->name);
        is(want->name, got, "startSec", want->sec, 0.004);
    }
}

static void
keys_and_meters_are_those_of_the_sets(void **state)
{
    static const struct {
        double beat;
        const char *meter;
    } meters[] = {
        {0, "4/4"}, {4, "1/1"}, {8, "6/8"}, {14, "7/4"}, {21, "1/16"}};
    json_object *changes;

    (void)state;
    if (absent())
        skip();
    auto_json json_object *bap = summary_of("live12-broom-bap");
    auto_json json_object *s = summary_of("live9-timesignatures");
    assert_string_equal(json_text(json_at(bap, "key"), "text"), "B minor");
    assert_string_equal(json_text(json_at(bap, "key"), "source"), "declared");
    changes = json_at(json_at(s, "meter"), "changes");
    assert_int_equal(json_object_array_length(changes), 5);
    for (size_t i = 0; i < 5; i++) {
        json_object *c = json_object_array_get_idx(changes, i);

        is("live9-timesignatures", c, "beat", meters[i].beat, 0.001);
        assert_string_equal(json_text(c, "meter"), meters[i].meter);
    }
}

static void
nothing_of_the_maker_is_in_a_summary(void **state)
{
    static const char *const traces[] = {"/Users/", "C:\\\\", "C:/", "/home/",
                                         "/Volumes/"};
    struct dirent *e;
    int sets = 0;

    (void)state;
    if (absent())
        skip();
    DIR *d = opendir(FOLDER);
    assert_non_null(d);
    while ((e = readdir(d)) != NULL) {
        size_t len = strlen(e->d_name);

        if (len < 5 || strcmp(e->d_name + len - 4, ".als") != 0)
            continue;
        auto_free char *name = xstrndup(e->d_name, len - 4);
        auto_json json_object *s = summary_of(name);
        for (size_t i = 0; i < sizeof(traces) / sizeof(traces[0]); i++)
            if (strstr(json_out(s), traces[i]) != NULL)
                fail_msg("%s has %s in its summary", name, traces[i]);
        sets++;
    }
    closedir(d);
    assert_true(sets >= 24);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_those_of_other_readers),
        cmocka_unit_test(sections_begin_where_other_readers_say),
        cmocka_unit_test(keys_and_meters_are_those_of_the_sets),
        cmocka_unit_test(nothing_of_the_maker_is_in_a_summary),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
