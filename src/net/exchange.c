/*
 * One transfer over libcurl's multi interface. curl_easy_perform would not do:
 * it waits up to a second before it notices a cancellation, it cannot detect a
 * stall that is shorter than its own clock, and it cannot pause between two
 * pieces. See exchange.h.
 */
#include "net/exchange.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/head.h"
#include "net/trust.h"

enum {
    CONNECT_MS = 10000,
    POLL_MS = 200, /* how often `cancel` is called */
};

#define USER_AGENT "trainmode" /* some keys are refused to browsers */

static size_t
on_header(char *data, size_t one, size_t len, void *ctx)
{
    struct exchange *x = ctx;

    head_keep(x->resp, data, len * one);
    return len * one;
}

static int
on_progress(void *ctx, curl_off_t all_down, curl_off_t down, curl_off_t all_up,
            curl_off_t up)
{
    struct exchange *x = ctx;

    (void)all_down;
    (void)all_up;
    if (down + up != x->seen) {
        x->seen = down + up;
        x->moved = clock_mono_ms();
    }
    return 0;
}

static size_t
on_read(char *data, size_t one, size_t len, void *ctx)
{
    struct exchange *x = ctx;
    ssize_t n = x->rq->read(x->rq->ctx, data, len * one);

    if (n == -1) {
        x->resp->fault = HTTP_CANCELED;
        return CURL_READFUNC_ABORT;
    }
    return (size_t)n;
}

/* ---- the request ---- */

static bool
names_header(const struct http_req *rq, const char *name)
{
    for (const char *const *h = rq->headers; h != NULL && *h != NULL; h++)
        if (head_value(*h, name) != NULL)
            return true;
    return false;
}

static struct curl_slist *
push(struct curl_slist *list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(list, line);

    if (longer == NULL)
        abort(); /* out of memory, as in base/mem */
    return longer;
}

/* The caller's headers, without the two that libcurl adds by itself: `Expect:
 * 100-continue` costs a round trip or a second, and we never send a form. */
static struct curl_slist *
header_list(const struct http_req *rq)
{
    struct curl_slist *list = push(NULL, "Expect:");

    if (!names_header(rq, "Content-Type"))
        list = push(list, "Content-Type:");
    for (const char *const *h = rq->headers; h != NULL && *h != NULL; h++)
        list = push(list, *h);
    return list;
}

#define SET(option, value) (void)curl_easy_setopt(c, CURLOPT_##option, value)

static void
set_body(CURL *c, struct exchange *x)
{
    const struct http_req *rq = x->rq;
    bool may_carry = strcmp(rq->method, "GET") != 0 &&
                     strcmp(rq->method, "HEAD") != 0 &&
                     strcmp(rq->method, "DELETE") != 0;

    if (rq->read != NULL) {
        SET(UPLOAD, 1L);
        SET(INFILESIZE_LARGE, (curl_off_t)rq->body_len);
        SET(READFUNCTION, on_read);
        SET(READDATA, x);
        SET(UPLOAD_BUFFERSIZE, rq->piece != 0 ? (long)rq->piece : 256L * 1024);
    } else if (rq->body != NULL || may_carry) {
        SET(POSTFIELDS, rq->body != NULL ? rq->body : "");
        SET(POSTFIELDSIZE_LARGE, (curl_off_t)rq->body_len);
    }
    if (strcmp(rq->method, "HEAD") == 0)
        SET(NOBODY, 1L);
    else
        SET(CUSTOMREQUEST, rq->method);
}

