/*
 * What carries a request: its parameters, its body, and the way back. FastCGI
 * is one wire (fcgi.c), a test's memory is another. For web/ only.
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
    /* A CGI parameter ("REQUEST_METHOD"), valid until the request ends; NULL if
     * absent. */
    const char *(*param)(void *ctx, const char *name);
    /* Bytes of the body, 0 at its end, -1 if the peer left before the end. */
    ssize_t (*read)(void *ctx, void *buf, size_t size);
    /* Both return -1 if the peer has left. */
    int (*write)(void *ctx, const void *data, size_t len);
    int (*flush)(void *ctx);
    /* Whether the peer has left, without waiting; NULL: it never leaves. */
    bool (*gone)(void *ctx);
};

/* One request from its first check to its log line. */
void web_dispatch(struct app *app, const struct serve_conf *sc,
                  const struct wire *wire);

#endif
