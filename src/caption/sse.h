/*
 * Server-sent events as they come in, cut anywhere: LF, CR and CRLF ends,
 * comment lines, `data:` with or without a blank. Besides data we read what
 * tells of an error: `event: error`, and the field `error:` that some servers
 * have of their own.
 */
#ifndef CAPTION_SSE_H
#define CAPTION_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { SSE_MAX = 256 * 1024 }; /* bytes of one line, and of one event */

/*
 * Told each event's data. whole is false while more lines of the same event
 * may follow: return SSE_MORE to see it again with them. Servers that put no
 * blank line between their events are so understood too, and no event waits
 * for the blank line behind it. After a few lines the event is only told
 * whole: to read it anew with each of many lines would take for ever.
 * -1 stops the parser.
 */
typedef int sse_event(void *ctx, const char *data, size_t len, bool whole);
enum { SSE_TAKEN = 0, SSE_MORE = 1 };

struct sse {
    struct buf line, data;
    bool after_cr;
    bool pending;  /* data waits for its event's end */
    int lines;     /* of the event so far */
    bool error;    /* the event at hand says of itself that it is one */
    bool overflow; /* a line or an event was past SSE_MAX */
    sse_event *event;
    void *ctx;
};

#define SSE_INIT(fn, context)                                                  \
    ((struct sse){.line = BUF_INIT(SSE_MAX),                                   \
                  .data = BUF_INIT(SSE_MAX),                                   \
                  .event = (fn),                                               \
                  .ctx = (context)})

/* -1 when the callback said so, or with overflow. */
int sse_feed(struct sse *s, const char *data, size_t len);
/* The stream is over: a last line without an end counts too. */
int sse_end(struct sse *s);
void sse_release(struct sse *s);

#endif
