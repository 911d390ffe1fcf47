/* What a model's answer, or its absence, means; see judge.h. */
#include "caption/judge.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "caption/request.h"

enum { UNLEARN_MAX = 4 }; /* members that one question may do without */

static bool
is_one_of(const char *code, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcasecmp(code, *list) == 0)
            return true;
    return false;
}

static bool
out_of_money(const char *code)
{
    static const char *const codes[] = {"insufficient_quota",
                                        "credit_balance_exhausted",
                                        "organization_spend_limit_exceeded",
                                        "project_spend_limit_exceeded",
                                        "organization_usage_limit_exceeded",
                                        "billing_hard_limit_reached",
                                        "billing_not_active",
                                        NULL};

    return is_one_of(code, codes);
}

static bool
about_rate(const char *code)
{
    static const char *const codes[] = {
        "rate_limit_exceeded", "slow_down", "rate_limit_error",
        "rate_limited",        "429",       NULL};

    return is_one_of(code, codes);
}

static bool
about_content(const char *code)
{
    static const char *const codes[] = {"content_filter",
                                        "content_policy_violation", NULL};

    return is_one_of(code, codes);
}

static enum verdict
refuse(struct err *err)
{
    err_set(err, ERR_MODEL_REFUSED,
            "the model declined to write a caption for this set; change the "
            "instructions, or write the caption by hand");
    return OVER;
}

/* What failed, and the server's own message. The user sees both, so a text that
 * starts with "the model's server" also says which server. */
static void
say(const struct tally *t, const struct reply *r, enum err_code code,
    const char *what, struct err *err)
{
    err_set(err, code, "the model's server at %.120s %s%s%s", t->server, what,
            r->message[0] != '\0' ? ": " : "", r->message);
}

/* A failure that a second try may avoid, unless some of the answer has been
 * shown already. */
static enum verdict
maybe_again(const struct tally *t, const struct reply *r, enum err_code code,
            const char *what, struct err *err)
{
    say(t, r, code, what, err);
    return r->told > 0 ? OVER : AGAIN;
}

/* Repeat the question without its audio. refused: the server does not accept
 * the audio itself. */
static enum verdict
mute(struct tally *t, const struct reply *r, bool refused, const char *why)
{
    t->sounds = false;
    t->refused = refused;
    (void)snprintf(t->why_not, sizeof(t->why_not), "%s%s%.200s", why,
                   r->message[0] != '\0' ? ": " : "", r->message);
    return AGAIN_NOW;
}

static bool
about_audio(const char *message)
{
    static const char *const words[] = {"audio", "modalit", "multimodal",
                                        "mmproj", NULL};

    for (const char *const *w = words; *w != NULL; w++)
        if (strcasestr(message, *w) != NULL)
            return true;
    return false;
}

static enum verdict
judge_bad_request(struct tally *t, const struct reply *r, struct err *err)
{
    if (about_content(r->code))
        return refuse(err);
    if (strcasecmp(r->code, "context_length_exceeded") == 0 ||
        strcasestr(r->message, "context length") != NULL ||
        strcasestr(r->message, "context size") != NULL) {
        if (t->sounds)
            return mute(t, r, false, "the audio is too long for the model");
        err_set(err, ERR_MODEL_TOO_LONG,
                "the question is too long for the model");
        return OVER;
    }
    if (t->unlearned < UNLEARN_MAX && request_learn(r->message, t->sounds)) {
        t->unlearned++;
        return AGAIN_NOW;
    }
    if (t->sounds)
        return mute(t, r, true, "the model's server takes no audio");
    say(t, r, ERR_MODEL, "did not take the request", err);
    return OVER;
}

/* An answer that is not a success, by its status or by an error within a stream
 * (then the status is 200 and the code decides). */
static enum verdict
judge_error(struct tally *t, const struct reply *r, int status, struct err *err)
{
    char what[64];

    if (status == 200 && r->status != 0)
        status = r->status;
    if (out_of_money(r->code)) {
        err_set(err, ERR_MODEL_QUOTA, "the model's account has no quota left");
        return OVER;
    }
    if (t->sounds && status == 413)
        return mute(t, r, false, "the audio is too large for the server");
    if (t->sounds && status != 200 && status != 429 &&
        about_audio(r->message) && status != 400 && status != 422)
        return mute(t, r, true, "the model's server takes no audio");
    (void)snprintf(what, sizeof(what), "answered %d", status);
    if (status == 401 || status == 403) {
        say(t, r, ERR_MODEL_AUTH, what, err);
        return OVER;
    }
    if (status == 429 || (status == 200 && about_rate(r->code)))
        return maybe_again(t, r, ERR_MODEL_RATE_LIMITED, "is busy", err);
    if (status == 400 || status == 422)
        return judge_bad_request(t, r, err);
    if (status == 200 && about_content(r->code))
        return refuse(err);
    if (status == 200)
        return maybe_again(t, r, ERR_MODEL, "failed while it answered", err);
    if (status == 408 || status == 409 || status >= 500)
        return maybe_again(t, r, ERR_MODEL, what, err);
    say(t, r, ERR_MODEL, what, err);
    return OVER;
}

