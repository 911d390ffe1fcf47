/*
 * A chat completions server's answer while it comes in: chunks of a stream,
 * or one JSON body where the server does not stream, or an error body. Knows
 * the protocol, decides nothing: see model.c for what follows from it.
 */
#ifndef CAPTION_REPLY_H
#define CAPTION_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "caption/line.h"
#include "caption/model.h"
#include "caption/sse.h"

enum reply_kind { REPLY_UNKNOWN, REPLY_EVENTS, REPLY_BODY };

struct reply {
    const struct model_hooks *hooks;
    struct err *err; /* of a hook that failed */
    enum reply_kind kind;
    struct sse events;
    struct buf body; /* an error's, or a whole answer's */
    struct line line;
    size_t told;   /* bytes of the line that the hook has had */
    bool done;     /* [DONE] was seen */
    bool garbage;  /* something that is no chunk */
    bool too_long; /* more text than any caption */
    bool failed;   /* an error object came */
    bool refused;
    int64_t received; /* bytes */
    char finish[32];  /* finish_reason, "" until it comes */
    char model[128];
    int status;        /* of an error within a stream; 0 unknown */
    char code[64];     /* of the error: code or type */
    char message[320]; /* of the error, one line */
    long tokens_in, tokens_out;
    long tokens_audio; /* of those in; -1: not told */
};

/* windows: how many captions are wanted at once; 0: one. */
void reply_init(struct reply *r, const struct model_hooks *hooks,
                size_t windows, struct err *err);
/* The http_req.write of it; ctx is the reply. */
int reply_take(void *ctx, int status, const void *data, size_t len);
/* All has come. -1 where a hook failed. */
int reply_close(struct reply *r, int status);
/* Give the hook what it has not had of the line: what was held back until it
 * was known to be an answer. -1 when the hook fails. */
int reply_tell(struct reply *r);
void reply_release(struct reply *r);

#endif
