/*
 * A model's stream, cut at every byte: the line that grows from it must be the
 * same whatever the cuts, and text that was returned must never change.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

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

static int
void_it(void *ctx, const char *reason, struct err *err)
{
    (void)reason;
    (void)err;
    buf_clear(ctx);
    return 0;
}

/* Feed a stream in two parts (or byte by byte: cut 0) and return what was
 * passed on. The caller releases the reply. */
static void
run(const char *stream, size_t cut, struct reply *r, struct buf *told)
{
    static struct model_hooks hooks = {.delta = keep, .restart = void_it};
    static struct err err;
    size_t len = strlen(stream);
    size_t step = cut == 0 ? 1 : cut;

    err = ERR_INIT;
    *told = BUF_INIT(1 << 16);
    hooks.ctx = told;
    reply_init(r, &hooks, 0, &err);
    for (size_t at = 0; at < len;) {
        size_t n = len - at < step ? len - at : step;

        if (reply_take(r, 200, stream + at, n) == -1)
            break;
        at += n;
        step = cut == 0 ? 1 : len;
    }
    (void)reply_close(r, 200);
    if (!r->failed && line_fault(&r->line) == NULL)
        (void)reply_tell(r);
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
    every_cut_gives(CHUNK("I th") CHUNK("ink so.</thi") CHUNK("nk>Deep house")
                        END,
                    "Deep house");
    every_cut_gives(CHUNK("Sure! {\\\"cap")
                        CHUNK("tion\\\": \\\"Deep house\\\"}") END,
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

/* Shown text is voided if it was not the caption in the end. */
static void
a_second_caption_takes_the_place(void **state)
{
    auto_cleanup(reply_release) struct reply r;
    auto_buf struct buf told = {0};

    (void)state;
    run(CHUNK("{\\\"caption\\\": \\\"A draft\\\"} No: ")
            CHUNK("{\\\"caption\\\": \\\"Deep house\\\"}") END,
        0, &r, &told);
    assert_string_equal(buf_str(&told), "Deep house");
}

/* Plain text is shown as it comes, while it could be a caption. */
static void
plain_text_is_shown_early(void **state)
{
    auto_cleanup(reply_release) struct reply r;
    auto_buf struct buf told = {0};
    auto_free char *shown = NULL;

    (void)state;
    run(CHUNK("Deep ") CHUNK("house"), 0, &r, &told);
    shown = line_shown(&r.line);
    assert_string_equal(shown, "Deep house");
}

static void
parts_and_errors_of_every_shape(void **state)
{
    static const struct {
        const char *stream, *line, *code, *message;
    } rows[] = {
        {"{\"choices\":[{\"message\":{\"content\":[{\"type\":\"thinking\","
         "\"thinking\":[{\"type\":\"text\",\"text\":\"Hm\"}]},{\"type\":"
         "\"text\",\"text\":\"Deep \"},{\"type\":\"output_text\",\"text\":{"
         "\"value\":\"house\"}}]},\"finish_reason\":\"stop\"}]}",
         "Deep house", "", ""},
        {"data: {\"choices\":[{\"delta\":{\"content\":[{\"type\":\"text\","
         "\"text\":\"Deep\"},\" house\"]},\"finish_reason\":\"stop\"}]}\n\n",
         "Deep house", "", ""},
        {"{\"object\":\"error\",\"message\":\"no such model\",\"type\":"
         "\"NotFoundError\",\"code\":404}",
         "", "NotFoundError", "no such model"},
        {"data: {\"object\":\"error\",\"message\":\"boom\",\"code\":500}\n\n",
         "", "", "boom"},
        {"{\"choices\":null,\"message\":\"no credit\"}", "", "", "no credit"},
        {"{\"choices\":null,\"base_resp\":{\"status_code\":1004,"
         "\"status_msg\":\"login fail\"}}",
         "", "", "login fail"},
        {"error: {\"code\":500,\"message\":\"slot gone\",\"type\":"
         "\"server_error\"}\n\n",
         "", "server_error", "slot gone"},
        {"event: error\ndata: {\"detail\":\ndata: \"out of memory\"}\n\n", "",
         "", "out of memory"},
        {"event: error\ndata: out of memory\n\n", "", "", "out of memory"},
        {"data: {\"choices\":[{\"error\":{\"message\":\"gone\",\"code\":502},"
         "\"finish_reason\":\"error\"}]}\n\n",
         "", "", "gone"},
        {"[{\"error\":{\"code\":429,\"message\":\"slow\",\"status\":\"X\"}}]",
         "", "", "slow"},
        {"{\"error\":[{\"message\":\"a\"},{\"message\":\"b\"}]}", "", "",
         "a; b"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        auto_cleanup(reply_release) struct reply r;
        auto_buf struct buf told = {0};
        bool fails = rows[i].line[0] == '\0';

        run(rows[i].stream, 0, &r, &told);
        if (strcmp(buf_str(&told), rows[i].line) != 0 || r.failed != fails ||
            strcmp(r.code, rows[i].code) != 0 ||
            strcmp(r.message, rows[i].message) != 0)
            fail_msg("row %zu: \"%s\" %d %s \"%s\"", i, buf_str(&told),
                     r.failed, r.code, r.message);
    }
}

/* Validators answer with a list; each entry names the place. */
static void
lists_of_faults_are_read(void **state)
{
    static const char body[] =
        "{\"detail\":[{\"type\":\"extra_forbidden\",\"loc\":[\"body\","
        "\"max_completion_tokens\"],\"msg\":\"Extra inputs\",\"input\":5},"
        "{\"loc\":[\"body\",\"messages\",0],\"msg\":\"bad\"}]}";
    static struct model_hooks hooks;
    auto_cleanup(reply_release) struct reply r;
    struct err err = ERR_INIT;

    (void)state;
    reply_init(&r, &hooks, 0, &err);
    assert_int_equal(reply_take(&r, 422, body, strlen(body)), 0);
    assert_int_equal(reply_close(&r, 422), 0);
    assert_string_equal(r.message, "Extra inputs (max_completion_tokens); "
                                   "bad (messages.0)");
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
    assert_true(told.len <= SCAN_TEXT_MAX);
}

/* A long line and an event of many lines: each ends soon, and reports it. The
 * second took a minute when each line caused all of them to be read again. */
static void
floods_are_stopped(void **state)
{
    auto_buf struct buf stream = BUF_INIT(1 << 22);

    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        auto_cleanup(reply_release) struct reply r;
        auto_buf struct buf told = {0};
        clock_t began = clock();

        buf_clear(&stream);
        (void)buf_add_str(&stream, "data: {\"choices\":[\n");
        for (int i = 0; i < 300000; i++)
            (void)buf_add_str(&stream, kind == 0 ? "blah " : "data: 1,\n");
        run(buf_str(&stream), 16384, &r, &told);
        assert_true(r.too_long);
        assert_true(clock() - began < 5 * CLOCKS_PER_SEC);
    }
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
        cmocka_unit_test(a_second_caption_takes_the_place),
        cmocka_unit_test(plain_text_is_shown_early),
        cmocka_unit_test(parts_and_errors_of_every_shape),
        cmocka_unit_test(lists_of_faults_are_read),
        cmocka_unit_test(faults_are_seen),
        cmocka_unit_test(endless_text_is_stopped),
        cmocka_unit_test(floods_are_stopped),
    };

    return cmocka_run_group_tests_name("caption/stream", tests, NULL, NULL);
}