static enum verdict
judge_blank(struct tally *t, struct err *err)
{
    err_set(err, ERR_MODEL, "the model answered with no caption");
    return t->blanks++ == 0 ? AGAIN : OVER;
}

/* Words that servers use for the end of an answer. Empty, because some send
 * none. Any other reason means that the answer is incomplete. */
static enum verdict
judge_finish(const struct tally *t, const struct reply *r, struct err *err)
{
    static const char *const whole[] = {
        "",           "stop",     "eos",
        "eos_token",  "end_turn", "end",
        "done",       "complete", "stop_sequence",
        "completed",  "finished", "null",
        "stop_token", NULL};
    static const char *const cut[] = {
        "length",       "max_tokens",        "max_length",
        "model_length", "max_output_tokens", NULL};
    static const char *const refused[] = {
        "content_filter", "content-filter",       "safety",    "refusal",
        "recitation",     "prohibited_content",   "blocklist", "spii",
        "sensitive",      "guardrail_intervened", NULL};
    char what[96];

    if (is_one_of(r->finish, whole))
        return ANSWERED;
    if (is_one_of(r->finish, refused))
        return refuse(err);
    if (is_one_of(r->finish, cut)) {
        err_set(err, ERR_MODEL_TRUNCATED,
                "the model stopped at its limit of tokens");
        return OVER;
    }
    (void)snprintf(what, sizeof(what), "stopped in the middle (%s)", r->finish);
    return maybe_again(t, r, ERR_MODEL, what, err);
}

/* A complete answer may still not be a caption. One question cannot decide
 * whether to ask again: something may have been shown already, and the model
 * should be told why. */
static enum verdict
judge_line(struct tally *t, const struct reply *r, struct err *err)
{
    const char *fault = line_fault(&r->line);

    if (line_blank(&r->line))
        return judge_blank(t, err);
    if (fault == NULL)
        return ANSWERED;
    err_set(err, ERR_MODEL_NO_CAPTION,
            "the model's answer is not a caption: it %s", fault);
    return OVER;
}

/* A 200 that arrived whole, as far as the connection is concerned. */
static enum verdict
judge_answer(struct tally *t, const struct reply *r, struct err *err)
{
    enum verdict v;

    if (r->failed)
        return judge_error(t, r, 200, err);
    if (r->too_long) {
        err_set(err, ERR_MODEL, "the model does not stop writing");
        return OVER;
    }
    if (r->refused)
        return refuse(err);
    if ((v = judge_finish(t, r, err)) != ANSWERED)
        return v;
    if (r->garbage)
        return maybe_again(t, r, ERR_MODEL, "answered what cannot be read",
                           err);
    if (!r->done && r->finish[0] == '\0')
        return maybe_again(t, r, ERR_MODEL, "ended its answer too early", err);
    return judge_line(t, r, err);
}

/* A transfer that did not end properly. */
static enum verdict
judge_fault(const struct tally *t, const struct reply *r, enum http_fault fault,
            struct err *err)
{
    switch (fault) {
    case HTTP_TIMEOUT:
        err_set(err, ERR_MODEL_TIMEOUT, "the model did not answer in time");
        return OVER;
    case HTTP_TOO_LARGE:
        err_set(err, ERR_MODEL, "the model's answer is too large");
        return OVER;
    case HTTP_UNREACHABLE:
        return maybe_again(t, r, ERR_MODEL,
                           "cannot be reached; check that it runs", err);
    default:
        return maybe_again(t, r, ERR_MODEL, "broke the connection", err);
    }
}

enum verdict
judge(struct tally *t, const struct reply *r, const struct http_resp *resp,
      struct err *err)
{
    /* A hook stops the transfer by failing, we by having seen enough. */
    if (resp->fault == HTTP_CANCELED && !r->failed && !r->garbage &&
        !r->too_long) {
        err_set(err, ERR_CLIENT_GONE, "nobody waits for the caption any more");
        return OVER;
    }
    /* Some servers leave the connection open, or break it, after [DONE]. */
    if (resp->fault != HTTP_OK && resp->fault != HTTP_CANCELED && !r->done)
        return judge_fault(t, r, resp->fault, err);
    if (resp->status / 100 != 2)
        return judge_error(t, r, resp->status, err);
    return judge_answer(t, r, err);
}
