/* The body of a chat completions request; see request.h. */
#include "caption/request.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "caption/prompt.h"

enum lack {
    LACKS_FORMAT = 1,
    LACKS_STREAM_OPTIONS = 2,
    LACKS_MAX_COMPLETION_TOKENS = 4, /* knows the older max_tokens */
    LACKS_TEMPERATURE = 8,           /* it uses its own */
    LACKS_FORMAT_HEARING = 16,       /* has a format for text alone */
};

/* What servers complain about, and what we leave out then. */
static const struct {
    const char *word;
    unsigned lack;
} complaints[] = {
    {"response_format", LACKS_FORMAT},
    {"json_schema", LACKS_FORMAT},
    {"structured output", LACKS_FORMAT},
    {"stream_options", LACKS_STREAM_OPTIONS},
    {"max_completion_tokens", LACKS_MAX_COMPLETION_TOKENS},
    {"max_tokens", LACKS_MAX_COMPLETION_TOKENS}, /* "is required" */
    {"temperature", LACKS_TEMPERATURE},
};

#define TEMPERATURE 0.6

static _Atomic unsigned lacking; /* by the server that was asked last */
static _Atomic uint64_t whose;   /* its address and model, hashed */

bool
request_learn(const char *message, bool sounds)
{
    bool any = false;

    for (size_t i = 0; i < sizeof(complaints) / sizeof(*complaints); i++) {
        unsigned lack = complaints[i].lack;

        if (strcasestr(message, complaints[i].word) == NULL)
            continue;
        if (lack == LACKS_FORMAT && sounds)
            lack = LACKS_FORMAT_HEARING;
        if ((atomic_fetch_or(&lacking, lack) & lack) == 0)
            log_info("the model's server does without %s", complaints[i].word);
        any = true;
    }
    return any;
}

void
request_forget(void)
{
    atomic_store(&lacking, 0);
}

static uint64_t
hash_of(const char *text, uint64_t hash)
{
    for (; text != NULL && *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash;
}

/* From now on another server, or another model of it, is asked. */
static void
turn_to(const struct conf *conf)
{
    uint64_t now =
        hash_of(conf->openai_model, hash_of(conf->openai_url, 14695981039u));

    if (atomic_exchange(&whose, now) != now)
        atomic_store(&lacking, 0);
}

static json_object *
parameters(const struct model_ask *ask, bool sounds)
{
    json_object *o = json_object_new_object();
    unsigned lack = atomic_load(&lacking);
    unsigned format =
        sounds ? LACKS_FORMAT | LACKS_FORMAT_HEARING : LACKS_FORMAT;

    json_add_str(o, "model", ask->conf->openai_model);
    json_add_bool(o, "stream", true);
    if ((lack & LACKS_STREAM_OPTIONS) == 0) {
        json_object *options = json_object_new_object();

        json_add_bool(options, "include_usage", true);
        json_add(o, "stream_options", options);
    }
    if ((lack & LACKS_TEMPERATURE) == 0)
        json_add_num(o, "temperature", TEMPERATURE);
    json_add_int(o,
                 (lack & LACKS_MAX_COMPLETION_TOKENS) == 0
                     ? "max_completion_tokens"
                     : "max_tokens",
                 ask->max_tokens);
    if ((lack & format) == 0)
        json_add(o, "response_format",
                 ask->windows > 0 ? prompt_windows_format(ask->hears)
                                  : prompt_response_format(ask->hears));
    return o;
}

/* The record of the parameters: small, since it is kept while waiting for the
 * answer. The format's schema belongs to the prompt's version. */
static json_object *
for_the_record(json_object *body)
{
    static const char *const kept[] = {"model", "temperature",
                                       "max_completion_tokens", "max_tokens"};
    json_object *o = json_object_new_object();

    for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
        json_object *m = json_at(body, kept[i]);

        if (m != NULL)
            json_add(o, kept[i], json_object_get(m));
    }
    json_add_bool(o, "structured", json_at(body, "response_format") != NULL);
    return o;
}

void
request_body(const struct model_ask *ask, bool sounds, json_object **ret_params)
{
    json_object *o;

    turn_to(ask->conf);
    o = parameters(ask, sounds);

    *ret_params = for_the_record(o);
    talk_address(ask->talk, o);
}
