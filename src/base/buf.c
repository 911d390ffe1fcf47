/* A growing buffer with a maximum; see buf.h. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static int
fail(struct buf *b)
{
    b->failed = true;
    b->len = 0;
    if (b->data != NULL)
        b->data[0] = '\0';
    return -1;
}

static int
reserve(struct buf *b, size_t more)
{
    size_t room;

    if (b->failed || more > b->max - b->len)
        return fail(b);
    if (b->len + more + 1 <= b->room)
        return 0;
    room = b->room > 0 ? b->room : 64;
    while (room < b->len + more + 1)
        room *= 2;
    if (room > b->max + 1)
        room = b->max + 1;
    b->data = xrealloc(b->data, room);
    b->room = room;
    return 0;
}

int
buf_add(struct buf *b, const void *data, size_t len)
{
    if (reserve(b, len) == -1)
        return -1;
    if (len > 0)
        memcpy(b->data + b->len, data, len);
    b->len += len;
    b->data[b->len] = '\0';
    return 0;
}

int
buf_add_str(struct buf *b, const char *s)
{
    return buf_add(b, s, strlen(s));
}

int
buf_add_point(struct buf *b, uint32_t c)
{
    char out[4];

    return buf_add(b, out, text_put(c, out));
}

int
buf_addf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_list again;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0 || reserve(b, (size_t)n) == -1) {
        va_end(again);
        return fail(b);
    }
    (void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
    va_end(again);
    b->len += (size_t)n;
    return 0;
}

void
buf_clear(struct buf *b)
{
    b->len = 0;
    b->failed = false;
    if (b->data != NULL)
        b->data[0] = '\0';
}

const char *
buf_str(const struct buf *b)
{
    return b->data != NULL ? b->data : "";
}

char *
buf_steal(struct buf *b)
{
    char *s = b->data != NULL ? b->data : xstrdup("");

    *b = BUF_INIT(b->max);
    return s;
}

void
buf_release(struct buf *b)
{
    free(b->data);
    *b = BUF_INIT(b->max);
}
