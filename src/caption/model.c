/*
 * One question to a chat completions server, retried until it is answered or
 * the time is over; see model.h. judge.c decides what the outcome of a try
 * means.
 */
#include "caption/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "caption/judge.h"
#include "caption/reply.h"
#include "caption/request.h"
#include "net/patience.h"

enum {
    TRIES_MAX = 4,
    BACKOFF_MS = 500,
    BACKOFF_MAX_MS = 8000,
    RETRY_AFTER_DEFAULT_SEC = 10,
    CONNECT_MS = 10000,
    PIECE = 16 * 1024, /* of a body with audio, held at once */
};

static const char default_url[] = "https://api.openai.com/v1";

struct call {
    const struct model_ask *ask;
    struct model_answer *answer;
    char *url;
    char *authorization; /* a header; NULL without a key */
    struct tally tally;
    struct patience patience;
    int64_t wait_ms; /* that the server asked for, -1 none */
    long text_bytes; /* of the question without its audio */
};

struct
try { /* data for the transfer's callbacks */
    struct reply r;
    struct body body;
};

void
model_answer_release(struct model_answer *a)
{
    free(a->line);
    free(a->model);
    json_object_put(a->answer);
    json_object_put(a->params);
    free(a->why_not);
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
    const struct reply *r = &((const struct try *)ctx)->r;

    return r->hooks->gone != NULL && r->hooks->gone(r->hooks->ctx);
}

static int
take(void *ctx, int status, const void *data, size_t len)
{
    return reply_take(&((struct try *)ctx)->r, status, data, len);
}

static ssize_t
give(void *ctx, void *buf, size_t size)
{
    return body_read(&((struct try *)ctx)->body, buf, size);
}

/* The body: a text, or one that is read with its clips. */
static void
fill(struct call *c, struct try *t, struct http_req *rq)
{
    const struct model_ask *ask = c->ask;

    if (!c->tally.sounds && ask->talk->marker[0] != '\0')
        talk_mute(ask->talk, c->tally.why_not);
    c->text_bytes = talk_bytes(ask->talk);
    json_object_put(c->answer->params);
    request_body(ask, c->tally.sounds, &c->answer->params);
    if (!c->tally.sounds) {
        rq->body = ask->talk->text;
        rq->body_len = (int64_t)strlen(ask->talk->text);
        return;
    }
    body_open(&t->body, ask->talk->text, ask->clips, ask->talk->marker);
    rq->read = give;
    rq->body_len = t->body.len;
    rq->piece = PIECE;
}

/* Whether it heard, according to the reported tokens of the question. */
static void
keep_heard(struct call *c, const struct reply *r)
{
    struct model_answer *a = c->answer;
    struct ear_count count = {
        .prompt_tokens = r->tokens_in,
        .audio_tokens = r->tokens_audio,
        .text_bytes = c->text_bytes,
        .audio_sec = c->tally.sounds ? clips_seconds(c->ask->clips) : 0,
    };

    a->audio_sec = count.audio_sec;
    a->heard = ear_judge(c->ask->conf, &count);
    if (a->heard == HEARD_NOT)
        a->why_not = xstrdup("the model's server dropped the audio");
    if (c->tally.why_not[0] == '\0')
        return;
    a->heard = HEARD_NOT;
    a->why_not = xstrdup(c->tally.why_not);
    if (c->tally.refused)
        ear_deafen(c->ask->conf);
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
    a->tokens_audio = r->tokens_audio;
    keep_heard(c, r);
}

static void
try_release(struct try *t)
{
    reply_release(&t->r);
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
    auto_cleanup(try_release) struct try t = {0};
    struct reply *r = &t.r;
    auto_http_resp struct http_resp resp = {0};
    struct err transfer = ERR_INIT;
    enum verdict verdict;
    struct http_req rq = {
        .method = "POST",
        .url = c->url,
        .headers = headers,
        .write = take,
        .cancel = is_gone,
        .ctx = &t,
        .connect_ms = CONNECT_MS,
        .total_ms = milliseconds(ask->deadline - clock_mono_ms()),
        .stall_ms = ask->conf->model_stall * 1000,
    };

    reply_init(r, ask->hooks, ask->windows, err);
    fill(c, &t, &rq);
    if (http_do(&rq, &resp, &transfer) == 0 || resp.fault == HTTP_CANCELED ||
        r->done || resp.status / 100 > 2)
        (void)reply_close(r, resp.status);
    if (err->code != ERR_NONE)
        return OVER; /* a hook's */
    c->wait_ms = resp.retry_after_ms;
    hide_key(ask->conf, r->message);
    verdict = judge(&c->tally, r, &resp, err);
    if (verdict != ANSWERED)
        return verdict;
    if (reply_tell(r) == -1)
        return OVER;
    keep_answer(c, r);
    return ANSWERED;
}

