/*
 * Downloads, at the reader's pace. A broken connection continues where it
 * broke. The server ignores `If-Range`, so the ETag of each answer is compared
 * with the first one before any of its bytes is used.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/pull.h"
#include "store/supabase.h"

#define REFUSAL_MAX 65536 /* bytes of an error's body */
#define PROGRESS 65536    /* bytes that count as progress */

struct reader {
    struct supabase *s;
    struct http_pull *pull;
    struct http_resp resp;
    struct patience patience;
    char *url;
    char *etag;  /* of the first answer; "" without one */
    int64_t at;  /* next byte of the object */
    int64_t end; /* after the last wanted byte; -1: not known yet */
    int64_t far; /* `at` when the retries last started over */
};

void
supabase_read_close(void *reader)
{
    struct reader *r = reader;

    http_pull_close(r->pull);
    http_resp_release(&r->resp);
    free(r->etag);
    free(r->url);
    free(r);
}
AUTO_DEFINE(auto_reader_p, struct reader *, supabase_read_close)
#define auto_reader auto_cleanup(auto_reader_p)

/* The body of an answer that is not an object. */
static enum outcome
refused(struct reader *r, struct err *err)
{
    struct http_resp *resp = &r->resp;
    struct err why = ERR_INIT;
    char block[4096];
    ssize_t n;

    resp->body = BUF_INIT(REFUSAL_MAX);
    while ((n = http_pull(r->pull, block, sizeof(block), &why)) > 0)
        (void)buf_add(&resp->body, block, (size_t)n);
    if (n == -1)
        return supabase_silence(resp, &why, err);
    return supabase_fault(r->s, resp, err);
}

/* Whether the answer is what we asked for. Learns the object's end the first
 * time. */
static enum outcome
admit(struct reader *r, bool ranged, struct err *err)
{
    const struct http_resp *resp = &r->resp;
    const char *etag = http_header(resp, "ETag");

    if (resp->status != 200 && resp->status != 206)
        return refused(r, err);
    if (resp->content_length < 0 || (resp->status == 206) != ranged) {
        err_set(err, ERR_STORAGE, "Supabase sends another range than asked");
        return CALL_REFUSED;
    }
    if (r->end == -1)
        r->end = r->at + resp->content_length;
    if (r->at + resp->content_length != r->end) {
        err_set(err, ERR_STORAGE, "Supabase sends another length than before");
        return CALL_REFUSED;
    }
    if (etag == NULL)
        etag = "";
    if (r->etag[0] == '\0') {
        free(r->etag);
        r->etag = xstrdup(etag);
    }
    if (strcmp(r->etag, etag) != 0) {
        err_set(err, ERR_STORAGE, "the object was replaced while it was read");
        return CALL_REFUSED;
    }
    return CALL_DONE;
}

/* Request the rest of what is wanted. */
static enum outcome
begin(struct reader *r, struct err *err)
{
    struct supabase_call call = {.headers = {NULL}};
    const char *headers[SUPABASE_HEADERS + 4];
    struct http_req rq = {.method = "GET",
                          .url = r->url,
                          .headers = headers,
                          .stall_ms = SUPABASE_STALL_MS,
                          .least = SUPABASE_LEAST};
    auto_free char *last =
        r->end >= 0 ? xasprintf("%lld", (long long)r->end - 1) : xstrdup("");
    auto_free char *range =
        xasprintf("Range: bytes=%lld-%s", (long long)r->at, last);
    bool ranged = r->at > 0 || r->end >= 0;
    struct err why = ERR_INIT;
    enum outcome how;

    if (ranged)
        call.headers[0] = range;
    supabase_headers(r->s, &call, headers);
    r->pull = http_pull_open(&rq, &r->resp, &why);
    if (r->pull == NULL)
        return supabase_silence(&r->resp, &why, err);
    how = admit(r, ranged, err);
    if (how != CALL_DONE) {
        http_pull_close(r->pull);
        r->pull = NULL;
    }
    return how;
}

/* A lost answer to a GET is retried like any other. */
static int
begin_patiently(struct reader *r, struct err *err)
{
    enum outcome how;

    while ((how = begin(r, err)) != CALL_DONE)
        if (how == CALL_REFUSED ||
            !supabase_again(&r->patience, r->resp.retry_after_ms, err))
            return -1;
    return 0;
}

void *
supabase_read_open(void *self, const char *path, int64_t from, int64_t len,
                   int64_t *ret_size, struct err *err)
{
    auto_reader struct reader *r = xcalloc(1, sizeof(*r));

    r->s = self;
    r->url = supabase_url(self, "object/authenticated", path);
    r->etag = xstrdup("");
    r->patience = supabase_patience(SUPABASE_SHORT_MS);
    r->at = from;
    r->end = len >= 0 ? from + len : -1;
    if (begin_patiently(r, err) == -1)
        return NULL;
    *ret_size = r->end - r->at;
    return steal(&r);
}

/* Read to the answer's end too, or the connection cannot be reused. */
static void
finish(struct reader *r)
{
    struct err unheard = ERR_INIT;
    char none;

    (void)http_pull(r->pull, &none, 1, &unheard);
}

ssize_t
supabase_read(void *reader, void *buf, size_t size, struct err *err)
{
    struct reader *r = reader;

    while (r->at < r->end) {
        struct err why = ERR_INIT;
        ssize_t n = http_pull(r->pull, buf, size, &why);
        enum outcome how;

        if (n > 0) {
            r->at += n;
            if (r->at - r->far >= PROGRESS) {
                r->far = r->at;
                /* It goes on, if slowly. */
                r->patience = supabase_patience(SUPABASE_SHORT_MS);
            }
            if (r->at == r->end)
                finish(r);
            return n;
        }
        how = supabase_silence(&r->resp, &why, err);
        if (r->etag[0] == '\0')
            how = CALL_REFUSED; /* the rest might be another object's */
        http_pull_close(r->pull);
        r->pull = NULL;
        if (how == CALL_REFUSED || !supabase_again(&r->patience, -1, err) ||
            begin_patiently(r, err) == -1)
            return -1;
    }
    return 0;
}
