/* What is read from summaries, with its evidence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "music/facts.h"
#include "music/tempo.h"

static void
facts_of(struct facts *f, const char *json)
{
    struct err err = ERR_INIT;
    auto_json json_object *o = json_parse(json, strlen(json), &err);

    assert_int_equal(err.code, ERR_NONE);
    *f = (struct facts){0};
    facts_read(f, o);
}

static void
tempo_and_meter_fold_together(void **state)
{
    static const struct {
        double bpm, felt;
        int beats, unit, felt_beats, felt_unit;
    } rows[] = {
        {120, 120, 4, 4, 4, 4},  {400, 200, 12, 4, 6, 4},
        {333, 167, 7, 8, 7, 16}, {45, 90, 3, 4, 6, 4},
        {50, 100, 6, 8, 6, 4},   {0, 0, 4, 4, 4, 4},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        int beats = rows[i].beats, unit = rows[i].unit;

        assert_true(tempo_felt(rows[i].bpm, &beats, &unit) == rows[i].felt);
        assert_int_equal(beats, rows[i].felt_beats);
        assert_int_equal(unit, rows[i].felt_unit);
        /* Its bar lasts as long as before. */
        if (rows[i].bpm > 0)
            assert_true(rows[i].beats / (rows[i].unit * rows[i].bpm) -
                            beats / (unit * rows[i].felt) <
                        0.001);
    }
}

static void
each_fact_has_its_evidence(void **state)
{
    auto_facts struct facts f;
    auto_json json_object *o = NULL;

    (void)state;
    facts_of(&f, "{\"tempo\":124,\"key\":\"A minor\",\"meter\":\"4/4\","
                 "\"tracks\":[{\"name\":\"Piano\"}]}");
    o = facts_json(&f);
    assert_string_equal(json_text(json_at(o, "tempo"), "evidence"), "stated");
    assert_string_equal(json_text(json_at(o, "key"), "text"), "A minor");
    assert_string_equal(json_text(json_at(o, "key"), "evidence"), "stated");
    assert_string_equal(json_text(o, "meter"), "4/4");
    assert_string_equal(
        json_text(json_object_array_get_idx(json_at(o, "instruments"), 0),
                  "name"),
        "piano");
    facts_release(&f);
    json_object_put(o);

    facts_of(&f, "{}");
    o = facts_json(&f);
    assert_null(json_at(o, "tempo"));
    assert_null(json_at(o, "key"));
    assert_string_equal(json_text(o, "vocals"), "unknown");
}

/* A root alone is a key that somebody typed; the root of a scale that is
 * neither major nor minor is none. */
static void
only_known_scales_are_keys(void **state)
{
    static const struct {
        const char *key;
        bool known;
    } rows[] = {{"C", true},        {"A minor", true},       {"D Dorian", true},
                {"C iwato", false}, {"C whole tone", false}, {"", false}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        auto_free char *json = xasprintf("{\"key\":\"%s\"}", rows[i].key);
        auto_facts struct facts f = {0};

        facts_of(&f, json);
        assert_int_equal(facts_key_known(&f), rows[i].known);
    }
}

/* What is known to be something else is nothing else; of the rest, all may
 * sound. */
static void
what_may_sound_is_what_tracks_may_be(void **state)
{
#define IS(sounds) "{\"audible\":true,\"sounds\":[" sounds "]}"
#define A(row, evidence) "{\"row\":\"" row "\",\"evidence\":\"" evidence "\"}"
    static const struct {
        const char *track, *row;
        bool maybe;
    } rows[] = {
        {IS(A("piano", "heard")), "piano", true},
        {IS(A("piano", "heard")), "bass", false},
        {IS(A("piano", "guessed")), "bass", true},
        {IS(""), "bass", true},
        {IS(A("subbass", "stated")), "bass", true},
        {IS(A("bass", "stated")), "subbass", true},
        {IS(A("synth", "heard")), "bass", true},
        {IS(A("synth", "heard")), "kick", false},
        {IS(A("synth", "heard") "," A("pad", "heard")), "bass", false},
        {IS(A("drums", "heard")), "clap", true},
        {IS(A("drums", "heard") "," A("kick", "heard")), "clap", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        auto_free char *text = xasprintf("{\"tracks\":[%s]}", rows[i].track);
        auto_facts struct facts f;

        facts_of(&f, text);
        if (word_set_has_name(f.maybe, rows[i].row) != rows[i].maybe)
            fail_msg("row %zu", i);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tempo_and_meter_fold_together),
        cmocka_unit_test(each_fact_has_its_evidence),
        cmocka_unit_test(only_known_scales_are_keys),
        cmocka_unit_test(what_may_sound_is_what_tracks_may_be),
    };

    return cmocka_run_group_tests_name("music/facts", tests, NULL, NULL);
}
