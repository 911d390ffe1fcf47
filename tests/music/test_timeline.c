/*
 * A set's timeline: the reader returns what the writer packs, within its grid;
 * beats, seconds and bars under tempo and meter changes; sizes; and data from
 * others is not trusted.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/packed.h"
#include "music/timeline.h"

#define near(a, b) assert_true(fabs((a) - (b)) < 1e-6)

/* 120 BPM to beat 16, to 60 over the next 16, then 60; 4/4 to beat 16, 3/4
 * to beat 30 (a stump of 2 beats before it), then 4/4 again. */
static struct timeline_tempo tempo[] = {
    {0, 0, 120, 120}, {16, 8, 120, 60}, {32, 0, 60, 60}};
static struct timeline_meter meters[] = {
    {0, 0, 4, 4}, {16, 0, 3, 4}, {30, 0, 4, 4}};

static struct timeline_hit kicks[] = {
    {.beat = 0, .kind = TIMELINE_KICK, .weight = 1},
    {.beat = 1.501, .kind = TIMELINE_KICK, .weight = 0.5f},
    {.beat = 1.501, .kind = TIMELINE_HAT, .weight = 0.25f},
    {.beat = 40, .kind = TIMELINE_KICK, .weight = 0.01f},
};
static struct timeline_hit notes[] = {
    {.beat = 4, .end = 8, .kind = TIMELINE_BASS, .pitch = 40, .weight = 1},
    {.beat = 20, .end = 21, .kind = TIMELINE_PITCHED, .pitch = 60, .weight = 1},
};
static struct timeline_span spans[] = {{0, 8, 0, 0}, {20, 21, 0, 0}};

static json_object *
summary_with(json_object *timeline)
{
    json_object *s = json_object_new_object();
    json_object *tracks = json_object_new_array();
    json_object *track = json_object_new_object();

    json_add_int(track, "index", 7);
    json_add_str(track, "name", "Bässe");
    json_add_str(track, "role", "bass");
    json_add_num(track, "roleConfidence", 0.9);
    json_object_array_add(tracks, track);
    json_add(s, "tracks", tracks);
    json_add(s, "timeline", timeline);
    return s;
}

static struct timeline
small(struct timeline_track tracks[2])
{
    /* clang-format off */
    tracks[0] = (struct timeline_track){
        .index = 3, .hits = kicks, .hit_count = 4, .spans = spans,
        .span_count = 1};
    tracks[1] = (struct timeline_track){
        .index = 7, .hits = notes, .hit_count = 2, .spans = spans,
        .span_count = 2};
    return (struct timeline){
        .end_beat = 48, .loop_beat = 4, .loop_beats = 8,
        .tempo = tempo, .tempo_count = 3, .meters = meters, .meter_count = 3,
        .tracks = tracks, .track_count = 2};
    /* clang-format on */
}

static json_object *
small_summary(void)
{
    struct timeline_track tracks[2];
    struct timeline t = small(tracks);

    return summary_with(timeline_json(&t));
}

static void
test_round(void **state)
{
    auto_json json_object *s = small_summary();
    auto_timeline struct timeline *t = timeline_open(s);
    const struct timeline_track *drums, *bass;

    (void)state;
    assert_non_null(t);
    assert_int_equal(t->track_count, 2);
    assert_false(t->scenes);
    assert_false(t->cut);
    near(t->loop_beats, 8);
    drums = &t->tracks[0];
    bass = &t->tracks[1];
    assert_int_equal(drums->index, 3);
    assert_string_equal(drums->name, ""); /* the summary does not list it */
    assert_string_equal(drums->role, "other");
    assert_string_equal(bass->name, "Bässe");
    assert_string_equal(bass->role, "bass");
    assert_int_equal(drums->hit_count, 4);
    assert_true(fabs(drums->hits[1].beat - 1.501) <= TIMELINE_GRID);
    assert_int_equal(drums->hits[2].kind, TIMELINE_HAT);
    assert_true(fabsf(drums->hits[1].weight - 0.5f) < 0.04f);
    assert_true(drums->hits[3].weight > 0); /* soft is not silent */
    assert_int_equal(bass->hits[0].kind, TIMELINE_BASS);
    assert_int_equal(bass->hits[0].pitch, 40);
    near(bass->hits[0].sec, 2);
    near(bass->hits[0].end, 4);
    assert_int_equal(bass->hits[1].kind, TIMELINE_PITCHED);
    near(bass->spans[0].end, 4);
    assert_int_equal(bass->span_count, 2);
}

