/*
 * One request at a time over libcurl's multi interface: curl_easy_perform
 * would wait up to a second before it notices a cancellation, and it cannot
 * be told of a stall that is shorter than its own clock. See http.h.
 *
 * Long, since the callbacks and limits of a transfer share one state.
 */
#include "net/http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/trust.h"

/* From a write callback: any count but the one it was given ends the transfer,
 * and libcurl has a name for one only since 7.87 (Ubuntu 22.04 has 7.81). */
#define WRITE_FAILED SIZE_MAX

enum {
    CONNECT_MS = 10000,
    POLL_MS = 200, /* so often `cancel` is asked */
    MAX_ANSWER = 1 << 20,
    RETRY_AFTER_MAX_MS = 24 * 3600 * 1000,
};

struct http {
    CURL *easy;
    CURLM *multi; /* owns the connections that are kept alive */
};

struct exchange { /* one http_do on its way */
    struct http *h;
    const struct http_req *rq;
    struct http_resp *resp;
    size_t max;
    int64_t moved; /* when a byte last came or went, monotonic */
    curl_off_t seen;
    char error[CURL_ERROR_SIZE];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
start_library(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort(); /* only out of memory or a broken TLS library */
    /* A TLS peer that closes would otherwise end the process: OpenSSL writes
     * by write(2), and CURLOPT_NOSIGNAL leaves the signal to us. */
    (void)signal(SIGPIPE, SIG_IGN);
}

struct http *
http_open(void)
{
    struct http *h = xcalloc(1, sizeof(*h));

    (void)pthread_once(&once, start_library);
    h->easy = curl_easy_init();
    h->multi = curl_multi_init();
    if (h->easy == NULL || h->multi == NULL)
        abort(); /* out of memory, as in base/mem */
    (void)curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, 2L);
    return h;
}

void
http_close(struct http *h)
{
    if (h == NULL)
        return;
    curl_easy_cleanup(h->easy);
    (void)curl_multi_cleanup(h->multi);
    free(h);
}

void
http_resp_release(struct http_resp *resp)
{
    buf_release(&resp->body);
    *resp = (struct http_resp){0};
}

/* ---- the answer's head ---- */

static void
resp_reset(struct http_resp *resp)
{
    http_resp_release(resp);
    resp->upload_offset = -1;
    resp->content_length = -1;
    resp->retry_after_ms = -1;
}

/* The value of a header line when it is `name`'s; NULL otherwise. */
static const char *
value_of(const char *line, const char *name)
{
    size_t n = strlen(name);

    if (strncasecmp(line, name, n) != 0 || line[n] != ':')
        return NULL;
    line += n + 1;
    return line + strspn(line, " \t");
}

static void
keep_text(const char *line, const char *name, char *ret, size_t size)
{
    const char *value = value_of(line, name);
    size_t n;

    if (value == NULL)
        return;
    n = strlen(value);
    if (n >= size)
        n = 0; /* rather none than half of one */
    memcpy(ret, value, n);
    ret[n] = '\0';
}

/* -1 where the text is no whole number from 0 on. */
static int64_t
whole(const char *text)
{
    char *end;
    long long n = strtoll(text, &end, 10);

    return end == text || *end != '\0' || n < 0 ? -1 : (int64_t)n;
}

static void
keep_number(const char *line, const char *name, int64_t *ret)
{
    const char *value = value_of(line, name);

    if (value != NULL && whole(value) >= 0)
        *ret = whole(value);
}

/* Retry-After is a number of seconds or a date (RFC 9110, 10.2.3); the
 * non-standard retry-after-ms is more exact and so wins. */
static void
keep_retry_after(const char *line, struct http_resp *resp)
{
    const char *value = value_of(line, "retry-after-ms");
    int64_t ms = -1;

    if (value != NULL) {
        double n = strtod(value, NULL);

        if (n >= 0 && n <= RETRY_AFTER_MAX_MS)
            resp->retry_after_ms = (int64_t)n;
        return;
    }
    value = value_of(line, "Retry-After");
    if (value == NULL || resp->retry_after_ms >= 0)
        return;
    if (whole(value) >= 0)
        ms = whole(value) > RETRY_AFTER_MAX_MS / 1000 ? RETRY_AFTER_MAX_MS
                                                      : whole(value) * 1000;
    else if (curl_getdate(value, NULL) >= 0)
        ms = (int64_t)curl_getdate(value, NULL) * 1000 - clock_now_ms();
    else
        return;
    resp->retry_after_ms = ms < 0 ? 0 : ms;
}

static size_t
on_header(char *data, size_t one, size_t len, void *ctx)
{
    struct exchange *x = ctx;
    char line[1024];
    size_t n = len * one;

    if (n >= sizeof(line))
        return n;
    memcpy(line, data, n);
    while (n > 0 && strchr("\r\n \t", line[n - 1]) != NULL)
        n--;
    line[n] = '\0';
    if (strncmp(line, "HTTP/", 5) == 0) { /* also after a 1xx */
        resp_reset(x->resp);
        x->resp->body = BUF_INIT(x->max);
    }
    keep_text(line, "Content-Type", x->resp->type, sizeof(x->resp->type));
    keep_text(line, "Location", x->resp->location, sizeof(x->resp->location));
    keep_text(line, "ETag", x->resp->etag, sizeof(x->resp->etag));
    keep_number(line, "Upload-Offset", &x->resp->upload_offset);
    keep_number(line, "Content-Length", &x->resp->content_length);
    keep_retry_after(line, x->resp);
    return len * one;
}

/* ---- bodies ---- */

