/*
 * Asking a model and being answered badly, in every way that we know, by a
 * scripted server in a forked child.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../net/scripted.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "caption/caption.h"
#include "caption/model.h"
#include "caption/request.h"

/* ---- scripts ---- */

#define OK_HEAD                                                                \
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"                   \
    "Connection: close\r\n\r\n"
#define CHUNK(content)                                                         \
    "data: {\"model\":\"m-2\",\"choices\":[{\"delta\":{\"content\":\"" content \
    "\"}}]}\n\n"
#define FINISH(reason)                                                         \
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"" reason            \
    "\"}]}\n\ndata: [DONE]\n\n"

static void
problem(int fd, const char *status, const char *headers, const char *error)
{
    auto_free char *body = xasprintf("{\"error\":{%s}}", error);
    auto_free char *all = xasprintf("HTTP/1.1 %s\r\n%sConnection: close\r\n"
                                    "Content-Length: %zu\r\n\r\n%s",
                                    status, headers, strlen(body), body);

    say(fd, all);
    close(fd);
}

static void
answer(int fd, const char *stream)
{
    say(fd, OK_HEAD);
    say(fd, stream);
    close(fd);
}

static int seen; /* requests, in the child */

#define GOOD                                                                   \
    CHUNK("{\\\"description\\\":\\\"Deep ") CHUNK("house\\\"}") FINISH("stop")

static void
good(int fd, const char *request, int nth)
{
    (void)nth;
    if (strstr(request, "Authorization: Bearer sesame\r\n") == NULL ||
        strstr(request, "POST /v1/chat/completions HTTP/1.1") == NULL ||
        strstr(request, "\"stream\":true") == NULL)
        problem(fd, "418 No", "", "\"message\":\"wrong request\"");
    else
        answer(fd, GOOD);
}

static void
busy_twice(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    seen++;
    if (seen == 1)
        problem(fd, "429 Busy", "retry-after-ms: 60\r\n", "\"message\":\"x\"");
    else if (seen == 2)
        problem(fd, "500 Oops", "", "\"message\":\"x\"");
    else
        answer(fd, GOOD);
}

static void
breaks_first(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    if (++seen == 1)
        close(fd);
    else
        answer(fd, GOOD);
}

static void
blank_first(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    answer(fd, ++seen == 1 ? CHUNK("  ") FINISH("stop") : GOOD);
}

static void
old_server(int fd, const char *request, int nth)
{
    (void)nth;
    if (strstr(request, "response_format") != NULL)
        problem(fd, "400 Bad", "", "\"message\":\"unknown response_format\"");
    else if (strstr(request, "max_completion_tokens") != NULL)
        problem(fd, "400 Bad", "",
                "\"message\":\"no\",\"param\":\"max_completion_tokens\"");
    else
        answer(fd, CHUNK("Deep house") FINISH("stop"));
}

static void
always_busy(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    problem(fd, "429 Busy", "Retry-After: 7\r\n",
            "\"message\":\"slow\",\"code\":\"rate_limit_exceeded\"");
}

static void
no_money(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    problem(fd, "429 No", "Retry-After: 1\r\n",
            "\"message\":\"pay\",\"type\":\"insufficient_quota\"");
}

static void
wrong_key(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    problem(fd, "401 No", "", "\"message\":\"Incorrect key: sesame\"");
}

static void
refuses(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    answer(fd,
           "data: {\"choices\":[{\"delta\":{\"refusal\":\"no\"}}]}\n\n" FINISH(
               "stop"));
}

static void
filters(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    answer(fd, CHUNK("De") FINISH("content_filter"));
}

static void
cuts(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    answer(fd, CHUNK("De") FINISH("length"));
}

static void
ends_early(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    if (++seen > 1) /* a second try would be wrong: text was shown */
        answer(fd, GOOD);
    else
        answer(fd, CHUNK("{\\\"caption\\\":\\\"De"));
}

#define ERROR_LINE                                                             \
    "data: {\"error\":{\"message\":\"x\",\"code\":\"server_error\"}}\n\n"

static void
fails_within(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    if (++seen > 1)
        answer(fd, GOOD);
    else
        answer(fd,
               CHUNK("{\\\"caption\\\":\\\"De") ERROR_LINE "data: [DONE]\n\n");
}

static void
is_html(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>hi</html>");
    close(fd);
}

static void
says_nothing(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    say(fd, OK_HEAD);
    nap(20000);
}

static void
never_ends(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    say(fd, OK_HEAD);
    for (int i = 0; i < 20000; i++)
        say(fd, CHUNK("blah blah "));
    close(fd);
}

static void
too_much(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    problem(fd, "400 Bad", "",
            "\"message\":\"long\",\"code\":\"context_length_exceeded\"");
}