/* ---- all tries ---- */

static bool
nobody_waits(void *ctx)
{
    const struct model_hooks *hooks = ((const struct call *)ctx)->ask->hooks;

    return hooks->gone != NULL && hooks->gone(hooks->ctx);
}

/* Wait before the next try. -1: there is no time for it, or nobody is
 * waiting. */
static int
pause_before_next(struct call *c, struct err *err)
{
    int64_t ms = patience_ms(&c->patience, c->wait_ms);

    if (ms == -1)
        return -1;
    if (patience_pause(ms, nobody_waits, c))
        return 0;
    err_clear(err);
    return err_set(err, ERR_CLIENT_GONE,
                   "nobody waits for the caption any more");
}

static int
give_up(const struct call *c, struct err *err)
{
    if (err->code == ERR_MODEL_RATE_LIMITED)
        err->retry_after = patience_sec(c->wait_ms, RETRY_AFTER_DEFAULT_SEC);
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
        if (verdict == AGAIN && pause_before_next(c, err) == -1)
            return give_up(c, err);
        err_clear(err);
        if (clock_mono_ms() >= c->ask->deadline)
            return err_set(err, ERR_MODEL_TIMEOUT,
                           "the model did not answer in time");
    }
}

/* The length of a URL up to its query, without slashes at its end and without
 * the route itself, which many documents show as part of the address. */
static size_t
base_length(const char *url)
{
    static const char route[] = "/chat/completions";
    size_t m = strlen(route);
    size_t n = strcspn(url, "?");

    while (n > 0 && url[n - 1] == '/')
        n--;
    if (n > m && strncmp(url + n - m, route, m) == 0)
        n -= m;
    while (n > 0 && url[n - 1] == '/')
        n--;
    return n;
}

/* The base URL includes /v1; a query (?api-version=...) stays at the end. */
char *
model_url(const struct conf *conf, const char *route)
{
    const char *url = conf->openai_url != NULL ? conf->openai_url : default_url;

    return xasprintf("%.*s%s%s", (int)base_length(url), url, route,
                     url + strcspn(url, "?"));
}

/* The address in a form that is safe to show: a query may contain a key, and so
 * may the part before an @. */
static char *
address(const char *url)
{
    const char *host = strstr(url, "://") + 3;
    size_t n = base_length(url);
    const char *at = memchr(host, '@', strcspn(host, "/?"));

    if (at == NULL)
        return xstrndup(url, n);
    return xasprintf("%.*s%.*s", (int)(host - url), url,
                     (int)(url + n - (at + 1)), at + 1);
}

bool
model_is_set(const struct conf *conf)
{
    return conf->openai_key != NULL || conf->openai_url != NULL;
}

int
model_ask(const struct model_ask *ask, struct model_answer *ret,
          struct err *err)
{
    const char *base =
        ask->conf->openai_url != NULL ? ask->conf->openai_url : default_url;
    auto_free char *url = model_url(ask->conf, "/chat/completions");
    auto_free char *server = address(base);
    auto_free char *authorization = NULL;
    auto_model_answer struct model_answer answer = {0};
    struct call c = {.ask = ask,
                     .answer = &answer,
                     .url = url,
                     .tally = {.server = server,
                               .sounds = ask->clips != NULL &&
                                         ask->clips->n > 0 &&
                                         ask->talk->marker[0] != '\0'}};
    int64_t began = clock_mono_ms();

    c.patience = (struct patience){.first_ms = BACKOFF_MS,
                                   .longest_ms = BACKOFF_MAX_MS,
                                   .spread = 25,
                                   .tries_max = TRIES_MAX,
                                   .began = began,
                                   .budget_ms = ask->deadline - began - 1};
    if (ask->talk->muted != NULL)
        (void)snprintf(c.tally.why_not, sizeof(c.tally.why_not), "%s",
                       ask->talk->muted);
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
