/*
 * Handles that are kept between requests, with their connections, for whichever
 * thread sends the next one, to whatever host: one pool per process. A handle
 * keeps nothing of a request but connections, names and TLS sessions, and
 * libcurl itself matches these to hosts; options and headers are set anew for
 * each request, and cookies are not kept. Only net/ includes it.
 */
#ifndef NET_HANDLES_H
#define NET_HANDLES_H

#include <curl/curl.h>
#include <stddef.h>
#include <stdint.h>

struct http {
    CURL *easy;
    CURLM *multi;  /* owns the connections that are kept alive */
    int64_t given; /* when it became idle, monotonic */
};

enum {
    /* Servers close idle connections after about a minute; a connection that
     * was closed unnoticed costs a request. */
    HANDLE_IDLE_SEC = 50,
};

/* The one that was used last, or a new one. Never fails. */
struct http *handle_take(void);
/* Keep it for the next request, and close those that have been idle too long at
 * `now` (clock_mono_ms). Returns how many are idle. */
size_t handle_give(struct http *h, int64_t now);

#endif