/* ---- answers that are not captions ---- */

static void
stops_oddly(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    answer(fd, ++seen == 1 ? CHUNK("{\\\"genre\\\":") FINISH("abort")
               : seen == 2 ? CHUNK("{\\\"genre\\\":") FINISH("error")
                           : GOOD);
}

static void
validates(int fd, const char *request, int nth)
{
    (void)nth;
    if (strstr(request, "max_completion_tokens") != NULL)
        say(fd, "HTTP/1.1 422 No\r\nConnection: close\r\n\r\n{\"detail\":["
                "{\"loc\":[\"body\",\"max_completion_tokens\"],\"msg\":"
                "\"Extra inputs are not permitted\"}]}");
    else
        say(fd, OK_HEAD GOOD);
    close(fd);
}

/* Refuses with the request's first line. */
static void
echoes(int fd, const char *request, int nth)
{
    auto_free char *error =
        xasprintf("\"message\":\"%.*s\"", (int)strcspn(request, "\r"), request);

    (void)nth;
    problem(fd, "404 No", "", error);
}

static void
only_talks(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    answer(fd, CHUNK("Sure, here you go: deep house") FINISH("stop"));
}

static void
says_why(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    say(fd, "HTTP/1.1 404 No\r\nConnection: close\r\n\r\n"
            "{\"object\":\"error\",\"message\":\"no model m-1\"}");
    close(fd);
}

static void
one_long_line(int fd, const char *request, int nth)
{
    static const char blah[] = "blah blah blah blah blah blah blah blah ";

    (void)request;
    (void)nth;
    say(fd, OK_HEAD "data: ");
    for (int i = 0; i < 100000; i++)
        say(fd, blah);
    close(fd);
}

/* ---- asking ---- */

struct listener {
    struct buf told;
    int64_t gone_at; /* 0 never */
};

static int
on_delta(void *ctx, const char *text, struct err *err)
{
    struct listener *l = ctx;

    (void)err;
    return buf_add_str(&l->told, text);
}

static bool
on_gone(void *ctx)
{
    const struct listener *l = ctx;

    return l->gone_at != 0 && clock_mono_ms() > l->gone_at;
}

static int
ask_at(const char *url, struct listener *l, int ms, struct model_answer *ret,
       struct err *err)
{
    struct conf conf = {.openai_key = (char *)"sesame",
                        .openai_model = (char *)"m-1",
                        .openai_url = (char *)url,
                        .model_stall = 1};
    auto_talk struct talk talk = TALK_INIT;
    struct model_hooks hooks = {.delta = on_delta, .gone = on_gone, .ctx = l};
    struct model_ask a = {.conf = &conf,
                          .talk = &talk,
                          .max_tokens = 100,
                          .deadline = clock_mono_ms() + ms,
                          .hooks = &hooks};

    talk_add(&talk, "system", "be");
    talk_add(&talk, "user", "{}");
    return model_ask(&a, ret, err);
}

static int
ask(const struct server *s, struct listener *l, int ms,
    struct model_answer *ret, struct err *err)
{
    char url[80];

    (void)snprintf(url, sizeof(url), "%.*s/v1/",
                   (int)(strstr(s->url, "/path") - s->url), s->url);
    return ask_at(url, l, ms, ret, err);
}

/* Addresses as people find them in documents are accepted; secrets in them are
 * not shown. */
static void
addresses_of_every_form(void **state)
{
    static const struct {
        const char *before, *after, *asked, *told;
    } forms[] = {
        {"", "/v1", "/v1/chat/completions", "/v1"},
        {"", "/v1//", "/v1/chat/completions", "/v1"},
        {"", "/v1/chat/completions", "/v1/chat/completions", "/v1"},
        {"", "/v1/chat/completions/?a=b", "/v1/chat/completions?a=b", "/v1"},
        {"", "/x?api-version=2&k=s", "/x/chat/completions?api-version=2&k=s",
         "/x"},
        {"u:p@", "", "/chat/completions", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        struct server s = server_start(echoes);
        struct listener l = {.told = BUF_INIT(1000)};
        auto_model_answer struct model_answer a = {0};
        struct err err = ERR_INIT;
        auto_free char *host = xstrndup(s.url + 7, strcspn(s.url + 7, "/"));
        auto_free char *url =
            xasprintf("http://%s%s%s", forms[i].before, host, forms[i].after);
        auto_free char *asked = xasprintf("POST %s HTTP", forms[i].asked);
        auto_free char *told =
            xasprintf("at http://%s%s answered 404", host, forms[i].told);

        assert_int_equal(ask_at(url, &l, 4000, &a, &err), -1);
        server_stop(&s);
        if (strstr(err.msg, asked) == NULL || strstr(err.msg, told) == NULL)
            fail_msg("%s: %s", url, err.msg);
        buf_release(&l.told);
    }
}

static void
answers_in_spite_of_trouble(void **state)
{
    static script *const scripts[] = {good,        busy_twice, breaks_first,
                                      blank_first, old_server, stops_oddly,
                                      validates};

    (void)state;
    for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
        struct server s = server_start(scripts[i]);
        struct listener l = {.told = BUF_INIT(1000)};
        auto_model_answer struct model_answer a = {0};
        struct err err = ERR_INIT;
        int rc = ask(&s, &l, 10000, &a, &err);

        server_stop(&s);
        if (rc == -1)
            fail_msg("script %zu: %s", i, err.msg);
        assert_string_equal(a.line, "Deep house");
        assert_string_equal(buf_str(&l.told), a.line);
        assert_string_equal(a.model, "m-2");
        buf_release(&l.told);
    }
    request_forget();
}

