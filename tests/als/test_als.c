/*
 * Sets of Live 8 to 12 that we made: the summary has the figures that were
 * worked out by hand in gen.h, and the digest keeps the most important ones.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "als/summary.h"
#include "base/json.h"
#include "base/mem.h"
#include "music/digest.h"
#include "gen.h"

#define near(a, b) assert_true(fabs((a) - (b)) < 0.002)

typedef void generate(struct buf *xml, int major);

static json_object *
summary_of(generate *fn, int major, bool gzip)
{
    auto_buf struct buf xml = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;
    json_object *s;

    fn(&xml, major);
    auto_fd int fd = gen_file(xml.data, xml.len, gzip);
    s = als_summary_from_fd(fd, "Пример.als", NULL, &err);
    if (s == NULL)
        fail_msg("Live %d: %s", major, err.msg);
    return s;
}

static json_object *
nth(json_object *o, const char *list, size_t i)
{
    json_object *a = json_at(o, list);

    assert_true(json_object_is_type(a, json_type_array));
    assert_true(i < json_object_array_length(a));
    return json_object_array_get_idx(a, i);
}

static size_t
length(json_object *o, const char *list)
{
    return json_object_array_length(json_at(o, list));
}

static double
at_number(json_object *o, const char *object, const char *name)
{
    return json_number(json_at(o, object), name, -1);
}

static void
text_is(json_object *o, const char *name, const char *text)
{
    assert_non_null(json_text(o, name));
    assert_string_equal(json_text(o, name), text);
}

static void
check_time(json_object *s)
{
    near(at_number(s, "tempo", "bpm"), 60);
    near(at_number(s, "tempo", "start"), 120);
    near(at_number(s, "tempo", "min"), 60);
    near(at_number(s, "tempo", "max"), 120);
    assert_true(
        json_object_get_boolean(json_at(json_at(s, "tempo"), "automated")));
    text_is(json_at(s, "meter"), "main", "4/4");
    assert_int_equal(length(json_at(s, "meter"), "changes"), 2);
    text_is(nth(json_at(s, "meter"), "changes", 1), "meter", "3/4");
    near(json_number(nth(json_at(s, "meter"), "changes", 1), "bar", -1), 4);
    near(at_number(s, "length", "beats"), 32);
    near(at_number(s, "length", "sec"), 24);
    near(at_number(s, "length", "bars"), 4 + 16 / 3.0);
    text_is(json_at(s, "length"), "source", "arrangement");
    text_is(s, "layout", "both");
}

static void
check_sections(json_object *s)
{
    json_object *intro = nth(s, "sections", 0);
    json_object *drop = nth(s, "sections", 1);

    assert_int_equal(length(s, "sections"), 2);
    text_is(intro, "name", "Intro & co");
    text_is(intro, "label", "intro");
    near(json_number(intro, "startSec", -1), 0);
    near(json_number(intro, "sec", -1), 8);
    assert_int_equal(length(intro, "rolesActive"), 2);
    text_is(drop, "label", "drop");
    near(json_number(drop, "startSec", -1), 8);
    near(json_number(drop, "sec", -1), 16);
    assert_int_equal(length(drop, "rolesActive"), 1);
    assert_string_equal(json_object_get_string(nth(drop, "rolesActive", 0)),
                        "bass");
}

static void
check_tracks(json_object *s)
{
    static const struct {
        const char *name, *type, *state, *role;
    } rows[] = {{"Rhythm", "group", "empty", "other"},
                {"Барабаны", "midi", "sounds", "drums"},
                {"ベース", "midi", "sounds", "bass"},
                {"Muted lead", "midi", "muted", "lead"},
                {"Take", "audio", "sounds", "vocal"},
                {"A-Reverb", "return", "empty", "other"}};
    json_object *drums = nth(s, "tracks", 1);
    json_object *pads = json_at(json_at(drums, "midi"), "pads");

    assert_int_equal(length(s, "tracks"), 6);
    for (size_t i = 0; i < 6; i++) {
        json_object *t = nth(s, "tracks", i);

        text_is(t, "name", rows[i].name);
        text_is(t, "type", rows[i].type);
        text_is(t, "state", rows[i].state);
        text_is(t, "role", rows[i].role);
    }
    text_is(drums, "group", "Rhythm");
    text_is(json_at(drums, "instrument"), "name", "Drum Rack");
    near(at_number(drums, "midi", "notes"), 12);
    near(at_number(drums, "midi", "notesStored"), 5);
    assert_int_equal(json_object_array_length(pads), 2);
    text_is(json_object_array_get_idx(pads, 0), "name", "Kick");
    near(json_number(json_object_array_get_idx(pads, 0), "hits", -1), 8);
    near(json_number(json_object_array_get_idx(pads, 1), "hits", -1), 4);
    near(at_number(nth(s, "tracks", 2), "midi", "pitchMedian"), 40);
    near(at_number(nth(s, "tracks", 2), "active", "coverage"), 0.5);
    assert_string_equal(
        json_object_get_string(
            nth(json_at(nth(s, "tracks", 4), "audio"), "samples", 0)),
        "voce.wav");
}

static void
check_totals(json_object *s)
{
    static const struct {
        const char *name;
        int n;
    } rows[] = {
        {"midiTracks", 3},       {"audioTracks", 1},   {"groupTracks", 1},
        {"returnTracks", 1},     {"audibleTracks", 3}, {"mutedTracks", 1},
        {"arrangementClips", 4}, {"sessionClips", 1},  {"notesStored", 13},
        {"notesSounding", 16},   {"locators", 3}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        near(at_number(s, "totals", rows[i].name), rows[i].n);
}

static void
songs_have_the_figures_worked_out_by_hand(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        int major = 8 + i / 2;
        bool gzip = i % 2 == 0;
        auto_json json_object *s = summary_of(gen_song, major, gzip);

        text_is(s, "projectName", "Пример");
        near(at_number(s, "live", "major"), major);
        text_is(json_at(s, "file"), "container", gzip ? "gzip" : "xml");
        assert_int_equal(length(s, "warnings"), gzip ? 0 : 1);
        check_time(s);
        check_sections(s);
        check_tracks(s);
        check_totals(s);
        if (major == 8)
            assert_null(json_text(json_at(s, "key"), "text"));
        else
            text_is(json_at(s, "key"), "text", "A minor");
        assert_null(strstr(json_out(s), "/Users"));
        assert_null(strstr(json_out(s), "someone"));
        assert_null(strstr(json_out(s), "frozen.wav"));
    }
}

static void
a_set_without_arrangement_plays_its_scenes(void **state)
{
    (void)state;
    for (int major = 8; major <= 12; major++) {
        auto_json json_object *s = summary_of(gen_session, major, true);

        text_is(s, "layout", "session");
        near(at_number(s, "length", "beats"), 12);
        near(at_number(s, "length", "sec"), 6);
        text_is(json_at(s, "length"), "source", "scenes");
        near(at_number(s, "totals", "sessionClips"), 2);
        near(at_number(s, "totals", "notesSounding"), 3);
        text_is(nth(s, "tracks", 0), "role", "keys");
        text_is(json_at(nth(s, "tracks", 0), "instrument"), "name", "Electric");
        /* C major is what nobody chose. */
        assert_null(json_text(json_at(s, "key"), "text"));
    }
}

