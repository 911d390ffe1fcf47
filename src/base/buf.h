/*
 * A growing buffer whose maximum is set when it is made. A NUL, which is not
 * counted, always follows the data, so the text can be read as a string. Once
 * an append exceeds the maximum or fails, the buffer stays failed and empty:
 * check once, at the end.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"

struct buf {
    char *data; /* never NULL after the first append */
    size_t len;
    size_t room;
    size_t max; /* bytes that it may hold */
    bool failed;
};

#define BUF_INIT(maximum) ((struct buf){.max = (maximum)})

int buf_add(struct buf *b, const void *data, size_t len); /* -1 past max */
int buf_add_str(struct buf *b, const char *s);
int buf_add_point(struct buf *b, uint32_t c); /* a code point, as UTF-8 */
int buf_addf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_clear(struct buf *b);            /* empty again, keeps its memory */
const char *buf_str(const struct buf *b); /* "" if nothing was added */
char *buf_steal(struct buf *b); /* the text; the buffer is empty after */
void buf_release(struct buf *b);

#define auto_buf auto_cleanup(buf_release)

#endif