static void
each_failure_has_its_answer(void **state)
{
    static const struct {
        script *fn;
        enum err_code code;
        const char *told;
    } cases[] = {
        {always_busy, ERR_MODEL_RATE_LIMITED, ""},
        {no_money, ERR_MODEL_QUOTA, ""},
        {wrong_key, ERR_MODEL_AUTH, ""},
        {refuses, ERR_MODEL_REFUSED, ""},
        {filters, ERR_MODEL_REFUSED, "De"},
        {cuts, ERR_MODEL_TRUNCATED, "De"},
        {ends_early, ERR_MODEL, "De"},
        {fails_within, ERR_MODEL, "De"},
        {is_html, ERR_MODEL, ""},
        {says_nothing, ERR_MODEL_TIMEOUT, ""},
        {never_ends, ERR_MODEL, NULL},
        {too_much, ERR_MODEL_TOO_LONG, ""},
        {only_talks, ERR_MODEL_NO_CAPTION, ""},
        {says_why, ERR_MODEL, ""},
        {one_long_line, ERR_MODEL, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct server s = server_start(cases[i].fn);
        struct listener l = {.told = BUF_INIT(100000)};
        auto_model_answer struct model_answer a = {0};
        struct err err = ERR_INIT;
        int rc = ask(&s, &l, 4000, &a, &err);

        server_stop(&s);
        if (rc != -1 || err.code != cases[i].code)
            fail_msg("case %zu: %d, code %d: %s", i, rc, err.code, err.msg);
        assert_null(strstr(err.msg, "sesame"));
        if (cases[i].told != NULL)
            assert_string_equal(buf_str(&l.told), cases[i].told);
        assert_int_equal(err.retry_after,
                         err.code == ERR_MODEL_RATE_LIMITED ? 7 : 0);
        if (cases[i].fn == says_why) { /* the user sees the reason, and the
                                        * server */
            assert_non_null(strstr(err_detail(&err), "no model m-1"));
            assert_non_null(strstr(err_detail(&err), "http://127.0.0.1:"));
        }
        buf_release(&l.told);
    }
}

static void
nobody_waiting_ends_it(void **state)
{
    static script *const scripts[] = {says_nothing, always_busy};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct server s = server_start(scripts[i]);
        struct listener l = {.told = BUF_INIT(100),
                             .gone_at = clock_mono_ms() + 200};
        auto_model_answer struct model_answer a = {0};
        struct err err = ERR_INIT;

        assert_int_equal(ask(&s, &l, 60000, &a, &err), -1);
        server_stop(&s);
        assert_int_equal(err.code, ERR_CLIENT_GONE);
        assert_true(clock_mono_ms() - l.gone_at < 800);
        buf_release(&l.told);
    }
}

/* ---- the whole: contradictions, cuts, both kept ---- */

static void
wrong_then_right(int fd, const char *request, int nth)
{
    (void)nth;
    if (strstr(request, "contradicts the set") != NULL &&
        strstr(request, "128 BPM") != NULL)
        answer(fd, CHUNK("{\\\"description\\\":\\\"House, 124 BPM\\\"}")
                       FINISH("stop"));
    else
        answer(fd, CHUNK("{\\\"description\\\":\\\"House, 128 BPM\\\"}")
                       FINISH("stop"));
}

static void
wrong_then_broken(int fd, const char *request, int nth)
{
    (void)nth;
    if (strstr(request, "contradicts the set") != NULL)
        problem(fd, "401 No", "", "\"message\":\"x\"");
    else
        answer(fd, CHUNK("House, 128 BPM") FINISH("stop"));
}

static void
cut_then_whole(int fd, const char *request, int nth)
{
    (void)nth;
    if (strstr(request, ":4000") != NULL)
        answer(fd, CHUNK("House, 124 BPM") FINISH("stop"));
    else
        answer(fd, CHUNK("Hou") FINISH("length"));
}