static void
set_limits(CURL *c, const struct http_req *rq)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    SET(PROTOCOLS_STR, "http,https");
#else
    SET(PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    SET(FOLLOWLOCATION, 0L); /* a redirect is an answer like any other */
    SET(SSL_VERIFYPEER, 1L);
    SET(SSL_VERIFYHOST, 2L);
    trust_shared(c);
    SET(NOSIGNAL, 1L);
    /* A handle has one request at a time: HTTP/2 would gain nothing and cost
     * its tables in every worker. */
    SET(HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    SET(TCP_KEEPALIVE, 1L);
    SET(FRESH_CONNECT, rq->once ? 1L : 0L);
    SET(MAXAGE_CONN, (long)HANDLE_IDLE_SEC);
    SET(CONNECTTIMEOUT_MS,
        (long)(rq->connect_ms != 0 ? rq->connect_ms : CONNECT_MS));
    SET(TIMEOUT_MS, (long)rq->total_ms);
}

/* Whether the URL's host is this machine, by its name or a loopback address. */
static bool
is_here(const char *url)
{
    CURLU *u = curl_url();
    char *host = NULL;
    struct in_addr v4;
    bool here;
    size_t len;

    if (u == NULL)
        abort(); /* out of memory, as in base/mem */
    (void)curl_url_set(u, CURLUPART_URL, url, 0);
    (void)curl_url_get(u, CURLUPART_HOST, &host, 0);
    len = host != NULL ? strlen(host) : 0;
    here =
        host != NULL &&
        (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
         (len > 10 && strcasecmp(host + len - 10, ".localhost") == 0) ||
         (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127));
    curl_free(host);
    curl_url_cleanup(u);
    return here;
}

void
exchange_begin(struct exchange *x, const struct http_req *rq,
               struct http_resp *resp, curl_write_callback on_body, void *ctx,
               long buffer)
{
    struct http *h = handle_take();
    CURL *c = h->easy;

    *x = (struct exchange){.h = h,
                           .rq = rq,
                           .resp = resp,
                           .moved = clock_mono_ms(),
                           .began = clock_mono_ms(),
                           .headers = header_list(rq),
                           .running = true};
    head_reset(resp);
    curl_easy_reset(c); /* keeps the connections */
    SET(URL, rq->url);
    /* A proxy of the environment is elsewhere, and cannot reach our
     * loopback. */
    if (is_here(rq->url))
        SET(PROXY, "");
    SET(USERAGENT, USER_AGENT);
    set_limits(c, rq);
    SET(BUFFERSIZE, buffer);
    SET(HTTPHEADER, x->headers);
    SET(HEADERFUNCTION, on_header);
    SET(HEADERDATA, x);
    SET(WRITEFUNCTION, on_body);
    SET(WRITEDATA, ctx);
    SET(NOPROGRESS, 0L);
    SET(XFERINFOFUNCTION, on_progress);
    SET(XFERINFODATA, x);
    SET(ERRORBUFFER, x->error);
    set_body(c, x);
    if (curl_multi_add_handle(h->multi, c) != CURLM_OK)
        abort(); /* the handle is free here: only possible if memory is
                  * exhausted */
}

/* ---- on its way ---- */

static enum http_fault
fault_of(CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        return HTTP_OK;
    case CURLE_OPERATION_TIMEDOUT:
        return HTTP_TIMEOUT;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return HTTP_UNREACHABLE;
    default:
        return HTTP_BROKEN;
    }
}

/* An endless trickle blocks a thread just like a stall. */
static bool
is_too_slow(const struct exchange *x, int64_t now)
{
    const struct http_req *rq = x->rq;

    return (rq->stall_ms > 0 && now - x->moved > rq->stall_ms) ||
           (rq->least > 0 &&
            now - x->began > rq->stall_ms + x->seen * 1000 / rq->least);
}

/* Whether to go on waiting. */
static bool
still_wanted(struct exchange *x)
{
    const struct http_req *rq = x->rq;

    if (rq->cancel != NULL && rq->cancel(rq->ctx)) {
        x->resp->fault = HTTP_CANCELED;
        return false;
    }
    if (is_too_slow(x, clock_mono_ms())) {
        x->resp->fault = HTTP_TIMEOUT;
        return false;
    }
    return true;
}

static CURLcode
verdict_of(CURLM *m)
{
    CURLMsg *msg;
    int queued;

    while ((msg = curl_multi_info_read(m, &queued)) != NULL)
        if (msg->msg == CURLMSG_DONE)
            return msg->data.result;
    return CURLE_FAILED_INIT;
}

static bool
ended(struct exchange *x, CURLcode code)
{
    x->running = false;
    x->code = code;
    return false;
}

bool
exchange_step(struct exchange *x)
{
    CURLM *m;
    int running = 1;
    int64_t had = x->resp->received;

    if (!x->running)
        return false;
    m = x->h->multi;
    if (curl_multi_perform(m, &running) != CURLM_OK)
        return ended(x, CURLE_FAILED_INIT);
    if (running == 0)
        return ended(x, verdict_of(m));
    if (!still_wanted(x))
        return ended(x, CURLE_ABORTED_BY_CALLBACK);
    if (x->resp->received != had)
        return true; /* somebody may be waiting for exactly that */
    if (curl_multi_poll(m, NULL, 0, POLL_MS, NULL) != CURLM_OK)
        return ended(x, CURLE_FAILED_INIT);
    return true;
}

static void
learn_status(struct exchange *x)
{
    long status = 0;

    (void)curl_easy_getinfo(x->h->easy, CURLINFO_RESPONSE_CODE, &status);
    x->resp->status = (int)status;
}

void
exchange_received(struct exchange *x, size_t n)
{
    learn_status(x);
    x->resp->received += (int64_t)n;
}

void
exchange_end(struct exchange *x)
{
    if (x->h == NULL)
        return;
    learn_status(x);
    (void)curl_multi_remove_handle(x->h->multi, x->h->easy);
    /* Pointers into the exchange must not outlive it. */
    curl_easy_reset(x->h->easy);
    curl_slist_free_all(x->headers);
    (void)handle_give(x->h, clock_mono_ms());
    x->h = NULL;
}

int
exchange_verdict(struct exchange *x, struct err *err)
{
    const char *why =
        x->error[0] != '\0' ? x->error : curl_easy_strerror(x->code);

    if (x->code == CURLE_OK)
        return 0;
    if (x->resp->fault == HTTP_OK)
        x->resp->fault = fault_of(x->code);
    if (x->resp->fault == HTTP_CANCELED)
        why = "canceled";
    else if (x->resp->fault == HTTP_TOO_LARGE)
        why = "the answer is too large";
    else if (x->resp->fault == HTTP_TIMEOUT && x->error[0] == '\0')
        why = "no byte for too long";
    return err_set(err, ERR_INTERNAL, "outgoing request: %s", why);
}
