/*
 * What both body fuzzers check: how a body is cut into reads must not change
 * what is read from it.
 */
#ifndef TESTS_FUZZ_TWICE_H
#define TESTS_FUZZ_TWICE_H

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "ingest/ingest.h"

struct body {
    const unsigned char *data;
    size_t len, pos, step;
};

struct outcome {
    struct ingest_field fields[2];
    struct ingest_result result;
    struct err err;
    struct buf file;
    int rc;
};

static ssize_t
body_read(void *ctx, void *buf, size_t size, struct err *err)
{
    struct body *b = ctx;
    size_t n = b->len - b->pos;

    (void)err;
    if (b->step > 0 && n > b->step)
        n = b->step;
    if (n > size)
        n = size;
    memcpy(buf, b->data + b->pos, n);
    b->pos += n;
    return (ssize_t)n;
}

static int
file_write(void *ctx, const void *data, size_t len, struct err *err)
{
    (void)err;
    return buf_add(ctx, data, len);
}

typedef int ingest(const struct ingest_source *source, struct outcome *o,
                   const struct ingest_sink *sink);

static void
read_once(ingest *fn, const unsigned char *data, size_t len, size_t step,
          struct outcome *o)
{
    struct body body = {.data = data, .len = len, .step = step};
    struct ingest_source source = {body_read, &body};
    struct ingest_sink sink = {file_write, &o->file};

    *o = (struct outcome){.fields = {{.name = "artistId", .max = 36},
                                     {.name = "promptText", .max = 200}},
                          .file = BUF_INIT(1 << 20)};
    o->rc = fn(&source, o, &sink);
}

static void
hold(bool what)
{
    if (!what)
        abort();
}

static bool
same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static inline void
read_twice(ingest *fn, const unsigned char *data, size_t len, size_t step)
{
    struct outcome a;
    struct outcome b;

    read_once(fn, data, len, 0, &a);
    read_once(fn, data, len, step, &b);
    hold(a.rc == b.rc && a.err.code == b.err.code);
    hold((a.rc == 0) == (a.err.code == ERR_NONE));
    hold(strcmp(a.err.msg, b.err.msg) == 0);
    hold(a.rc == -1 || (a.file.len == b.file.len &&
                        a.result.file_bytes == (int64_t)a.file.len));
    hold(a.rc == -1 || a.file.len == 0 ||
         memcmp(a.file.data, b.file.data, a.file.len) == 0);
    hold(same_text(a.result.file_name, b.result.file_name));
    hold(same_text(a.result.file_type, b.result.file_type));
    for (int i = 0; i < 2; i++) {
        const char *value = a.fields[i].value;

        hold(same_text(value, b.fields[i].value));
        hold(value == NULL || (a.rc == 0 && strlen(value) <= a.fields[i].max &&
                               text_valid(value, strlen(value))));
    }
    ingest_fields_release(a.fields, 2);
    ingest_fields_release(b.fields, 2);
    ingest_result_release(&a.result);
    ingest_result_release(&b.result);
    buf_release(&a.file);
    buf_release(&b.file);
}

#endif
