/*
 * One transfer on a handle: what http.c (which collects the answer or pushes
 * it to a callback) and pull.c (whose reader takes the answer) have in common.
 * Only net/ includes it.
 */
#ifndef NET_EXCHANGE_H
#define NET_EXCHANGE_H

#include <curl/curl.h>

#include "net/http.h"
#include "net/handles.h"

/* Returned from a write callback: any count but the given one ends the
 * transfer. libcurl has a name for it only since 7.87 (Ubuntu 22.04 has
 * 7.81). */
#define WRITE_FAILED SIZE_MAX

struct exchange {
    struct http *h; /* from the pool until the end */
    const struct http_req *rq;
    struct http_resp *resp;
    int64_t moved; /* when a byte was last received or sent, monotonic */
    int64_t began; /* the start of the transfer, moved later by the time a
                    * reader took */
    curl_off_t seen;
    struct curl_slist *headers;
    bool running;  /* on the multi handle and not finished */
    CURLcode code; /* libcurl's verdict, once it has finished */
    char error[CURL_ERROR_SIZE];
};

/* Put the request on a handle. The exchange must not move until it ends; rq and
 * resp must outlive it. on_body is libcurl's write callback; buffer is roughly
 * the most bytes that it gets at once. */
void exchange_begin(struct exchange *x, const struct http_req *rq,
                    struct http_resp *resp, curl_write_callback on_body,
                    void *ctx, long buffer);
/* Let it proceed; waits briefly for the network if there is nothing to do.
 * False once it has ended: complete, broken or canceled. */
bool exchange_step(struct exchange *x);
/* For a body callback: note the status and the bytes. */
void exchange_received(struct exchange *x, size_t n);
/* Take it off the handle, finished or not, and give the handle back; harmless
 * again. */
void exchange_end(struct exchange *x);
/* After its end: 0 if everything arrived, else -1 with err and resp->fault. */
int exchange_verdict(struct exchange *x, struct err *err);

#endif
