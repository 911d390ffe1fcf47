/*
 * One question to a chat completions server, streamed. Tries again by itself
 * on 429, 5xx and broken connections, with jitter, within the caller's
 * deadline, honoring Retry-After, and never after the first streamed byte.
 * What a server turns out not to know (response_format, stream_options, ...)
 * is left out at once and from then on in this process. Audio that it refuses,
 * or that is too large for it, is left out too, and the answer says so.
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
#include "caption/clips.h"
#include "caption/ear.h"
#include "caption/talk.h"
#include "net/http.h"

struct model_hooks {
    /* More of the line, as it arrives. -1 with err ends the call. */
    int (*delta)(void *ctx, const char *text, struct err *err);
    /* The deltas so far were not the line; it follows as a whole. reason: one
     * sentence. NULL: nobody needs to know. */
    int (*restart)(void *ctx, const char *reason, struct err *err);
    /* Whether nobody waits for the answer any more; asked while waiting. */
    bool (*gone)(void *ctx);
    void *ctx;
};

struct model_ask {
    const struct conf *conf;
    struct talk *talk;         /* becomes the request's body */
    const struct clips *clips; /* that sound in it (talk_sound); NULL: none */
    bool hears;       /* the answer has the members of one that hears */
    size_t windows;   /* so many captions are wanted at once; 0: one */
    int max_tokens;   /* of the answer */
    int64_t deadline; /* clock_mono_ms() by which all tries are over */
    const struct model_hooks *hooks;
};

struct model_answer {
    char *line;          /* the caption, one line; what the deltas spell. ""
                          * where several were wanted, which spell none */
    json_object *answer; /* the whole answer; NULL where it was plain text. Of
                          * several the array of them, as the model has it */
    char *model;         /* as the server named it */
    json_object *params; /* what was asked with, for the record */
    long tokens_in, tokens_out, ms;
    long tokens_audio; /* of those in; -1: not told */
    enum heard heard;  /* whether it heard the clips */
    double audio_sec;  /* of those that went along with this answer */
    char *why_not;     /* one sentence where audio was left out, or NULL */
};

int model_ask(struct http *http, const struct model_ask *ask,
              struct model_answer *ret, struct err *err);
void model_answer_release(struct model_answer *a);
#define auto_model_answer auto_cleanup(model_answer_release)

/* The address of a route ("/models") of the server; the caller frees it. */
char *model_url(const struct conf *conf, const char *route);
/* The models that it says it has, an array of their names (empty where it does
 * not say); the caller puts it. ERR_MODEL, ERR_MODEL_AUTH. */
int model_names(struct http *http, const struct conf *conf, json_object **ret,
                struct err *err);

/* Whether an error says that the question was too long for the model. */
bool model_too_long(const struct err *err);
/* Whether it says that the answer was whole and is no caption; its message
 * tells why. */
bool model_no_caption(const struct err *err);

#endif
