/*
 * The timeline of sets that we made: what sounds when, and of which kind, as
 * Live 8 to 12 write it; moving faders and switches of the track, its group and
 * the whole; recorded sound and its warp markers.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "als/summary.h"
#include "base/json.h"
#include "base/mem.h"
#include "gen.h"
#include "music/timeline.h"
#include "music/window_summary.h"

#define near(a, b) assert_true(fabs((a) - (b)) < 0.011) /* half a tick */

#define DRUMS "<UserName Value=\"Барабаны\" />\n</Name>"
#define BASS "<UserName Value=\"ベース\" />\n</Name>"
#define GROUP "<UserName Value=\"Rhythm\" />\n</Name>"

/* The song of gen.h with `more` after the first `after` in its XML. */
static struct timeline *
song_with(int major, const char *after, const char *more)
{
    auto_buf struct buf song = BUF_INIT(1 << 20);
    auto_buf struct buf xml = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;
    auto_json json_object *s = NULL;
    const char *at;

    gen_song(&song, major);
    at = strstr(buf_str(&song), after);
    assert_non_null(at);
    at += strlen(after);
    buf_add(&xml, buf_str(&song), (size_t)(at - buf_str(&song)));
    buf_addf(&xml, "%s%s", more, at);
    auto_fd int fd = gen_file(xml.data, xml.len, true);
    s = als_summary_from_fd(fd, "x.als", NULL, &err);
    if (s == NULL)
        fail_msg("Live %d: %s", major, err.msg);
    assert_null(strstr(json_out(s), "someone")); /* nothing of the machine */
    return timeline_open(s);
}

/* Automation of a track as its version of Live writes it; knob: "Volume" or
 * "Speaker"; events: their XML. */
static char *
automation(int major, const char *knob, const char *manual, const char *events)
{
    if (major <= 9)
        return xasprintf("<DeviceChain><Mixer><%s>%s%s%s<ArrangerAutomation>"
                         "<Events>%s</Events></ArrangerAutomation></%s>"
                         "</Mixer></DeviceChain>",
                         knob, major == 9 ? "<Manual Value=\"" : "",
                         major == 9 ? manual : "", major == 9 ? "\" />" : "",
                         events, knob);
    return xasprintf(
        "<AutomationEnvelopes><Envelopes>"
        /* of some device, with an invalid number */
        "<AutomationEnvelope Id=\"0\"><EnvelopeTarget><PointeeId "
        "Value=\"900\" /></EnvelopeTarget><Automation><Events><FloatEvent "
        "Time=\"4\" Value=\"-INF\" /></Events></Automation>"
        "</AutomationEnvelope><AutomationEnvelope Id=\"1\"><EnvelopeTarget>"
        "<PointeeId Value=\"901\" /></EnvelopeTarget><Automation><Events>%s"
        "</Events></Automation></AutomationEnvelope></Envelopes>"
        "</AutomationEnvelopes><DeviceChain><Mixer><%s><Manual "
        "Value=\"%s\" /><AutomationTarget Id=\"901\" /></%s></Mixer>"
        "</DeviceChain>",
        events, knob, manual, knob);
}

static struct timeline *
automated(int major, const char *after, const char *knob, const char *manual,
          const char *events)
{
    auto_free char *more = automation(major, knob, manual, events);

    return song_with(major, after, more);
}

static const struct timeline_track *
track_of(const struct timeline *t, int index)
{
    assert_non_null(t);
    for (size_t i = 0; i < t->track_count; i++)
        if (t->tracks[i].index == index)
            return &t->tracks[i];
    return NULL;
}

static void
check_drums(const struct timeline_track *drums)
{
    static const int kinds[] = {TIMELINE_KICK, TIMELINE_SNARE, TIMELINE_KICK};

    assert_non_null(drums);
    assert_string_equal(drums->name, "Барабаны");
    assert_string_equal(drums->role, "drums");
    assert_int_equal(drums->hit_count, 12);
    for (size_t i = 0; i < 12; i++) {
        near(drums->hits[i].beat, (double)(i / 3 * 4 + i % 3));
        near(drums->hits[i].sec, drums->hits[i].beat / 2);
        assert_int_equal(drums->hits[i].kind, kinds[i % 3]);
        assert_true(fabsf(drums->hits[i].weight - 100 / 127.0f) < 0.04f);
    }
    /* The last bar has its kick on 3 and nothing after. */
    assert_int_equal(drums->span_count, 1);
    near(drums->spans[0].end, 7.25);
}

