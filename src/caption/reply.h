/*
 * A chat completions server's answer as it arrives: chunks of a stream, or one
 * JSON body if the server does not stream, or an error body. Knows the protocol
 * but decides nothing: model.c does.
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
    struct err *err; /* set if a hook failed */
    enum reply_kind kind;
    struct sse events;
    struct buf body; /* an error's, or a complete answer's */
    struct line line;
    size_t told;   /* bytes of the line that the hook has received */
    bool done;     /* [DONE] was seen */
    bool garbage;  /* something arrived that is not a chunk */
    bool too_long; /* more text than any caption has */
    bool failed;   /* an error object arrived */
    bool refused;
    int64_t received; /* bytes */
    char finish[32];  /* finish_reason, "" until it comes */
    char model[128];
    int status;        /* of an error within a stream; 0: unknown */
    char code[64];     /* of the error: code or type */
    char message[320]; /* of the error, one line */
    long tokens_in, tokens_out;
    long tokens_audio; /* part of tokens_in; -1: not reported */
};

/* windows: the number of captions wanted at once; 0: one. */
void reply_init(struct reply *r, const struct model_hooks *hooks,
                size_t windows, struct err *err);
/* Its http_req.write; ctx is the reply. */
int reply_take(void *ctx, int status, const void *data, size_t len);
/* Everything has arrived. -1 if a hook failed. */
int reply_close(struct reply *r, int status);
/* Pass on what was held back of the line until it was known to be an answer. -1
 * if the hook fails. */
int reply_tell(struct reply *r);
void reply_release(struct reply *r);

#endif