/* Talk, then a caption once the model is told what was wrong. */
static void
talks_then_writes(int fd, const char *request, int nth)
{
    (void)nth;
    if (strstr(request, "is not a caption: it talks") != NULL)
        answer(fd, CHUNK("{\\\"caption\\\":\\\"House, 124 BPM\\\"}")
                       FINISH("stop"));
    else
        answer(fd, CHUNK("Sure, a house track.") FINISH("stop"));
}

/* Too long, then wrong, then right: the shortened question is asked twice. */
static void
long_then_wrong(int fd, const char *request, int nth)
{
    if (++seen == 1)
        too_much(fd, request, nth);
    else
        wrong_then_right(fd, request, nth);
}

struct story {
    struct buf told; /* since the last restart */
    int restarts, made;
};

static int
story_delta(void *ctx, const char *text, struct err *err)
{
    (void)err;
    return buf_add_str(&((struct story *)ctx)->told, text);
}

static int
story_restart(void *ctx, const char *reason, struct err *err)
{
    struct story *st = ctx;

    (void)reason;
    (void)err;
    st->restarts++;
    buf_clear(&st->told);
    return 0;
}

static int
story_made(void *ctx, struct caption *c, struct err *err)
{
    struct story *st = ctx;

    (void)err;
    free(c->id);
    c->id = xasprintf("%d", ++st->made);
    return 0;
}

static void
tell_story(script *fn, struct story *st, struct caption *c)
{
    struct server s = server_start(fn);
    auto_caption_ask struct caption_ask asked = {0};
    auto_json json_object *schema = json_object_new_object();
    auto_json json_object *summary = json_object_new_object();
    char url[80];
    struct conf conf = {.openai_url = url,
                        .openai_model = (char *)"m-1",
                        .model_timeout = 10,
                        .model_stall = 5,
                        .caption_prompt = (char *)"auto",
                        .context_tokens = 6000};
    struct caption_hooks hooks = {.delta = story_delta,
                                  .restart = story_restart,
                                  .made = story_made,
                                  .ctx = st};
    struct err err = ERR_INIT;
    int rc;

    (void)snprintf(url, sizeof(url), "%.*s",
                   (int)(strstr(s.url, "/path") - s.url), s.url);
    json_add_num(summary, "tempo", 124);
    *st = (struct story){.told = BUF_INIT(1000)};
    caption_ask_init(&asked, &conf, schema, summary, NULL, "seed");
    rc = caption_write(&conf, &asked, &hooks, c, &err);
    server_stop(&s);
    if (rc == -1)
        fail_msg("%s", err.msg);
    assert_string_equal(buf_str(&st->told), c->prompt);
    buf_release(&st->told);
}

static void
a_contradiction_is_asked_again(void **state)
{
    struct story st;
    auto_caption struct caption right = {0};
    auto_caption struct caption shorter = {0};
    auto_caption struct caption kept = {0};
    auto_caption struct caption whole = {0};
    auto_caption struct caption quiet = {0};

    (void)state;
    tell_story(wrong_then_right, &st, &right);
    assert_string_equal(right.prompt, "House, 124 BPM");
    assert_string_equal(right.id, "2");
    assert_int_equal(st.made, 2);
    assert_int_equal(st.restarts, 1);
    assert_int_equal(json_object_array_length(right.warnings), 0);

    tell_story(long_then_wrong, &st, &shorter);
    assert_string_equal(shorter.prompt, "House, 124 BPM");
    assert_int_equal(st.restarts, 1);

    tell_story(wrong_then_broken, &st, &kept);
    assert_string_equal(kept.prompt, "House, 128 BPM");
    assert_string_equal(kept.id, "1");
    assert_int_equal(st.restarts, 2);
    assert_int_equal(json_object_array_length(kept.warnings), 1);

    tell_story(cut_then_whole, &st, &whole);
    assert_string_equal(whole.prompt, "House, 124 BPM");
    assert_int_equal(st.restarts, 1);
    assert_int_equal(st.made, 1);

    tell_story(talks_then_writes, &st, &quiet);
    assert_string_equal(quiet.prompt, "House, 124 BPM");
    assert_int_equal(st.restarts, 1);
    assert_int_equal(st.made, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_in_spite_of_trouble),
        cmocka_unit_test(addresses_of_every_form),
        cmocka_unit_test(each_failure_has_its_answer),
        cmocka_unit_test(nobody_waiting_ends_it),
        cmocka_unit_test(a_contradiction_is_asked_again),
    };

    return cmocka_run_group_tests_name("caption/model", tests, NULL, NULL);
}
