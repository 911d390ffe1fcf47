/* One request whose answer is collected or passed on as it comes; see
 * http.h. */
#include "net/http.h"

#include "net/exchange.h"

enum { MAX_ANSWER = 1 << 20 };

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
http_do(const struct http_req *rq, struct http_resp *resp, struct err *err)
{
    struct exchange x;

    http_resp_release(resp);
    resp->body = BUF_INIT(max_of(rq));
    /* Most answers are small or come in small pieces. */
    exchange_begin(&x, rq, resp, on_body, &x,
                   max_of(rq) > MAX_ANSWER ? 128L * 1024 : 4L * 1024);
    while (exchange_step(&x))
        continue;
    exchange_end(&x);
    return exchange_verdict(&x, err);
}
