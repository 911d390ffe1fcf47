/*
 * A model's stream, cut at every byte: the line that grows out of it must be
 * the same whatever the cuts, and what was given out must never change.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "caption/reply.h"

static int
keep(void *ctx, const char *text, struct err *err)
{
    (void)err;
    return buf_add_str(ctx, text);
}

/* Feed a stream in two parts (or byte by byte: cut 0) and give what was told.
 * The caller releases the reply. */
static void
run(const char *stream, size_t cut, struct reply *r, struct buf *told)
{
    static struct model_hooks hooks = {.delta = keep};
    static struct err err;
    size_t len = strlen(stream);
    size_t step = cut == 0 ? 1 : cut;

    err = ERR_INIT;
    *told = BUF_INIT(1 << 16);
    hooks.ctx = told;
    reply_init(r, &hooks, &err);
    for (size_t at = 0; at < len;) {
        size_t n = len - at < step ? len - at : step;

        if (reply_take(r, 200, stream + at, n) == -1)
            break;
        at += n;
        step = cut == 0 ? 1 : len;
    }
    (void)reply_close(r, 200);
}

static void
every_cut_gives(const char *stream, const char *line)
{
    for (size_t cut = 0; cut <= strlen(stream); cut++) {
        auto_cleanup(reply_release) struct reply r;
        auto_buf struct buf told = {0};
        auto_free char *whole = NULL;

        run(stream, cut, &r, &told);
        if (strcmp(buf_str(&told), line) != 0)
            fail_msg("cut at %zu: \"%s\"", cut, buf_str(&told));
        whole = line_text(&r.line);
        assert_string_equal(whole, line);
        assert_false(r.garbage);
        assert_true(r.done || r.finish[0] != '\0');
    }
}

#define CHUNK(content)                                                         \
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" content       \
    "\"}}]}\n\n"
#define END                                                                    \
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"      \
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,"                    \
    "\"completion_tokens\":9}}\n\ndata: [DONE]\n\n"

static void
structured_answers_at_every_cut(void **state)
{
    (void)state;
    every_cut_gives(
        "data: {\"model\":\"m-1\",\"choices\":[{\"delta\":{\"role\":"
        "\"assistant\",\"content\":null}}]}\n\n" CHUNK(
            "{\\\"genre\\\": \\\"deep {house}\\\",") CHUNK(" \\\"descr")
            CHUNK("iption\\\" : \\\"Deep h\\\\u00f6") CHUNK(
                "use \xf0\x9f\x8e\xb9, \\\\ud83c\\\\u") CHUNK("df39 \\\\\\\"ok")
                CHUNK(
                    "\\\\\\\"\\\\n\\\\n  next\\\", \\\"moods\\\": [\\\"a\\\",")
                    CHUNK("\\\"description\\\"], \\\"bpm\\\": 124}") END,
        "Deep h\xc3\xb6use \xf0\x9f\x8e\xb9, \xf0\x9f\x8c\xb9 \"ok\" next");
}

static void
plain_answers_at_every_cut(void **state)
{
    (void)state;
    every_cut_gives(CHUNK("  Deep") CHUNK(" house,\\n") CHUNK(" 124 BPM \\n")
                        END,
                    "Deep house, 124 BPM");
    every_cut_gives(CHUNK("<thi") CHUNK("nk>hm {\\\"x\\\"") CHUNK("</think>\\n")
                        CHUNK("Deep house") END,
                    "Deep house");
    every_cut_gives(CHUNK("```js") CHUNK("on\\n{\\\"caption\\\":")
                        CHUNK("\\\"Deep house\\\"}\\n``") CHUNK("`") END,
                    "Deep house");
}