static void
a_set_of_a_version_to_come_is_read_with_a_warning(void **state)
{
    auto_buf struct buf xml = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;
    char *live;

    (void)state;
    gen_song(&xml, 12);
    live = strstr(xml.data, "Live 12.2");
    assert_non_null(live);
    memcpy(live, "Live 19.2", 9);
    auto_fd int fd = gen_file(xml.data, xml.len, true);
    auto_json json_object *s = als_summary_from_fd(fd, "x.als", NULL, &err);
    assert_non_null(s);
    near(at_number(s, "length", "beats"), 32);
    assert_string_equal(json_object_get_string(nth(s, "warnings", 0)),
                        "unknown_version");
}

static void
the_digest_fits_and_keeps_what_tells_most(void **state)
{
    static const size_t sizes[] = {160, 200, 400, 1000, 4000, 65536};
    auto_json json_object *s = summary_of(gen_song, 12, true);

    (void)state;
    for (int i = 0; i < 300; i++) {
        json_object *t = NULL;

        assert_int_equal(json_object_deep_copy(nth(s, "tracks", 1), &t, NULL),
                         0);
        json_object_array_add(json_at(s, "tracks"), t);
    }
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        auto_free char *text = digest_write(s, sizes[i]);

        assert_true(strlen(text) <= sizes[i]);
        assert_non_null(strstr(text, "4/4"));
        assert_non_null(strstr(text, "A minor"));
        assert_non_null(strstr(text, "Operator"));
    }
    /* A guess is never said. */
    json_add_str(json_at(s, "key"), "evidence", "guessed");
    auto_free char *guess = digest_write(s, 4000);
    assert_null(strstr(guess, "A minor"));
    /* A stranger's summary may say anything about its sections. */
    json_add(s, "sections",
             json_tokener_parse("[{\"name\": \"A\", \"startSec\": 1e36}]"));
    auto_free char *far = digest_write(s, 65536);
    assert_non_null(strstr(far, "Section \"A\" at 16666:40"));
}