static void
test_seconds(void **state)
{
    auto_json json_object *s = small_summary();
    auto_timeline struct timeline *t = timeline_open(s);
    /* 60 / (60 - 120) * 16 * ln(60 / 120) */
    double ramp = 16 * log(2);

    (void)state;
    assert_non_null(t);
    near(timeline_seconds(t, -2), -1);
    near(timeline_seconds(t, 16), 8);
    near(timeline_seconds(t, 32), 8 + ramp);
    near(timeline_seconds(t, 40), 16 + ramp);
    near(timeline_bpm(t, 24), 90);
    near(timeline_bpm(t, 100), 60);
    for (double beat = -4; beat < 60; beat += 0.37)
        near(timeline_beat(t, timeline_seconds(t, beat)), beat);
    near(t->end, timeline_seconds(t, 48));
}

static void
test_bars(void **state)
{
    auto_json json_object *s = small_summary();
    auto_timeline struct timeline *t = timeline_open(s);

    (void)state;
    assert_non_null(t);
    near(timeline_bar(t, 18), 4 + 2 / 3.0);
    near(timeline_bar_beat(t, 4), 16);
    near(timeline_bar_beat(t, 8), 28);
    /* From 28 to 30 a stump: the change of meter begins a bar. */
    near(timeline_bar_beat(t, 9), 30);
    near(timeline_bar(t, 30), 9);
    near(timeline_bar_beat(t, 10), 34);
    assert_int_equal(timeline_meter(t, 29.9)->numerator, 3);
    assert_int_equal(timeline_meter(t, 30)->numerator, 4);
    near(timeline_bar(t, -4), -1);
}

static void
test_between(void **state)
{
    auto_json json_object *s = small_summary();
    auto_timeline struct timeline *t = timeline_open(s);
    const struct timeline_hit *hits;
    size_t n;

    (void)state;
    assert_non_null(t);
    hits = timeline_hits(&t->tracks[0], 0, 0.75, &n);
    assert_int_equal(n, 1);
    assert_int_equal(hits[0].kind, TIMELINE_KICK);
    (void)timeline_hits(&t->tracks[0], 0.1, 5, &n);
    assert_int_equal(n, 2);
    assert_null(timeline_hits(&t->tracks[0], 5, 6, &n));
    assert_int_equal(n, 0);
    near(timeline_coverage(&t->tracks[1], 0, 8), 0.5);
    near(timeline_coverage(&t->tracks[1], 4, 8), 0);
    near(timeline_coverage(&t->tracks[1], 4, 4), 0);
}

/* A song as a machine plays it, and one as bad for packing as can be. */
static json_object *
big(size_t n, bool random)
{
    auto_free struct timeline_hit *hits = xcalloc(n, sizeof(*hits));
    struct timeline_track track = {.index = 0, .hits = hits, .hit_count = n};
    struct timeline t = {.tempo = tempo,
                         .tempo_count = 1,
                         .meters = meters,
                         .meter_count = 1,
                         .tracks = &track,
                         .track_count = 1};
    double beat = 0;

    srand(5);
    for (size_t i = 0; i < n; i++) {
        int r = random ? rand() : (int)(i % 16) * 77;

        hits[i] =
            (struct timeline_hit){.beat = beat,
                                  .kind = TIMELINE_PITCHED,
                                  .end = beat + 0.1 + (r >> 8) % 200 / 50.0,
                                  .pitch = (uint8_t)(50 + r % 37),
                                  .weight = (float)(1 + (r >> 4) % 127) / 127};
        beat += random ? (rand() % 1000) / 1000.0 : 0.25;
    }
    t.end_beat = beat;
    return summary_with(timeline_json(&t));
}

static size_t
data_length(json_object *summary)
{
    return strlen(json_out(json_at(summary, "timeline")));
}

