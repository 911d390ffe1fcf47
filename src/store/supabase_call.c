/* Requests to Supabase Storage: headers, retries. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/supabase.h"

enum {
    FIRST_WAIT_MS = 200,
    LONGEST_WAIT_MS = 5000,
};

/* ---- one try ---- */

char *
supabase_url(const struct supabase *s, const char *route, const char *path)
{
    return xasprintf("%s/%s/%s/%s", s->base, route, s->bucket, path);
}

void
supabase_headers(const struct supabase *s, const struct supabase_call *call,
                 const char *ret[SUPABASE_HEADERS + 4])
{
    size_t n = 0;

    ret[n++] = s->apikey;
    if (s->bearer != NULL)
        ret[n++] = s->bearer;
    for (size_t i = 0; call->headers[i] != NULL; i++)
        ret[n++] = call->headers[i];
    ret[n] = NULL;
}

struct file_body {
    int fd;
    int64_t at;
    int64_t left;
};

/* A file that became shorter cancels the request. */
static ssize_t
read_file(void *ctx, void *buf, size_t size)
{
    struct file_body *b = ctx;
    size_t want = (int64_t)size < b->left ? size : (size_t)b->left;
    ssize_t n;

    if (want == 0)
        return 0;
    do
        n = pread(b->fd, buf, want, b->at);
    while (n == -1 && errno == EINTR);
    if (n <= 0)
        return -1;
    b->at += n;
    b->left -= n;
    return n;
}

enum outcome
supabase_try(const struct supabase *s, const struct supabase_call *call,
             struct http_resp *resp, struct err *err)
{
    const char *headers[SUPABASE_HEADERS + 4];
    struct file_body file = {call->fd, call->at, call->len};
    struct http_req rq = {
        .method = call->method,
        .url = call->url,
        .headers = headers,
        .body = call->body,
        .body_len = call->len,
        .read = call->body == NULL && call->len > 0 ? read_file : NULL,
        .ctx = &file,
        .total_ms = call->total_ms,
        .stall_ms = SUPABASE_STALL_MS,
        .least = SUPABASE_LEAST,
    };
    struct err why = ERR_INIT;

    supabase_headers(s, call, headers);
    if (http_do(&rq, resp, &why) == -1)
        return supabase_silence(resp, &why, err);
    if (resp->status >= 200 && resp->status < 300)
        return CALL_DONE;
    return supabase_fault(s, resp, err);
}

/* ---- patience ---- */

struct patience
supabase_patience(int budget_ms)
{
    return (struct patience){.first_ms = FIRST_WAIT_MS,
                             .longest_ms = LONGEST_WAIT_MS,
                             .spread = 50,
                             .at_least = true,
                             .budget_ms = budget_ms};
}

bool
supabase_again(struct patience *p, int64_t retry_after_ms, struct err *err)
{
    int64_t ms = patience_ms(p, retry_after_ms);

    if (ms == -1)
        return false;
    log_warn("storage: %s; trying again", err->msg);
    err_clear(err);
    return patience_pause(ms, NULL, NULL);
}

static int
do_within(struct supabase *s, int budget_ms, const struct supabase_call *call,
          struct http_resp *resp, struct err *err)
{
    struct patience patience = supabase_patience(budget_ms);
    enum outcome how;

    patience.began = clock_mono_ms();
    do
        how = supabase_try(s, call, resp, err);
    while ((how == CALL_AGAIN || how == CALL_LOST) &&
           supabase_again(&patience, resp->retry_after_ms, err));
    return how == CALL_DONE ? 0 : -1;
}

int
supabase_do(struct supabase *s, const struct supabase_call *call,
            struct http_resp *resp, struct err *err)
{
    return do_within(s, SUPABASE_SHORT_MS, call, resp, err);
}

int
supabase_do_long(struct supabase *s, const struct supabase_call *call,
                 struct http_resp *resp, struct err *err)
{
    return do_within(s, SUPABASE_LONG_MS, call, resp, err);
}

int
supabase_json(struct supabase *s, const char *method, const char *url,
              json_object *body, json_object **ret, struct err *err)
{
    auto_http_resp struct http_resp resp = {0};
    const char *text = body != NULL ? json_out(body) : NULL;
    struct supabase_call call = {.method = method,
                                 .url = url,
                                 .body = text,
                                 .len =
                                     text != NULL ? (int64_t)strlen(text) : 0};
    struct err why = ERR_INIT;

    if (text != NULL)
        call.headers[0] = "Content-Type: application/json";
    if (supabase_do(s, &call, &resp, err) == -1)
        return -1;
    *ret = json_parse_object(buf_str(&resp.body), resp.body.len, &why);
    if (*ret == NULL)
        return err_set(err, ERR_STORAGE, "Supabase's answer is no JSON: %s",
                       why.msg);
    return 0;
}