static void
each_version_has_it(void **state)
{
    (void)state;
    for (int major = 8; major <= 12; major++) {
        auto_timeline struct timeline *t = song_with(major, "<Tracks>", "");
        const struct timeline_track *bass = track_of(t, 2);
        const struct timeline_track *take = track_of(t, 4);

        assert_int_equal(t->track_count, 3); /* "Muted lead" is not heard */
        assert_false(t->scenes);
        near(t->end_beat, 32);
        near(t->end, 24);
        near(timeline_bar_beat(t, 5), 19); /* 3/4 from beat 16 */
        check_drums(track_of(t, 1));
        assert_int_equal(bass->hit_count, 4);
        assert_int_equal(bass->hits[1].kind, TIMELINE_BASS);
        assert_int_equal(bass->hits[1].pitch, 43);
        near(bass->hits[1].sec, 12);
        near(bass->hits[1].end, 16);
        assert_int_equal(take->hit_count, 1);
        assert_int_equal(take->hits[0].kind, TIMELINE_AUDIO);
        assert_string_equal(take->role, "vocal");
        near(take->spans[0].end, 4);
    }
}

static void
scenes_are_told(void **state)
{
    auto_buf struct buf xml = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;
    auto_json json_object *s = NULL;
    auto_timeline struct timeline *t = NULL;

    (void)state;
    gen_session(&xml, 11);
    auto_fd int fd = gen_file(xml.data, xml.len, true);
    s = als_summary_from_fd(fd, "x.als", NULL, &err);
    t = timeline_open(s);
    assert_non_null(t);
    assert_true(t->scenes);
    near(t->end, 6);
    assert_int_equal(t->tracks[0].hit_count, 3);
    near(t->tracks[0].hits[2].sec, 4);
}

#define OFF_FROM_5_TO_9                                                        \
    "<BoolEvent Time=\"-63072000\" Value=\"true\" />"                          \
    "<BoolEvent Time=\"9\" Value=\"true\" />"                                  \
    "<BoolEvent Time=\"5\" Value=\"false\" />"

/* The mixer's value is the switch's position when the set was saved. */
static void
a_switch_that_moves_is_followed(void **state)
{
    (void)state;
    for (int major = 8; major <= 12; major++) {
        auto_timeline struct timeline *t =
            automated(major, DRUMS, "Speaker", "false", OFF_FROM_5_TO_9);
        const struct timeline_track *drums = track_of(t, 1);

        assert_non_null(drums);
        assert_int_equal(drums->hit_count, 12 - 3); /* 5, 6 and 8 are off */
        assert_int_equal(drums->span_count, 2);
        near(drums->spans[0].beat_end, 5);
        near(drums->spans[1].beat, 9);
    }
}

/* From full at beat 4 to nothing at 12, where it stays: at the bottom from 0.08
 * beats before that. */
#define FADE_4_TO_12                                                           \
    "<FloatEvent Time=\"-63072000\" Value=\"1\" />"                            \
    "<FloatEvent Time=\"4\" Value=\"1\" />"                                    \
    "<FloatEvent Time=\"12\" Value=\"0\" />"

static void
check_fade(const struct timeline *t)
{
    const struct timeline_track *drums = track_of(t, 1);

    assert_non_null(drums);
    assert_int_equal(drums->hit_count, 9); /* those at 12, 13, 14 are lost */
    assert_true(fabsf(drums->hits[3].weight - 100 / 127.0f) < 0.04f);
    assert_true(fabs(drums->hits[6].weight - 100 / 127.0 * sqrt(0.5)) < 0.04);
    assert_int_equal(drums->span_count, 1);
    near(drums->spans[0].beat_end, 11.92);
}

/* A window after the fade has nothing of the track; one before it has. */
static void
check_windows(const struct timeline *t)
{
    auto_json json_object *s = json_tokener_parse(
        "{\"tracks\":[{\"index\":1,\"name\":\"Drums\",\"audible\":true}]}");
    double down = timeline_seconds(t, 12);
    auto_json json_object *no = NULL, *nor = NULL;
    auto_json json_object *loud = window_summary(s, t, 0, down, NULL, 0, &no);
    auto_json json_object *silent =
        window_summary(s, t, down, down + 8, NULL, down, &nor);

    assert_int_equal(json_object_array_length(json_at(loud, "tracks")), 1);
    assert_int_equal(json_object_array_length(json_at(silent, "tracks")), 0);
}

static void
a_fader_that_moves_is_followed(void **state)
{
    (void)state;
    for (int major = 8; major <= 12; major++) {
        auto_timeline struct timeline *own =
            automated(major, DRUMS, "Volume", "0", FADE_4_TO_12);
        auto_timeline struct timeline *group =
            automated(major, GROUP, "Volume", "0", FADE_4_TO_12);

        check_fade(own);
        check_fade(group);
        check_windows(own);
        check_windows(group);
        assert_int_equal(track_of(group, 2)->hit_count, 4); /* not in it */
    }
}