static void
the_digest_tells_no_guesses(void **state)
{
    static const struct {
        const char *track, *text;
    } rows[] = {
        {"{\"name\": \"X\", \"role\": \"arp\"}", "Track \"X\": arp\n"},
        {"{\"name\": \"X\", \"role\": \"arp\", \"roleEvidence\": \"heard\"}",
         "Track \"X\": arp\n"},
        {"{\"name\": \"X\", \"role\": \"arp\", \"roleEvidence\": "
         "\"guessed\"}",
         "Track \"X\"\n"},
        {"{\"name\": \"X\", \"audible\": true, \"doubtful\": true}", ""},
    };

    (void)state;
    for (int max = 110; max <= 220; max += 110) {
        auto_free char *json = xasprintf("{\"tempo\": {\"bpm\": 110, \"min\": "
                                         "110, \"max\": %d, \"share\": 0.5}}",
                                         max);
        auto_json json_object *s = json_tokener_parse(json);
        auto_free char *text = digest_write(s, 4000);

        assert_true((strstr(text, "110 BPM") != NULL) == (max == 110));
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        auto_free char *json = xasprintf("{\"tracks\": [%s]}", rows[i].track);
        auto_json json_object *s = json_tokener_parse(json);
        auto_free char *text = digest_write(s, 4000);

        assert_string_equal(text, rows[i].text);
    }
}

static void
many_instruments_do_not_burst_the_digest(void **state)
{
    auto_json json_object *s = summary_of(gen_song, 11, true);
    json_object *list = json_at(json_at(s, "devices"), "instruments");

    (void)state;
    for (int i = 0; i < 60; i++) {
        json_object *o = json_object_new_object();
        auto_free char *name = xasprintf("Инструмент %0100d", i);

        json_add_str(o, "name", name);
        json_object_array_add(list, o);
    }
    for (size_t max = 100; max < 3000; max += 37) {
        auto_free char *text = digest_write(s, max);

        assert_true(strlen(text) <= max);
        assert_non_null(strstr(text, "A minor"));
        assert_non_null(strstr(text, "Instruments: "));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(songs_have_the_figures_worked_out_by_hand),
        cmocka_unit_test(a_set_without_arrangement_plays_its_scenes),
        cmocka_unit_test(a_set_of_a_version_to_come_is_read_with_a_warning),
        cmocka_unit_test(the_digest_fits_and_keeps_what_tells_most),
        cmocka_unit_test(the_digest_tells_no_guesses),
        cmocka_unit_test(many_instruments_do_not_burst_the_digest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
