/* What a model's answer, or the lack of one, means; see judge.h. */
#include "caption/judge.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "caption/model.h"
#include "caption/request.h"

enum { UNLEARN_MAX = 4 }; /* members that one question may do without */

static const char too_long_text[] = "the question is too long for the model";

bool
model_too_long(const struct err *err)
{
    return err->code == ERR_MODEL && strstr(err->msg, too_long_text) != NULL;
}

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

/* A failure that a second try may not meet, unless some of the answer has
 * been shown already. */
static enum verdict
maybe_again(const struct reply *r, enum err_code code, const char *what,
            struct err *err)
{
    err_set(err, code, "%s%s%s", what, r->message[0] != '\0' ? ": " : "",
            r->message);
    return r->told > 0 ? OVER : AGAIN;
}

static enum verdict
judge_bad_request(struct tally *t, const struct reply *r, struct err *err)
{
    if (about_content(r->code))
        return refuse(err);
    if (strcasecmp(r->code, "context_length_exceeded") == 0 ||
        strcasestr(r->message, "context length") != NULL ||
        strcasestr(r->message, "context size") != NULL) {
        err_set(err, ERR_MODEL, "%s", too_long_text);
        return OVER;
    }
    if (t->unlearned < UNLEARN_MAX && request_learn(r->message)) {
        t->unlearned++;
        return AGAIN_NOW;
    }
    err_set(err, ERR_MODEL, "the model's server did not take the request: %s",
            r->message);
    return OVER;
}

/* An answer that is no success, by status or by an error within a stream
 * (then status is 200 and the code tells). */
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
    if (status == 401 || status == 403) {
        err_set(err, ERR_MODEL_AUTH, "the model's server answered %d: %s",
                status, r->message);
        return OVER;
    }
    if (status == 429 || (status == 200 && about_rate(r->code)))
        return maybe_again(r, ERR_MODEL_RATE_LIMITED,
                           "the model's server is busy", err);
    if (status == 400 || status == 422)
        return judge_bad_request(t, r, err);
    if (status == 200 && about_content(r->code))
        return refuse(err);
    (void)snprintf(what, sizeof(what), "the model's server answered %d",
                   status);
    if (status == 200 || status == 408 || status == 409 || status >= 500)
        return maybe_again(r, ERR_MODEL, what, err);
    err_set(err, ERR_MODEL, "%s: %s", what, r->message);
    return OVER;
}

static enum verdict
judge_blank(struct tally *t, struct err *err)
{
    err_set(err, ERR_MODEL, "the model answered with no caption");
    return t->blanks++ == 0 ? AGAIN : OVER;
}

/* A 200 that came whole, as far as the connection goes. */
static enum verdict
judge_answer(struct tally *t, const struct reply *r, struct err *err)
{
    if (r->failed)
        return judge_error(t, r, 200, err);
    if (r->too_long) {
        err_set(err, ERR_MODEL, "the model does not stop writing");
        return OVER;
    }
    if (r->refused || strcmp(r->finish, "content_filter") == 0)
        return refuse(err);
    if (strcmp(r->finish, "length") == 0) {
        err_set(err, ERR_MODEL_TRUNCATED,
                "the model stopped at its limit of tokens");
        return OVER;
    }
    if (r->garbage)
        return maybe_again(r, ERR_MODEL, "the model's answer cannot be read",
                           err);
    if (!r->done && r->finish[0] == '\0')
        return maybe_again(r, ERR_MODEL, "the model's answer ended early", err);
    if (r->told == 0)
        return judge_blank(t, err);
    return ANSWERED;
}

/* A transfer that did not end as it should. */
static enum verdict
judge_fault(const struct reply *r, enum http_fault fault, struct err *err)
{
    switch (fault) {
    case HTTP_TIMEOUT:
        err_set(err, ERR_MODEL_TIMEOUT, "the model did not answer in time");
        return OVER;
    case HTTP_TOO_LARGE:
        err_set(err, ERR_MODEL, "the model's answer is too large");
        return OVER;
    case HTTP_UNREACHABLE:
        return maybe_again(r, ERR_MODEL, "the model's server is not reached",
                           err);
    default:
        return maybe_again(r, ERR_MODEL,
                           "the connection to the model's server broke", err);
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
        return judge_fault(r, resp->fault, err);
    if (resp->status / 100 != 2)
        return judge_error(t, r, resp->status, err);
    return judge_answer(t, r, err);
}
