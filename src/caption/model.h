/*
 * One question to a chat completions server, streamed. Tries again by itself
 * on 429, 5xx and broken connections, with jitter, within the caller's
 * deadline, honoring Retry-After, and never after the first streamed byte.
 * What a server turns out not to know (response_format, stream_options, ...)
 * is left out at once and from then on in this process.
 *
 * Errors: ERR_MODEL, ERR_MODEL_AUTH, ERR_MODEL_QUOTA, ERR_MODEL_RATE_LIMITED
 * (with retry_after), ERR_MODEL_REFUSED, ERR_MODEL_TRUNCATED,
 * ERR_MODEL_TIMEOUT, ERR_CLIENT_GONE. The key is in none of their texts.
 */
#ifndef CAPTION_MODEL_H
#define CAPTION_MODEL_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/err.h"
#include "caption/talk.h"
#include "net/http.h"

struct model_hooks {
    /* More of the line, as it arrives. -1 with err ends the call. */
    int (*delta)(void *ctx, const char *text, struct err *err);
    /* Whether nobody waits for the answer any more; asked while waiting. */
    bool (*gone)(void *ctx);
    void *ctx;
};

struct model_ask {
    const struct conf *conf;
    struct talk *talk; /* becomes the request's body */
    int max_tokens;    /* of the answer */
    int64_t deadline;  /* clock_mono_ms() by which all tries are over */
    const struct model_hooks *hooks;
};

struct model_answer {
    char *line;          /* the caption, one line; what the deltas spell */
    json_object *answer; /* the whole answer; NULL where it was plain text */
    char *model;         /* as the server named it */
    json_object *params; /* what was asked with, for the record */
    long tokens_in, tokens_out, ms;
};

int model_ask(struct http *http, const struct model_ask *ask,
              struct model_answer *ret, struct err *err);
void model_answer_release(struct model_answer *a);
#define auto_model_answer auto_cleanup(model_answer_release)

/* Whether an error says that the question was too long for the model. */
bool model_too_long(const struct err *err);

#endif
