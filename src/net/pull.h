/*
 * An answer that its reader takes piece by piece: while nobody reads, the
 * transfer pauses, and at most about 128 kB of it are held.
 */
#ifndef NET_PULL_H
#define NET_PULL_H

#include "net/http.h"

struct http_pull;

/* Send the request (rq->write and rq->max are not used) and wait for the
 * answer's head, which is then in resp, whatever the status. resp and what rq
 * points to must outlive the pull. NULL with err and resp->fault if no answer
 * came. */
struct http_pull *http_pull_open(const struct http_req *rq,
                                 struct http_resp *resp, struct err *err);
/* Bytes; 0 at the end of a complete answer; -1 with err and resp->fault. */
ssize_t http_pull(struct http_pull *p, void *buf, size_t size, struct err *err);
/* Closing before the answer's end costs the connection. */
void http_pull_close(struct http_pull *p);
AUTO_DEFINE(auto_http_pull_p, struct http_pull *, http_pull_close)
#define auto_http_pull auto_cleanup(auto_http_pull_p)

#endif
