/*
 * The song of gen.h with one thing changed: a solo left on, frozen tracks, a
 * tempo that bends.
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

#define near(a, b) assert_true(fabs((a) - (b)) < 0.002)

static double
number_at(json_object *o, const char *object, const char *name)
{
    return json_number(json_at(o, object), name, -1);
}

/* The song of Live 12 with each `from` in its XML replaced by `to`. */
static json_object *
song_with(const char *from, const char *to)
{
    auto_buf struct buf song = BUF_INIT(1 << 20);
    auto_buf struct buf xml = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;
    const char *at, *found;
    json_object *s;

    gen_song(&song, 12);
    at = buf_str(&song);
    assert_non_null(strstr(at, from));
    for (; (found = strstr(at, from)) != NULL; at = found + strlen(from)) {
        buf_add(&xml, at, (size_t)(found - at));
        buf_add_str(&xml, to);
    }
    buf_add_str(&xml, at);
    auto_fd int fd = gen_file(xml.data, xml.len, true);
    s = als_summary_from_fd(fd, "x.als", NULL, &err);
    if (s == NULL)
        fail_msg("%s", err.msg);
    return s;
}

/* Check what gen.h says about the song, unless it was changed. */
static void
check_the_rest(json_object *s)
{
    near(number_at(s, "length", "sec"), 24);
    near(number_at(s, "totals", "audibleTracks"), 3);
    near(number_at(s, "totals", "notesSounding"), 16);
    near(number_at(s, "totals", "arrangementClips"), 4);
}

static bool
warned(json_object *s, const char *code)
{
    json_object *list = json_at(s, "warnings");

    for (size_t i = 0; i < json_object_array_length(list); i++)
        if (strcmp(json_object_get_string(json_object_array_get_idx(list, i)),
                   code) == 0)
            return true;
    return false;
}

/* The whole mix is what gets bounced, so a solo that was left on is reported
 * and changes nothing else. */
static void
a_solo_left_on_is_told(void **state)
{
    auto_json json_object *s =
        song_with("Value=\"ベース\" />\n</Name><TrackGroupId Value=\"-1\" />\n"
                  "<TakeLanes>",
                  "Value=\"ベース\" />\n</Name><TrackGroupId Value=\"-1\" />\n"
                  "<DeviceChain><Mixer><SoloSink Value=\"true\" /></Mixer>"
                  "</DeviceChain><TakeLanes>");

    (void)state;
    assert_true(warned(s, "solo_active"));
    check_the_rest(s);
}

/* A frozen track sounds like its own clips; its frozen copy is not counted in
 * addition. */
static void
a_frozen_track_is_heard_once(void **state)
{
    auto_json json_object *s =
        song_with("<TrackGroupId", "<Freeze Value=\"true\" /><TrackGroupId");

    (void)state;
    json_object *bass = json_object_array_get_idx(json_at(s, "tracks"), 2);

    assert_true(json_object_get_boolean(json_at(bass, "frozen")));
    check_the_rest(s);
    assert_null(strstr(json_out(s), "frozen.wav"));
}

/*
 * The tempo bends from 120 at beat 0 to 60 at beat 16 and stays there to 32.
 * Seconds to the bend's end: the integral of 60 / bpm over the beats along
 * the cubic Bezier curve, worked out with 400,000 steps; for a straight line
 * it is 16 ln 2.
 */
static void
a_bent_tempo_takes_its_time(void **state)
{
    static const struct {
        const char *curve;
        double sec;
    } rows[] = {
        {"CurveControl1X=\"0.333333333\" CurveControl1Y=\"0.333333333\" "
         "CurveControl2X=\"0.666666667\" CurveControl2Y=\"0.666666667\"",
         11.0904},
        {"CurveControl1X=\"0.5\" CurveControl1Y=\"0\" "
         "CurveControl2X=\"0.5\" CurveControl2Y=\"1\"",
         11.3966},
        {"CurveControl1X=\"0\" CurveControl1Y=\"1\" "
         "CurveControl2X=\"0\" CurveControl2Y=\"1\"",
         15.3406}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        auto_free char *bend =
            xasprintf("<FloatEvent Time=\"0\" Value=\"120\" %s />"
                      "<FloatEvent Time=\"16\" Value=\"60\" />",
                      rows[i].curve);
        auto_json json_object *s =
            song_with("<FloatEvent Time=\"16\" Value=\"120\" />"
                      "<FloatEvent Time=\"16\" Value=\"60\" />",
                      bend);

        assert_true(warned(s, "tempo_curve_approximated"));
        near(number_at(s, "length", "beats"), 32);
        assert_true(fabs(number_at(s, "length", "sec") - 16 - rows[i].sec) <
                    0.03);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_solo_left_on_is_told),
        cmocka_unit_test(a_frozen_track_is_heard_once),
        cmocka_unit_test(a_bent_tempo_takes_its_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
