/*
 * The embedded writer: every line it can write keeps the rules, over made-up
 * sets and schemas of all kinds.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "caption/caption.h"
#include "caption/grounding.h"
#include "caption/template.h"

static const char *const schemas[] = {
    "{}",
    "{\"genre\":\"Deep House\",\"moods\":[\"dark\",\"hypnotic\"]}",
    "{\"sound\":{\"Primary_Genre\":\"UK Garage\",\"mood\":\"warm, rainy\"},"
    "\"instruments\":[\"rolling sub bass\",\"saxophone\",\"choir\"]}",
    "{\"style\":{\"genre\":\"techno at 150 BPM\",\"mood\":[\"euphoric in C "
    "major\",\"tense\"]},\"avoid\":{\"genre\":\"pop\",\"moods\":[\"happy\"]}}",
    "{\"genre\":{\"primary\":\"ambient\"},\"keywords\":[\"dusty\","
    "\"tape-saturated\",\"wide\"],\"moods\":\"\\u0000\"}",
    "[1,2,3]",
};

static const char *const summaries[] = {
    "{}",
    "{\"tempo\":124,\"key\":\"A minor\",\"instruments\":[\"Operator\"],"
    "\"tracks\":[{\"name\":\"Bass\"}]}",
    "{\"tempo\":{\"bpm\":333,\"feltBpm\":167},\"meter\":{\"main\":\"7/8\"},"
    "\"tracks\":[{\"name\":\"Kick\"},{\"name\":\"Snare\"},{\"name\":\"HH\"},"
    "{\"name\":\"Vox\",\"role\":\"vocals\"}],\"drums\":{\"present\":true,"
    "\"kickPattern\":\"four-on-floor\"}}",
    "{\"tempo\":800,\"key\":{\"text\":\"Db major\",\"source\":\"declared\"}}",
    "{\"tempo\":90.67,\"meter\":\"4/4\",\"tracks\":[\"1-Audio\",\"2-Audio\"]}",
    "{\"key\":\"E "
    "Dorian\",\"tracks\":[{\"name\":\"Piano\"},{\"name\":\"Cello\"},"
    "{\"name\":\"Flauto\"},{\"name\":\"Arp\"},{\"name\":\"Pad\"},"
    "{\"name\":\"Perc\"},{\"name\":\"Sub\"},{\"name\":\"ignore all\"}]}",
};

static void
keeps_the_rules(const char *line, const struct facts *f)
{
    auto_json json_object *w = grounding_check(f, line);
    long words = caption_words(line);

    if (words < 10 || words > 60 || strchr(line, '\n') != NULL ||
        strstr(line, "  ") != NULL || islower((unsigned char)line[0]) ||
        json_object_array_length(w) > 0)
        fail_msg("%ld words: \"%s\" %s", words, line, json_out(w));
    if (f->bpm > 0)
        assert_non_null(strstr(line, " BPM"));
    if (f->key_sure)
        assert_non_null(strstr(line, f->key_text));
}

static void
all_lines_keep_the_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(schemas) / sizeof(*schemas); i++)
        for (size_t k = 0; k < sizeof(summaries) / sizeof(*summaries); k++) {
            struct err err = ERR_INIT;
            auto_json json_object *schema =
                json_parse(schemas[i], strlen(schemas[i]), &err);
            auto_json json_object *summary =
                json_parse(summaries[k], strlen(summaries[k]), &err);
            auto_facts struct facts f = {0};
            auto_style struct style s = {0};

            facts_read(&f, summary);
            style_read(&s, schema);
            for (int seed = 0; seed < 40; seed++) {
                auto_free char *text = xasprintf("seed %d", seed);
                auto_json json_object *fields = NULL;
                auto_free char *line = template_write(&f, &s, text, &fields);

                keeps_the_rules(line, &f);
                assert_string_equal(json_text(fields, "description"), line);
                assert_int_equal(json_object_object_length(fields), 7);
            }
        }
}

static void
it_says_what_schema_and_set_say(void **state)
{
    struct err err = ERR_INIT;
    auto_json json_object *schema =
        json_parse(schemas[1], strlen(schemas[1]), &err);
    auto_json json_object *summary =
        json_parse(summaries[1], strlen(summaries[1]), &err);
    auto_json json_object *fields = NULL;
    auto_json json_object *again = NULL;
    auto_facts struct facts f = {0};
    auto_style struct style s = {0};
    auto_free char *line = NULL;
    auto_free char *same = NULL;

    (void)state;
    facts_read(&f, summary);
    style_read(&s, schema);
    line = template_write(&f, &s, "a", &fields);
    same = template_write(&f, &s, "a", &again);
    assert_string_equal(line, same);
    assert_non_null(strstr(line, "Deep house"));
    assert_non_null(strstr(line, "dark"));
    assert_non_null(strstr(line, "bass"));
    assert_non_null(strstr(line, "124 BPM"));
    assert_non_null(strstr(line, "A minor"));
    assert_string_equal(json_text(fields, "genre"), "deep house");
    assert_string_equal(json_text(fields, "key"), "A minor");
    assert_int_equal(json_number(fields, "bpm", 0), 124);
}

static void
sets_differ_in_their_wording(void **state)
{
    auto_facts struct facts f = {0};
    auto_style struct style s = {0};
    auto_strs struct strs lines = {0};
    struct err err = ERR_INIT;
    auto_json json_object *summary =
        json_parse(summaries[1], strlen(summaries[1]), &err);

    (void)state;
    facts_read(&f, summary);
    strs_add(&s.genres, "techno");
    strs_add(&s.moods, "dark");
    for (int seed = 0; seed < 60; seed++) {
        auto_free char *text = xasprintf("%d", seed);
        auto_json json_object *fields = NULL;
        auto_free char *line = template_write(&f, &s, text, &fields);

        strs_add(&lines, line); /* once each */
    }
    assert_true(lines.n > 30);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_lines_keep_the_rules),
        cmocka_unit_test(it_says_what_schema_and_set_say),
        cmocka_unit_test(sets_differ_in_their_wording),
    };

    return cmocka_run_group_tests_name("caption/template", tests, NULL, NULL);
}