static void
odd_streams_at_every_cut(void **state)
{
    (void)state;
    /* CRLF, comments, other fields, no blank after the colon, no blank line
     * between events, one event over two lines, no end of the last line. */
    every_cut_gives(": ping\r\n\r\nevent: x\r\nid: 1\r\n"
                    "data:{\"choices\":[{\"delta\":{\"content\":\"De\"}}]}\r\n"
                    "data: {\"choices\":[{\"delta\":{\"content\":\"ep\"}}]}\r\n"
                    ": ping\r\n"
                    "data: {\"choices\":[{\"delta\":\r\n"
                    "data: {\"content\":\" house\"}}]}\r\n\r\n"
                    "data: {\"choices\":[{\"finish_reason\":\"stop\"}]}\r\n\r\n"
                    "data: [DONE]",
                    "Deep house");
    every_cut_gives("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\r\r"
                    "data: [DONE]\r\r",
                    "a");
}

static void
whole_answers_are_understood(void **state)
{
    (void)state;
    every_cut_gives("{\"model\":\"m\",\"choices\":[{\"message\":{\"content\":"
                    "\"{\\\"description\\\":\\\"Deep house\\\"}\"},"
                    "\"finish_reason\":\"stop\"}]}",
                    "Deep house");
}

static void
usage_model_and_answer_are_kept(void **state)
{
    auto_cleanup(reply_release) struct reply r;
    auto_buf struct buf told = {0};
    auto_json json_object *answer = NULL;

    (void)state;
    run("data: {\"model\":\"gpt-4o-mini\",\"choices\":[]}\n\n" CHUNK(
            "{\\\"description\\\":\\\"x\\\",\\\"bpm\\\":99}") END,
        0, &r, &told);
    assert_string_equal(r.model, "gpt-4o-mini");
    assert_int_equal(r.tokens_in, 7);
    assert_int_equal(r.tokens_out, 9);
    answer = line_json(&r.line);
    assert_int_equal(json_number(answer, "bpm", 0), 99);
}

static void
faults_are_seen(void **state)
{
    static const struct {
        const char *stream;
        bool garbage, failed, refused, done;
    } rows[] = {
        {"data: {\"error\":{\"message\":\"x\",\"code\":\"c\"}}\n\n", 0, 1, 0,
         0},
        {CHUNK("a") "data: {\"error\":\"x\"}\n\ndata: [DONE]\n\n", 0, 1, 0, 0},
        {"data: {nonsense\n\n", 1, 0, 0, 0},
        {"data: \xff\xfe\n\n", 1, 0, 0, 0},
        {"<html>busy</html>", 1, 0, 0, 0},
        {"{\"choices\":", 1, 0, 0, 0},
        {"data: {\"choices\":[{\"delta\":{\"refusal\":\"no\"}}]}\n\n", 0, 0, 1,
         0},
        {CHUNK("a"), 0, 0, 0, 0},
        {"", 0, 0, 0, 0},
        {"data: {\"choices\":7,\"usage\":[]}\n\ndata: 5\n\n", 1, 0, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        auto_cleanup(reply_release) struct reply r;
        auto_buf struct buf told = {0};

        run(rows[i].stream, 0, &r, &told);
        if (r.garbage != rows[i].garbage || r.failed != rows[i].failed ||
            r.refused != rows[i].refused || r.done != rows[i].done)
            fail_msg("row %zu: %d %d %d %d", i, r.garbage, r.failed, r.refused,
                     r.done);
    }
}

static void
endless_text_is_stopped(void **state)
{
    auto_cleanup(reply_release) struct reply r;
    auto_buf struct buf told = {0};
    auto_buf struct buf stream = BUF_INIT(1 << 21);

    (void)state;
    for (int i = 0; i < 20000; i++)
        (void)buf_add_str(&stream, CHUNK("blah "));
    run(buf_str(&stream), 0, &r, &told);
    assert_true(r.too_long);
    assert_true(told.len <= LINE_TEXT_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structured_answers_at_every_cut),
        cmocka_unit_test(plain_answers_at_every_cut),
        cmocka_unit_test(odd_streams_at_every_cut),
        cmocka_unit_test(whole_answers_are_understood),
        cmocka_unit_test(usage_model_and_answer_are_kept),
        cmocka_unit_test(faults_are_seen),
        cmocka_unit_test(endless_text_is_stopped),
    };

    return cmocka_run_group_tests_name("caption/stream", tests, NULL, NULL);
}
