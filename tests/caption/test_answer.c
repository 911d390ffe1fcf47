/*
 * Whole answers as models give them, and the caption in each: the object
 * wherever it is, plain text that is nothing else, and otherwise nothing. If a
 * wrong caption were accepted, another model would learn it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "caption/answer.h"
#include "caption/form.h"

#define LINE "Deep house, dark, 124 BPM"
#define OBJECT "{\"genre\":\"deep house\",\"description\":\"" LINE "\"}"

static void
the_object_is_taken_wherever_it_stands(void **state)
{
    static const char *const answers[] = {
        OBJECT,
        " \n" OBJECT "\n",
        "\xef\xbb\xbf" OBJECT,
        "```json\n" OBJECT "\n```",
        "Here is what you asked for:\n\n```json\n" OBJECT "\n```\nEnjoy!",
        "Sure! " OBJECT,
        OBJECT " Let me know if you want another.",
        "[" OBJECT "]",
        "{\"result\":" OBJECT "}",
        "{\"captions\":[" OBJECT "]}",
        "<think>A {\"description\":\"draft\"}?</think>" OBJECT,
        "A {\"description\":\"draft\"}? Yes.</think>\n" OBJECT,
        "<thinking>hm</thinking>\n" OBJECT,
        "<Thinking>hm</Thinking>\n" OBJECT,
        "[THINK]A {\"caption\":\"draft\"}[/THINK]" OBJECT,
        "<reasoning>hm</reasoning> Answer: " OBJECT,
        "\xe2\x97\x81think\xe2\x96\xb7hm\xe2\x97\x81/think\xe2\x96\xb7" OBJECT,
        "<|channel|>analysis<|message|>{\"caption\":\"draft\"}<|end|><|start|>"
        "assistant<|channel|>final<|message|>" OBJECT "<|return|>",
        "<|channel|>final <|constrain|>json<|message|>" OBJECT,
        "analysisWe need JSON.assistantfinal" OBJECT,
        "<|channel>thought\nhm<channel|>" OBJECT,
        "{\"description\":\"A first idea\"}\nBetter:\n" OBJECT,
        "The set {see above} has \"drums\". " OBJECT,
        "{\"description\":\"" LINE "\",}", /* no JSON, and yet clear */
        "{\"genre\":null,\"prompt\":null,\"caption\":\"" LINE "\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
        auto_free char *line = NULL;
        auto_json json_object *o = NULL;
        const char *fault = answer_read(answers[i], &line, &o);

        if (fault != NULL || strcmp(line, LINE) != 0)
            fail_msg("%s: it %s, \"%s\"", answers[i], fault, line);
    }
}

static void
plain_text_is_taken_if_it_is_nothing_else(void **state)
{
    static const char *const answers[] = {
        LINE,
        "\n" LINE "\n",
        "\"" LINE "\"",
        "\xe2\x80\x9c" LINE "\xe2\x80\x9d",
        "Caption: " LINE,
        "```\n" LINE "\n```",
        "Deep house, dark,\n124 BPM",
        "hm, A minor.</think>\n\n" LINE,
        "<think>hm</think>" LINE "<|im_end|>",
        "[THINK]hm[/THINK]" LINE "</s>",
        "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>"
        "final<|message|>" LINE "<|return|>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
        auto_free char *line = NULL;
        auto_json json_object *o = NULL;
        const char *fault = answer_read(answers[i], &line, &o);

        if (fault != NULL || strcmp(line, LINE) != 0)
            fail_msg("%s: it %s, \"%s\"", answers[i], fault, line);
        assert_null(o);
    }
}

