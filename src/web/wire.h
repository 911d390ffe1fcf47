/*
 * What carries a request: its parameters, its body, the way back. FastCGI is
 * one (fcgi.c), a test's memory another. Inside web/ only.
 */
#ifndef WEB_WIRE_H
#define WEB_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct app;
struct serve_conf;

struct wire {
    void *ctx;
    /* A CGI parameter ("REQUEST_METHOD"), valid until the request's end; NULL
     * where absent. */
    const char *(*param)(void *ctx, const char *name);
    /* Bytes of the body, 0 at its end, -1 where the peer left before it. */
    ssize_t (*read)(void *ctx, void *buf, size_t size);
    /* Both -1 where the peer has left. */
    int (*write)(void *ctx, const void *data, size_t len);
    int (*flush)(void *ctx);
    /* Whether the peer has left, without waiting; NULL: it never does. */
    bool (*gone)(void *ctx);
};

/* One request from its first check to its log line. */
void web_dispatch(struct app *app, const struct serve_conf *sc,
                  const struct wire *wire);

#endif
