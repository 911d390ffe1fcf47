/*
 * Parses server-sent events as they arrive, cut anywhere: LF, CR and CRLF ends,
 * comment lines, `data:` with or without a blank. Besides data it reads two
 * marks of an error: `event: error`, and the field `error:` that some servers
 * use.
 */
#ifndef CAPTION_SSE_H
#define CAPTION_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { SSE_MAX = 256 * 1024 }; /* most bytes of one line, and of one event */

/*
 * Receives each event's data. whole is false if more lines of the same event
 * may follow: return SSE_MORE to see the data again with them. This also
 * handles servers that put no blank line between events, and no event has to
 * wait for the blank line after it. After a few lines the event is only passed
 * whole, because parsing it again for each of many lines would take forever. -1
 * stops the parser.
 */
typedef int sse_event(void *ctx, const char *data, size_t len, bool whole);
enum { SSE_TAKEN = 0, SSE_MORE = 1 };

struct sse {
    struct buf line, data;
    bool after_cr;
    bool pending;  /* data waits for the end of its event */
    int lines;     /* in the event so far */
    bool error;    /* the current event is marked as an error */
    bool overflow; /* a line or an event exceeded SSE_MAX */
    sse_event *event;
    void *ctx;
};

#define SSE_INIT(fn, context)                                                  \
    ((struct sse){.line = BUF_INIT(SSE_MAX),                                   \
                  .data = BUF_INIT(SSE_MAX),                                   \
                  .event = (fn),                                               \
                  .ctx = (context)})

/* -1 if the callback returned it, or on overflow. */
int sse_feed(struct sse *s, const char *data, size_t len);
/* The stream is over: an unterminated last line counts too. */
int sse_end(struct sse *s);
void sse_release(struct sse *s);

#endif