static void
all_else_is_no_caption(void **state)
{
    static const char *const answers[] = {
        "",
        " \n",
        "...",
        "null",
        "{}",
        "[]",
        "{\"genre\":\"deep house\"}",
        "{\"description\":null}",
        "{\"description\":\"\"}",
        "{\"description\":\"Deep hou",
        "{\"error\":\"I cannot help\"}",
        "{\"description\":\"{\\\"description\\\":\\\"Deep house\\\"}\"}",
        "{\"description\":\"Sure! Deep house\"}",
        "{\"description\":\"**Deep house**\"}",
        "<think>A {\"description\":\"draft\"}",
        "[THINK]Deep house",
        "<think>Deep house</think>",
        "<|channel|>analysis<|message|>" OBJECT,
        "<|channel|>analysis<|message|>Deep house",
        "<|channel>thought\nDeep house",
        "Sure! Deep house at 124 BPM",
        "Sure, here is your caption: Deep house",
        "Here's the caption:\nDeep house",
        "I'm sorry, but that is not possible",
        "I\xe2\x80\x99m unable to do that",
        "As an AI language model there is nothing to say",
        "Deep house. Let me know if you need more!",
        "Deep house for your club night",
        "Okay, the set has drums",
        "We need to write a caption",
        "Genre: deep house\nMood: dark",
        "Deep house.\n\nDark and slow.",
        "- Deep house\n- dark",
        "# Deep house",
        "Deep **house**",
        "Deep `house`",
        "Deep <b>house</b>",
        "Deep house <|endoftext|> user",
        "[Verse] Deep house",
        "Deep house (24 words)",
        "one two three four five six seven eight nine ten one two three four "
        "five six seven eight nine ten one two three four five six seven eight "
        "nine ten one two three four five six seven eight nine ten one two "
        "three four five six seven eight nine ten one two three four five six "
        "seven eight nine ten one",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
        auto_free char *line = NULL;
        auto_json json_object *o = NULL;

        if (answer_read(answers[i], &line, &o) == NULL)
            fail_msg("\"%s\" is taken as \"%s\"", answers[i], line);
        assert_null(line);
        assert_null(o);
    }
}

static void
honest_captions_are_left_alone(void **state)
{
    static const char *const lines[] = {
        "Deep house",
        "Sparse hi-hats, an F# minor pad & a sub-bass < 60 Hz at 124.5 BPM.",
        "Ambient: slow strings, piano (felted), no drums; 6/8, E\xe2\x99\xad "
        "major",
        "Hi-hats and okay-sounding kick, sure-footed bass, note-heavy arpeggio",
        "one two three four five six seven eight nine ten one two three four "
        "five six seven eight nine ten one two three four five six seven eight "
        "nine ten one two three four five six seven eight nine ten one two "
        "three four five six seven eight nine ten one two three four five six "
        "seven eight nine ten",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
        if (form_fault(lines[i]) != NULL)
            fail_msg("%s: it %s", lines[i], form_fault(lines[i]));
}

/* Unclosed braces cost no more than a moment. */
static void
many_braces_are_no_work(void **state)
{
    auto_buf struct buf b = BUF_INIT(1 << 16);
    auto_free char *line = NULL;
    auto_json json_object *o = NULL;

    (void)state;
    for (int i = 0; i < 32000; i++)
        (void)buf_add_str(&b, "{");
    assert_non_null(answer_read(buf_str(&b), &line, &o));
}

static void
several_are_taken_wherever_they_stand(void **state)
{
    static const char *const answers[] = {
        "{\"windows\":[" OBJECT "," OBJECT "]}",
        "```json\n{\"windows\":[" OBJECT ", " OBJECT "]}\n```",
        "<think>two [of] them?</think>{\"windows\":[" OBJECT "," OBJECT "]}",
        "[" OBJECT "," OBJECT "] Enjoy!",
        "Here: {\"result\":{\"captions\":[" OBJECT "," OBJECT "]}}",
    };
    /* clang-format off */
    static const char *const none[] = {
        "", OBJECT, "{\"windows\":[]}", "[1,2]", LINE,
        "{\"windows\":[" OBJECT, "<think>" OBJECT,
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
        auto_json json_object *list = NULL;
        const char *fault = answer_several(answers[i], &list);

        if (fault != NULL)
            fail_msg("%s: it %s", answers[i], fault);
        assert_int_equal(json_object_array_length(list), 2);
        for (size_t k = 0; k < 2; k++) {
            auto_free char *line =
                answer_element(json_object_array_get_idx(list, k));

            assert_string_equal(line, LINE);
        }
    }
    for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
        auto_json json_object *list = NULL;

        assert_non_null(answer_several(none[i], &list));
        assert_null(list);
    }
}

static void
an_element_may_hold_no_caption(void **state)
{
    /* clang-format off */
    static const char *const elements[] = {
        "{}", "7", "{\"position\":1}", "{\"description\":\"\"}",
        "{\"description\":\"Sure! Here is your caption\"}",
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < sizeof(elements) / sizeof(*elements); i++) {
        auto_json json_object *o = json_tokener_parse(elements[i]);

        assert_null(answer_element(o));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_object_is_taken_wherever_it_stands),
        cmocka_unit_test(plain_text_is_taken_if_it_is_nothing_else),
        cmocka_unit_test(all_else_is_no_caption),
        cmocka_unit_test(honest_captions_are_left_alone),
        cmocka_unit_test(many_braces_are_no_work),
        cmocka_unit_test(several_are_taken_wherever_they_stand),
        cmocka_unit_test(an_element_may_hold_no_caption),
    };

    return cmocka_run_group_tests_name("caption/answer", tests, NULL, NULL);
}