static void
learn_status(struct exchange *x)
{
    long status = 0;

    (void)curl_easy_getinfo(x->h->easy, CURLINFO_RESPONSE_CODE, &status);
    x->resp->status = (int)status;
}

static size_t
on_body(char *data, size_t one, size_t len, void *ctx)
{
    struct exchange *x = ctx;
    size_t n = len * one;

    learn_status(x);
    x->resp->received += (int64_t)n;
    if (x->resp->received > (int64_t)x->max) {
        x->resp->fault = HTTP_TOO_LARGE;
        return WRITE_FAILED;
    }
    if (x->rq->write == NULL) {
        (void)buf_add(&x->resp->body, data, n); /* max was checked above */
        return n;
    }
    if (x->rq->write(x->rq->ctx, x->resp->status, data, n) == -1) {
        x->resp->fault = HTTP_CANCELED;
        return WRITE_FAILED;
    }
    return n;
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

/* ---- the request ---- */

static bool
names_header(const struct http_req *rq, const char *name)
{
    for (const char *const *h = rq->headers; h != NULL && *h != NULL; h++)
        if (value_of(*h, name) != NULL)
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

/* The caller's headers, without the two that libcurl adds by itself:
 * `Expect: 100-continue` costs a round trip or a second, and no form is sent
 * from here. */
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

AUTO_DEFINE(auto_slist_p, struct curl_slist *, curl_slist_free_all)

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
        SET(UPLOAD_BUFFERSIZE, 256L * 1024);
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
set_options(CURL *c, struct exchange *x, struct curl_slist *headers)
{
    const struct http_req *rq = x->rq;

    curl_easy_reset(c); /* keeps the connections */
    SET(URL, rq->url);
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
    /* A handle has one request at a time: HTTP/2 would buy nothing and cost
     * its tables in every worker. */
    SET(HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    /* Most answers are small or come in small pieces. */
    SET(BUFFERSIZE, x->max > MAX_ANSWER ? 128L * 1024 : 4L * 1024);
    SET(TCP_KEEPALIVE, 1L);
    SET(CONNECTTIMEOUT_MS,
        (long)(rq->connect_ms != 0 ? rq->connect_ms : CONNECT_MS));
    SET(TIMEOUT_MS, (long)rq->total_ms);
    SET(HTTPHEADER, headers);
    SET(HEADERFUNCTION, on_header);
    SET(HEADERDATA, x);
    SET(WRITEFUNCTION, on_body);
    SET(WRITEDATA, x);
    SET(NOPROGRESS, 0L);
    SET(XFERINFOFUNCTION, on_progress);
    SET(XFERINFODATA, x);
    SET(ERRORBUFFER, x->error);
    set_body(c, x);
}

/* ---- the exchange ---- */

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

/* Whether to go on waiting. */
static bool
still_wanted(struct exchange *x)
{
    const struct http_req *rq = x->rq;

    if (rq->cancel != NULL && rq->cancel(rq->ctx)) {
        x->resp->fault = HTTP_CANCELED;
        return false;
    }
    if (rq->stall_ms > 0 && clock_mono_ms() - x->moved > rq->stall_ms) {
        x->resp->fault = HTTP_TIMEOUT;
        return false;
    }
    return true;
}

/* Drive the transfer; libcurl's verdict, or the fault that ended it first. */
static CURLcode
drive(struct exchange *x)
{
    CURLM *m = x->h->multi;
    CURLMsg *msg;
    int running = 1;
    int queued;

    for (;;) {
        if (curl_multi_perform(m, &running) != CURLM_OK)
            return CURLE_FAILED_INIT;
        if (running == 0)
            break;
        if (!still_wanted(x))
            return CURLE_ABORTED_BY_CALLBACK;
        if (curl_multi_poll(m, NULL, 0, POLL_MS, NULL) != CURLM_OK)
            return CURLE_FAILED_INIT;
    }
    while ((msg = curl_multi_info_read(m, &queued)) != NULL)
        if (msg->msg == CURLMSG_DONE)
            return msg->data.result;
    return CURLE_FAILED_INIT;
}

static int
fail(const struct exchange *x, CURLcode code, struct err *err)
{
    const char *why = x->error[0] != '\0' ? x->error : curl_easy_strerror(code);

    switch (x->resp->fault) {
    case HTTP_CANCELED:
        why = "canceled";
        break;
    case HTTP_TOO_LARGE:
        why = "the answer is too large";
        break;
    case HTTP_TIMEOUT:
        if (x->error[0] == '\0')
            why = "no byte for too long";
        break;
    default:
        break;
    }
    return err_set(err, ERR_INTERNAL, "outgoing request: %s", why);
}

int
http_do(struct http *h, const struct http_req *rq, struct http_resp *resp,
        struct err *err)
{
    auto_cleanup(auto_slist_p) struct curl_slist *headers = header_list(rq);
    struct exchange x = {
        .h = h,
        .rq = rq,
        .resp = resp,
        .max = rq->max != 0 ? rq->max : MAX_ANSWER,
        .moved = clock_mono_ms(),
    };
    CURLcode code;

    resp_reset(resp);
    resp->body = BUF_INIT(x.max);
    set_options(h->easy, &x, headers);
    if (curl_multi_add_handle(h->multi, h->easy) != CURLM_OK)
        abort(); /* the handle is free here: only out of memory is left */
    code = drive(&x);
    learn_status(&x);
    (void)curl_multi_remove_handle(h->multi, h->easy);
    /* What points into this frame must not outlive it. */
    curl_easy_reset(h->easy);

    if (code == CURLE_OK)
        return 0;
    if (resp->fault == HTTP_OK)
        resp->fault = fault_of(code);
    return fail(&x, code, err);
}
