/*
 * The outgoing side: one HTTP request, streamed both ways. The only place that
 * calls libcurl. No redirect is followed, TLS is always verified, and headers
 * are never logged. Connections are kept for later requests of any thread.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/auto.h"
#include "base/buf.h"
#include "base/err.h"

struct http_req {
    const char *method; /* "GET", "POST", ... */
    const char *url;
    const char *const *headers; /* "Name: value", NULL at the end */
    const void *body;           /* or NULL */
    int64_t body_len;
    size_t piece; /* bytes read from it at once; 0: 256 KiB */
    /* Or the body in pieces (curl's read contract: bytes, 0 = end, -1 =
     * abort); body_len must be right. */
    ssize_t (*read)(void *ctx, void *buf, size_t size);
    /* The answer's body in pieces as it arrives; NULL collects it in
     * http_resp.body. Return -1 to cancel the transfer. Called with status
     * already known. */
    int (*write)(void *ctx, int status, const void *data, size_t len);
    /* Asked several times a second while waiting; true cancels. */
    bool (*cancel)(void *ctx);
    void *ctx;
    int connect_ms; /* 0: 10,000 */
    int total_ms;   /* 0: none */
    int stall_ms;   /* timed out after so long without a byte; 0: none */
    int least;  /* least bytes a second, sent and received, averaged over all
                 * but the first stall_ms, or it times out; 0: any */
    size_t max; /* most bytes of an answer; 0: 1 MiB */
    /* The request must not be repeated, so it gets a connection of its own: on
     * a kept one that the server closed, libcurl would send it again. */
    bool once;
};

enum http_fault { /* why there is no (complete) answer */
                  HTTP_OK = 0,
                  HTTP_UNREACHABLE, /* refused, no such host, TLS */
                  HTTP_BROKEN,      /* the connection broke in the middle */
                  HTTP_TIMEOUT,
                  HTTP_TOO_LARGE,
                  HTTP_CANCELED,
};

struct http_resp {
    int status;             /* 0 if there is no answer */
    struct buf body;        /* if there is no write callback */
    int64_t received;       /* bytes of body seen */
    struct buf head;        /* for http_header */
    int64_t content_length; /* -1 absent */
    int64_t range_total;    /* total bytes by Content-Range; -1 absent */
    int64_t retry_after_ms; /* retry-after-ms or Retry-After; -1 absent */
    enum http_fault fault;
};

/* 0 if an answer of any status arrived whole; -1 with err (ERR_INTERNAL) and
 * resp->fault otherwise. resp must be zeroed or released. */
int http_do(const struct http_req *rq, struct http_resp *resp, struct err *err);
/* A header of the answer, by its name in any case; the last one if there are
 * several. NULL if there is none (or one of over 1,000 bytes). Valid until the
 * release. */
const char *http_header(const struct http_resp *resp, const char *name);
/* The same as a whole number of 0 or more; -1 if it is not one. */
int64_t http_header_number(const struct http_resp *resp, const char *name);
void http_resp_release(struct http_resp *resp);
#define auto_http_resp auto_cleanup(http_resp_release)

#endif