static void
test_sizes(void **state)
{
    auto_json json_object *usual = big(2500, false);
    auto_json json_object *played = big(26000, true);
    auto_json json_object *huge = big(400000, true);
    auto_timeline struct timeline *t = NULL;

    (void)state;
    assert_true(data_length(usual) < 2000);
    assert_true(data_length(played) <= 60000 + 500);
    t = timeline_open(played);
    assert_non_null(t);
    assert_false(t->cut);
    assert_true(t->tracks[0].hit_count > 20000);
    timeline_close(t);
    assert_true(data_length(huge) <= 60000 + 500);
    t = timeline_open(huge);
    assert_non_null(t);
    assert_true(t->cut);
    assert_true(t->tracks[0].hit_count > 10000);
}

static void
test_many_tempos(void **state)
{
    static struct timeline_tempo pieces[5000];
    struct timeline_track tracks[2];
    struct timeline t = small(tracks);
    auto_json json_object *s = NULL;
    auto_timeline struct timeline *got = NULL;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        double bpm = 90 + 30 * sin(i / 40.0);

        pieces[i] = (struct timeline_tempo){
            i, i > 0 ? pieces[i - 1].sec + 60 / pieces[i - 1].bpm : 0, bpm,
            bpm};
    }
    t.tempo = pieces;
    t.tempo_count = 5000;
    t.end_beat = 5000;
    s = summary_with(timeline_json(&t));
    got = timeline_open(s);
    assert_non_null(got);
    assert_true(got->tempo_count <= 1024);
    for (int i = 0; i < 4990; i += 7)
        assert_true(fabs(timeline_seconds(got, i) - pieces[i].sec) < 0.025);
    /* Put together, yet nothing drifts. */
    assert_true(fabs(timeline_seconds(got, 4990) - pieces[4990].sec) < 1e-4);
}

static void
change(const char *name, json_object *value)
{
    auto_json json_object *s = small_summary();
    auto_timeline struct timeline *t = NULL;

    json_add(json_at(s, "timeline"), name, value);
    t = timeline_open(s);
    if (t != NULL)
        fail_msg("%s was taken", name);
}

static void
change_data(const void *raw, size_t len)
{
    auto_free char *text = packed_text(raw, len);

    change("data", json_object_new_string(text));
}

static void
test_strangers(void **state)
{
    /* clang-format off */
    static const char *const bad[] = {
        "[]", "[[1,120]]", "[[0,0]]", "[[0,120],[0,90]]", "[[0,\"a\"]]",
        "[[0,120],[1e9,90]]", "7", "[[-1,120]]", "[[0,120,-5]]", "[null]"};
    /* clang-format on */
    auto_json json_object *none = json_object_new_object();
    auto_buf struct buf zeros = BUF_INIT(64 << 20);

    (void)state;
    assert_null(timeline_open(NULL));
    assert_null(timeline_open(none));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        change("tempo", json_tokener_parse(bad[i]));
    change("meters", json_tokener_parse("[[0,0,4]]"));
    change("meters", json_tokener_parse("[[0,4,0]]"));
    change("ticks", json_object_new_int(0));
    change("levels", json_object_new_int(0));
    change("format", json_object_new_int(2));
    change("endBeat", json_tokener_parse("1e300"));
    change("endBeat", json_tokener_parse("\"x\""));
    change("tracks", json_tokener_parse("[-1, 2]"));
    change("tracks", json_tokener_parse("[3]"));       /* data is left over */
    change("tracks", json_tokener_parse("[3, 7, 8]")); /* data ends early */
    change("data", json_object_new_string("%%%%"));
    change("data", json_object_new_string("AAAA"));
    change("data", json_object_new_string("AAA"));
    change_data("\1\0\1\0\x3c", 5);           /* one column is missing */
    change_data("\0\0\1\0\x63\1\0\0\0", 9);   /* an invalid kind */
    change_data("\0\xff\xff\xff\xff\x0f", 6); /* more spans than bytes */
    change_data("\0\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10);
    while (zeros.len < 32 << 20) /* unpacks to more than it may */
        (void)buf_add(&zeros, "\0\0\0\0\0\0\0", 8);
    change_data(buf_str(&zeros), zeros.len);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round),     cmocka_unit_test(test_seconds),
        cmocka_unit_test(test_bars),      cmocka_unit_test(test_between),
        cmocka_unit_test(test_sizes),     cmocka_unit_test(test_many_tempos),
        cmocka_unit_test(test_strangers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