static void
the_main_fader_fades_all(void **state)
{
    auto_free char *more = automation(9, "Volume", "1", FADE_4_TO_12);
    auto_timeline struct timeline *t = song_with(9, "<MasterTrack>", more);

    (void)state;
    check_fade(t);
    assert_null(track_of(t, 2)); /* begins at 16 */
}

/* Live 9 keeps an event for faders that do not move; the mixer's value
 * holds. */
static void
a_fader_that_stands_is_the_mixers(void **state)
{
    auto_timeline struct timeline *quiet =
        automated(9, DRUMS, "Volume", "0.25",
                  "<FloatEvent Time=\"-63072000\" Value=\"1\" />");
    auto_timeline struct timeline *down =
        automated(12, DRUMS, "Volume", "0.0003162277571", "");
    auto_timeline struct timeline *one =
        automated(12, DRUMS, "Volume", "1",
                  "<FloatEvent Time=\"-63072000\" Value=\"0\" />");

    (void)state;
    assert_true(fabs(track_of(quiet, 1)->hits[0].weight - 50 / 127.0) < 0.04);
    assert_null(track_of(down, 1));
    assert_null(track_of(one, 1));
}

/* A note that is held into silence ends there. */
static void
a_held_note_ends_with_its_fader(void **state)
{
    auto_timeline struct timeline *t =
        automated(12, BASS, "Speaker", "true",
                  "<BoolEvent Time=\"-63072000\" Value=\"true\" />"
                  "<BoolEvent Time=\"18\" Value=\"false\" />"
                  "<BoolEvent Time=\"25\" Value=\"true\" />");
    const struct timeline_track *bass = track_of(t, 2);

    (void)state;
    assert_int_equal(bass->hit_count, 2); /* at 16 and at 28 */
    near(bass->hits[0].end, 10);
    near(bass->hits[1].end, 24);
    assert_int_equal(bass->span_count, 2);
    near(bass->spans[1].beat, 25); /* still held from 24 on */
}

/* A loop of 4 beats, played from 0 to 10, with markers at 0, 1.5 and 3, one of
 * Live's own after the last, and one outside. */
static void
warp_markers_are_transients(void **state)
{
    static const double beats[] = {0, 1.5, 3, 4, 5.5, 7, 8, 9.5};
    auto_timeline struct timeline *t = song_with(
        11, "<Tracks>",
        "<AudioTrack Id=\"50\"><Name><EffectiveName Value=\"Tops\" /></Name>"
        "<DeviceChain><MainSequencer><Sample><ArrangerAutomation><Events>"
        "<AudioClip Id=\"0\" Time=\"0\"><CurrentStart Value=\"0\" />"
        "<CurrentEnd Value=\"10\" /><Loop><LoopStart Value=\"0\" />"
        "<LoopEnd Value=\"4\" /><StartRelative Value=\"0\" />"
        "<LoopOn Value=\"true\" /></Loop><IsWarped Value=\"true\" />"
        "<WarpMarkers><WarpMarker SecTime=\"0\" BeatTime=\"0\" />"
        "<WarpMarker SecTime=\"0.7\" BeatTime=\"1.5\" />"
        "<WarpMarker SecTime=\"1.5\" BeatTime=\"3\" />"
        "<WarpMarker SecTime=\"1.51\" BeatTime=\"3.03125\" />"
        "<WarpMarker SecTime=\"1.6\" BeatTime=\"x\" />"
        "<WarpMarker SecTime=\"9\" BeatTime=\"18\" /></WarpMarkers>"
        "</AudioClip></Events></ArrangerAutomation></Sample></MainSequencer>"
        "</DeviceChain></AudioTrack>");
    const struct timeline_track *tops = track_of(t, 0);

    (void)state;
    assert_non_null(tops);
    assert_int_equal(tops->hit_count, 8);
    for (size_t i = 0; i < 8; i++) {
        near(tops->hits[i].beat, beats[i]);
        assert_int_equal(tops->hits[i].kind,
                         i == 0 ? TIMELINE_AUDIO : TIMELINE_TRANSIENT);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_version_has_it),
        cmocka_unit_test(scenes_are_told),
        cmocka_unit_test(a_switch_that_moves_is_followed),
        cmocka_unit_test(a_fader_that_moves_is_followed),
        cmocka_unit_test(the_main_fader_fades_all),
        cmocka_unit_test(a_fader_that_stands_is_the_mixers),
        cmocka_unit_test(a_held_note_ends_with_its_fader),
        cmocka_unit_test(warp_markers_are_transients),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
