/* A source that gives memory in pieces, and a sink that keeps it. */
#ifndef TESTS_INGEST_FEED_H
#define TESTS_INGEST_FEED_H

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "ingest/ingest.h"

struct feed {
    const char *data;
    size_t len;
    size_t pos;
    size_t first; /* bytes of the first read; 0: as step */
    size_t step;  /* bytes of each other read; 0: all that is asked for */
    bool gone;    /* fail at the end instead of ending */
    struct buf out;
    size_t out_max; /* the sink fails past this; 0: never */
};

static ssize_t
feed_read(void *ctx, void *buf, size_t size, struct err *err)
{
    struct feed *f = ctx;
    size_t n = f->len - f->pos;
    size_t step = f->pos == 0 && f->first > 0 ? f->first : f->step;

    if (n == 0 && f->gone)
        return err_set(err, ERR_CLIENT_GONE, "gone");
    if (step > 0 && n > step)
        n = step;
    if (n > size)
        n = size;
    memcpy(buf, f->data + f->pos, n);
    f->pos += n;
    return (ssize_t)n;
}

static int
feed_write(void *ctx, const void *data, size_t len, struct err *err)
{
    struct feed *f = ctx;

    if (f->out_max > 0 && f->out.len + len > f->out_max)
        return err_set(err, ERR_DISK_FULL, "full");
    if (buf_add(&f->out, data, len) == -1)
        return err_set(err, ERR_INTERNAL, "the test's buffer is too small");
    return 0;
}

static inline struct feed
feed_of(const char *data, size_t len)
{
    return (struct feed){
        .data = data, .len = len, .out = BUF_INIT((size_t)512 << 20)};
}

#endif
