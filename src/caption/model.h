/*
 * One question to a chat completions server, streamed. Retries on 429, 5xx and
 * broken connections, with jitter, within the caller's deadline, honoring
 * Retry-After, and never after the first streamed byte. A parameter that a
 * server turns out not to know (response_format, stream_options, ...) is left
 * out at once and for the rest of this process. Audio that the server refuses,
 * or that is too large for it, is left out too, and the answer says so.
 *
 * Errors: ERR_MODEL, ERR_MODEL_TOO_LONG (the question, for the model),
 * ERR_MODEL_NO_CAPTION (the answer is complete; its message tells why it is
 * none), ERR_MODEL_AUTH, ERR_MODEL_QUOTA, ERR_MODEL_RATE_LIMITED
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
    /* More of the line, as it arrives. If it returns -1 with err, the call
     * ends. */
    int (*delta)(void *ctx, const char *text, struct err *err);
    /* The deltas so far were not the line; it follows as a whole. reason: one
     * sentence. NULL if the caller does not need to know. */
    int (*restart)(void *ctx, const char *reason, struct err *err);
    /* Whether nobody waits for the answer any more; called while waiting. */
    bool (*gone)(void *ctx);
    void *ctx;
};

struct model_ask {
    const struct conf *conf;
    struct talk *talk;         /* becomes the request's body */
    const struct clips *clips; /* mentioned in it (talk_sound); NULL: none */
    bool hears;       /* the answer has the members of a model that hears */
    size_t windows;   /* number of captions wanted at once; 0: one */
    int max_tokens;   /* of the answer */
    int64_t deadline; /* clock_mono_ms() by which all tries must end */
    const struct model_hooks *hooks;
};

struct model_answer {
    char *line;          /* the caption as one line, as the deltas spell it;
                          * "" if several were wanted, because their deltas
                          * are not shown */
    json_object *answer; /* the whole answer; NULL if it was plain text. If
                          * several were wanted, the model's array of them */
    char *model;         /* as the server named it */
    json_object *params; /* the parameters of the question, for the record */
    long tokens_in, tokens_out, ms;
    long tokens_audio; /* part of tokens_in; -1: not reported */
    enum heard heard;  /* whether it heard the clips */
    double audio_sec;  /* of the clips sent for this answer */
    char *why_not;     /* one sentence if audio was left out, or NULL */
};

int model_ask(const struct model_ask *ask, struct model_answer *ret,
              struct err *err);
void model_answer_release(struct model_answer *a);
#define auto_model_answer auto_cleanup(model_answer_release)

/* Whether a model is connected: a key or a base URL is set. */
bool model_is_set(const struct conf *conf);
/* The address of a route ("/models") on the server; the caller frees it. */
char *model_url(const struct conf *conf, const char *route);
/* The names of the server's models, as an array (empty if it does not list
 * them); the caller puts it. ERR_MODEL, ERR_MODEL_AUTH. */
int model_names(const struct conf *conf, json_object **ret, struct err *err);

#endif
