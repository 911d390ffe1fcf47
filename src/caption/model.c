/*
 * One question to a chat completions server, tried until it is answered or
 * over; see model.h. What a try's outcome means stands in judge.c.
 */
#include "caption/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "caption/judge.h"
#include "caption/reply.h"
#include "caption/request.h"

enum {
    TRIES_MAX = 4,
    BACKOFF_MS = 500,
    BACKOFF_MAX_MS = 8000,
    NAP_MS = 100, /* so often `gone` is asked between tries */
    RETRY_AFTER_DEFAULT_SEC = 10,
    CONNECT_MS = 10000,
};

static const char default_url[] = "https://api.openai.com/v1";

struct call {
    struct http *http;
    const struct model_ask *ask;
    struct model_answer *answer;
    char *url;
    char *authorization; /* a header; NULL without a key */
    struct tally tally;
    int tries;
    int64_t wait_ms; /* that the server asked for, -1 none */
};

void
model_answer_release(struct model_answer *a)
{
    free(a->line);
    free(a->model);
    json_object_put(a->answer);
    json_object_put(a->params);
    *a = (struct model_answer){0};
}

/* ---- one try ---- */

/* A server may quote the key that it was sent. */
static void
hide_key(const struct conf *conf, char *text)
{
    size_t n = conf->openai_key != NULL ? strlen(conf->openai_key) : 0;
    char *at;

    while (n > 0 && (at = strstr(text, conf->openai_key)) != NULL)
        memset(at, '*', n);
}

static bool
is_gone(void *ctx)
{
    const struct reply *r = ctx;

    return r->hooks->gone != NULL && r->hooks->gone(r->hooks->ctx);
}

static void
keep_answer(struct call *c, const struct reply *r)
{
    struct model_answer *a = c->answer;

    a->line = line_text(&r->line);
    a->answer = line_json(&r->line);
    a->model =
        xstrdup(r->model[0] != '\0' ? r->model : c->ask->conf->openai_model);
    a->tokens_in = r->tokens_in;
    a->tokens_out = r->tokens_out;
}

static int
milliseconds(int64_t n)
{
    return n < 1 ? 1 : n > 1000000000 ? 1000000000 : (int)n;
}

static enum verdict
try_once(struct call *c, struct err *err)
{
    const struct model_ask *ask = c->ask;
    const char *headers[] = {"Content-Type: application/json",
                             "Accept: text/event-stream, application/json",
                             c->authorization, NULL};
    auto_cleanup(reply_release) struct reply r;
    auto_http_resp struct http_resp resp = {0};
    struct err transfer = ERR_INIT;
    enum verdict verdict;
    struct http_req rq = {
        .method = "POST",
        .url = c->url,
        .headers = headers,
        .write = reply_take,
        .cancel = is_gone,
        .ctx = &r,
        .connect_ms = CONNECT_MS,
        .total_ms = milliseconds(ask->deadline - clock_mono_ms()),
        .stall_ms = ask->conf->model_stall * 1000,
    };

    reply_init(&r, ask->hooks, err);
    json_object_put(c->answer->params);
    request_body(ask, &c->answer->params);
    rq.body = ask->talk->text;
    rq.body_len = (int64_t)strlen(ask->talk->text);
    if (http_do(c->http, &rq, &resp, &transfer) == 0 ||
        resp.fault == HTTP_CANCELED || r.done || resp.status / 100 > 2)
        (void)reply_close(&r, resp.status);
    if (err->code != ERR_NONE)
        return OVER; /* a hook's */
    c->wait_ms = resp.retry_after_ms;
    hide_key(ask->conf, r.message);
    verdict = judge(&c->tally, &r, &resp, err);
    if (verdict == ANSWERED)
        keep_answer(c, &r);
    return verdict;
}

/* ---- all tries ---- */

/* 0.5 s, doubled each time, less up to a quarter: many that were refused
 * together must not come back together. */
static int64_t
backoff(int tries)
{
    int64_t ms = BACKOFF_MS;
    unsigned char dice;

    for (int i = 1; i < tries && ms < BACKOFF_MAX_MS; i++)
        ms *= 2;
    id_random(&dice, 1);
    return ms - ms * dice / 1024;
}

/* Wait before the next try. -1: there is no time for it, or nobody waits. */
static int
pause_before_next(struct call *c, struct err *err)
{
    const struct model_hooks *hooks = c->ask->hooks;
    int64_t until =
        clock_mono_ms() + (c->wait_ms >= 0 ? c->wait_ms : backoff(c->tries));

    if (until >= c->ask->deadline)
        return -1;
    while (clock_mono_ms() < until) {
        int64_t left = until - clock_mono_ms();
        int64_t ms = left < NAP_MS ? left : NAP_MS;
        struct timespec nap = {0, (long)ms * 1000000};

        (void)nanosleep(&nap, NULL);
        if (hooks->gone != NULL && hooks->gone(hooks->ctx)) {
            err_clear(err);
            return err_set(err, ERR_CLIENT_GONE,
                           "nobody waits for the caption any more");
        }
    }
    return 0;
}

static int
give_up(const struct call *c, struct err *err)
{
    if (err->code == ERR_MODEL_RATE_LIMITED)
        err->retry_after = c->wait_ms > 0 ? (int)((c->wait_ms + 999) / 1000)
                                          : RETRY_AFTER_DEFAULT_SEC;
    return -1;
}

static int
try_all(struct call *c, struct err *err)
{
    for (;;) {
        enum verdict verdict = try_once(c, err);

        if (verdict == ANSWERED)
            return 0;
        if (verdict == OVER)
            return give_up(c, err);
        if (verdict == AGAIN &&
            (++c->tries >= TRIES_MAX || pause_before_next(c, err) == -1))
            return give_up(c, err);
        err_clear(err);
        if (clock_mono_ms() >= c->ask->deadline)
            return err_set(err, ERR_MODEL_TIMEOUT,
                           "the model did not answer in time");
    }
}

/* The base URL includes /v1; a slash more or less at its end is nothing. */
static char *
endpoint(const struct conf *conf)
{
    const char *base =
        conf->openai_url != NULL ? conf->openai_url : default_url;
    size_t n = strlen(base);

    while (n > 0 && base[n - 1] == '/')
        n--;
    return xasprintf("%.*s/chat/completions", (int)n, base);
}

int
model_ask(struct http *http, const struct model_ask *ask,
          struct model_answer *ret, struct err *err)
{
    auto_free char *url = endpoint(ask->conf);
    auto_free char *authorization = NULL;
    auto_model_answer struct model_answer answer = {0};
    struct call c = {.http = http, .ask = ask, .answer = &answer, .url = url};
    int64_t began = clock_mono_ms();

    if (ask->conf->openai_key != NULL) {
        authorization =
            xasprintf("Authorization: Bearer %s", ask->conf->openai_key);
        c.authorization = authorization;
    }
    if (try_all(&c, err) == -1)
        return -1;
    answer.ms = (long)(clock_mono_ms() - began);
    *ret = answer;
    answer = (struct model_answer){0};
    return 0;
}
