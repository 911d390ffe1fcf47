/*
 * One transfer on its handle: what http.c (the answer collected or pushed to
 * a callback) and pull.c (the answer taken by its reader) have in common.
 * Only net/ includes it.
 */
#ifndef NET_EXCHANGE_H
#define NET_EXCHANGE_H

#include <curl/curl.h>

#include "net/http.h"

/* From a write callback: any count but the one it was given ends the transfer,
 * and libcurl has a name for one only since 7.87 (Ubuntu 22.04 has 7.81). */
#define WRITE_FAILED SIZE_MAX

struct http {
    CURL *easy;
    CURLM *multi; /* owns the connections that are kept alive */
};

struct exchange {
    struct http *h;
    const struct http_req *rq;
    struct http_resp *resp;
    int64_t moved; /* when a byte last came or went, monotonic */
    int64_t began; /* the same for all, less the time that a reader took */
    curl_off_t seen;
    struct curl_slist *headers;
    bool running;  /* on the multi handle, and not at its end */
    CURLcode code; /* libcurl's verdict, once it does not run */
    char error[CURL_ERROR_SIZE];
};

/* Put the request on the handle. The exchange must not move until its end;
 * rq and resp must outlive it. on_body is libcurl's write callback; buffer is
 * how many bytes it gets at most, about. */
void exchange_begin(struct exchange *x, struct http *h,
                    const struct http_req *rq, struct http_resp *resp,
                    curl_write_callback on_body, void *ctx, long buffer);
/* Let it go on, waiting for the network a little where nothing can be done.
 * False once it has ended: all came, it broke, or nobody wants it. */
bool exchange_step(struct exchange *x);
/* For a body callback: note the status and the bytes. */
void exchange_received(struct exchange *x, size_t n);
/* Take it off the handle, at its end or before; harmless where it is off. */
void exchange_end(struct exchange *x);
/* After its end: 0 where all came, else -1 with err and resp->fault. */
int exchange_verdict(struct exchange *x, struct err *err);

#endif
