/* One request whose answer is collected or passed on as it comes; see
 * http.h. */
#include "net/http.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/mem.h"
#include "net/exchange.h"

enum { MAX_ANSWER = 1 << 20 };

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
start_library(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort(); /* only if memory is exhausted or the TLS library is broken */
    /* A TLS peer that closes would otherwise end the process: OpenSSL uses
     * write(2), and CURLOPT_NOSIGNAL leaves the signal to us. */
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
    buf_release(&resp->head);
    *resp = (struct http_resp){0};
}

static size_t
max_of(const struct http_req *rq)
{
    return rq->max != 0 ? rq->max : MAX_ANSWER;
}

static size_t
on_body(char *data, size_t one, size_t len, void *ctx)
{
    struct exchange *x = ctx;
    struct http_resp *resp = x->resp;
    size_t n = len * one;

    exchange_received(x, n);
    if (resp->received > (int64_t)max_of(x->rq)) {
        resp->fault = HTTP_TOO_LARGE;
        return WRITE_FAILED;
    }
    if (x->rq->write == NULL) {
        (void)buf_add(&resp->body, data, n); /* max was checked above */
        return n;
    }
    if (x->rq->write(x->rq->ctx, resp->status, data, n) == -1) {
        resp->fault = HTTP_CANCELED;
        return WRITE_FAILED;
    }
    return n;
}

int
http_do(struct http *h, const struct http_req *rq, struct http_resp *resp,
        struct err *err)
{
    struct exchange x;

    http_resp_release(resp);
    resp->body = BUF_INIT(max_of(rq));
    /* Most answers are small or come in small pieces. */
    exchange_begin(&x, h, rq, resp, on_body, &x,
                   max_of(rq) > MAX_ANSWER ? 128L * 1024 : 4L * 1024);
    while (exchange_step(&x))
        continue;
    exchange_end(&x);
    return exchange_verdict(&x, err);
}
