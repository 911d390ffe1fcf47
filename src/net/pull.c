/*
 * Pausing uses libcurl's pause: libcurl takes a piece back and delivers it
 * again later. See pull.h.
 */
#include "net/pull.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/exchange.h"

#define PIECE_MAX (128L * 1024) /* what libcurl gives at once, about */
#define REST_MAX (16 << 20)     /* never reached: it pauses far below */

struct http_pull {
    struct exchange x;
    struct http_req rq;
    char *out;       /* the reader's buffer, while it waits */
    size_t room;     /* in out */
    struct buf rest; /* what did not fit into its reader's buffer */
    size_t at;       /* how much of that has been read since */
    bool paused;
    int64_t left; /* when the reader last got what it wanted, monotonic */
};

/* Move buffered data to the reader. */
static size_t
take_rest(struct http_pull *p, char *buf, size_t size)
{
    size_t left = p->rest.len - p->at;
    size_t n = left < size ? left : size;

    if (n > 0)
        memcpy(buf, p->rest.data + p->at, n);
    p->at += n;
    if (p->at == p->rest.len) {
        buf_clear(&p->rest);
        p->at = 0;
    }
    return n;
}

static size_t
on_piece(char *data, size_t one, size_t len, void *ctx)
{
    struct http_pull *p = ctx;
    size_t n = one * len;
    size_t now = n < p->room ? n : p->room;

    if (p->rest.len > 0) {
        p->paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    exchange_received(&p->x, n);
    if (now > 0)
        memcpy(p->out, data, now);
    p->out += now;
    p->room -= now;
    return buf_add(&p->rest, data + now, n - now) == 0 ? n : WRITE_FAILED;
}

static bool
step(struct http_pull *p)
{
    int64_t had = p->x.resp->received;

    if (p->paused && p->x.running) {
        p->paused = false;
        (void)curl_easy_pause(p->x.h->easy, CURLPAUSE_CONT);
        if (p->x.resp->received != had)
            return true; /* it returned immediately what it had kept */
    }
    return exchange_step(&p->x);
}

struct http_pull *
http_pull_open(const struct http_req *rq, struct http_resp *resp,
               struct err *err)
{
    auto_http_pull struct http_pull *p = xcalloc(1, sizeof(*p));

    p->rq = *rq;
    p->rest = BUF_INIT(REST_MAX);
    exchange_begin(&p->x, &p->rq, resp, on_piece, p, PIECE_MAX);
    /* A head without a body ends the transfer. */
    while (resp->received == 0 && step(p))
        continue;
    p->left = clock_mono_ms();
    if (p->x.running || resp->received > 0)
        return steal(&p);
    exchange_end(&p->x);
    return exchange_verdict(&p->x, err) == 0 ? steal(&p) : NULL;
}

ssize_t
http_pull(struct http_pull *p, void *buf, size_t size, struct err *err)
{
    size_t n = take_rest(p, buf, size);

    if (n > 0 || size == 0)
        return (ssize_t)n;
    p->out = buf;
    p->room = size;
    /* The reader's own time does not count. */
    p->x.began += clock_mono_ms() - p->left;
    p->x.moved += clock_mono_ms() - p->left;
    while (p->room == size && step(p))
        continue;
    p->left = clock_mono_ms();
    n = size - p->room;
    p->out = NULL;
    p->room = 0;
    if (n > 0)
        return (ssize_t)n;
    exchange_end(&p->x);
    return exchange_verdict(&p->x, err);
}

void
http_pull_close(struct http_pull *p)
{
    if (p == NULL)
        return;
    exchange_end(&p->x);
    buf_release(&p->rest);
    free(p);
}
