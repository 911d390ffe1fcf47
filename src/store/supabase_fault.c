/*
 * Interprets Supabase Storage's errors. The status is mostly 400; `code` in the
 * body is reliable, then `statusCode` there (a string, or a number if there is
 * no code), then the HTTP status. Resumable uploads answer plain text with real
 * statuses.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/supabase.h"

#define SAID_MAX 200 /* bytes of the server's own message */

struct refusal {
    const char *code;  /* "" if there is none */
    const char *error; /* "" if there is none */
    int status;        /* the real one */
    char *said;        /* one line, without the key; ours to free */
    json_object *body; /* owner of code and error, or NULL */
};

static void
refusal_release(struct refusal *r)
{
    free(r->said);
    json_object_put(r->body);
}

static const char *
text_of(json_object *o, const char *name)
{
    const char *text = o != NULL ? json_text(o, name) : NULL;

    return text != NULL ? text : "";
}

/* A server might quote what it was sent, anywhere. */
static const char *
word_of(const struct supabase *s, json_object *o, const char *name)
{
    const char *text = text_of(o, name);

    return strstr(text, s->conf->supabase_key) == NULL ? text : "";
}

static char *
words(const struct supabase *s, const char *text)
{
    auto_free char *line = text_one_line(text);

    if (strstr(line, s->conf->supabase_key) != NULL)
        return xstrdup("(words that hold the key)");
    return xstrndup(line, text_cut(line, SAID_MAX));
}

static void
refusal_read(const struct supabase *s, const struct http_resp *resp,
             struct refusal *ret)
{
    const char *text = buf_str(&resp->body);
    struct err none = ERR_INIT; /* plain text is as good */
    long inside;

    *ret = (struct refusal){.status = resp->status};
    ret->body = json_parse_object(text, resp->body.len, &none);
    ret->code = word_of(s, ret->body, "code");
    ret->error = word_of(s, ret->body, "error");
    inside = strtol(text_of(ret->body, "statusCode"), NULL, 10);
    if (ret->body != NULL && inside == 0)
        inside = json_number_int64(ret->body, "statusCode", 0);
    if (inside >= 400 && inside < 600)
        ret->status = (int)inside;
    ret->said =
        words(s, ret->body != NULL ? text_of(ret->body, "message") : text);
}

enum kind {
    MISSING,
    NO_BUCKET,
    TOO_LARGE,
    BAD_KEY,
    BAD_TYPE,
    UNPAID,
    PASSING, /* may be better soon */
    OTHER,
};

static enum kind
kind_of(const struct refusal *r)
{
    static const struct {
        const char *code;
        enum kind kind;
    } known[] = {
        {"NoSuchKey", MISSING},        {"NoSuchBucket", NO_BUCKET},
        {"EntityTooLarge", TOO_LARGE}, {"AccessDenied", BAD_KEY},
        {"InvalidJWT", BAD_KEY},       {"InvalidMimeType", BAD_TYPE},
        {"SlowDown", PASSING},         {"DatabaseTimeout", PASSING},
        {"InternalError", PASSING},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(r->code, known[i].code) == 0)
            return known[i].kind;
    if (r->code[0] != '\0' && r->status < 429)
        return OTHER;
    if (strcmp(r->error, "not_found") == 0)
        return MISSING; /* older servers have no code */
    if (strstr(r->said, "Bucket not found") != NULL)
        return NO_BUCKET;
    switch (r->status) {
    case 401:
    case 403:
        return BAD_KEY;
    case 402:
        return UNPAID;
    case 413:
        return TOO_LARGE;
    case 408: /* it waited too long for us */
    case 423: /* a piece that broke is still being cleared away */
    case 429:
        return PASSING;
    default:
        return r->status >= 500 ? PASSING : OTHER;
    }
}

enum outcome
supabase_fault(const struct supabase *s, const struct http_resp *resp,
               struct err *err)
{
    auto_cleanup(refusal_release) struct refusal r = {0};

    refusal_read(s, resp, &r);
    switch (kind_of(&r)) {
    case MISSING:
        err_set(err, ERR_OBJECT_NOT_FOUND, STORE_MISSING);
        break;
    case NO_BUCKET:
        err_set(err, ERR_STORAGE,
                "Supabase shows no bucket \"%.100s\": either it is missing "
                "(./trainmode up makes it), or SUPABASE_SERVICE_ROLE_KEY is "
                "not this project's",
                s->conf->supabase_bucket);
        break;
    case TOO_LARGE:
        err_set(err, ERR_TOO_LARGE,
                "the storage takes no file as large as this; raise the limit "
                "of the bucket or of the Supabase project (Storage, "
                "Settings), or make the file smaller");
        break;
    case BAD_KEY:
        err_set(err, ERR_STORAGE,
                "Supabase refuses SUPABASE_SERVICE_ROLE_KEY: %s", r.said);
        break;
    case BAD_TYPE:
        err_set(err, ERR_STORAGE,
                "the bucket does not take this type of file; lift its list "
                "of MIME types: %s",
                r.said);
        break;
    case UNPAID:
        err_set(err, ERR_STORAGE, "the Supabase project is restricted: %s",
                r.said);
        break;
    case PASSING:
        err_set(err, ERR_STORAGE, "Supabase answers %d %.40s: %s", r.status,
                r.code, r.said);
        return CALL_AGAIN;
    case OTHER:
        err_set(err, ERR_STORAGE, "Supabase answers %d %.40s: %s", r.status,
                r.code, r.said);
        break;
    }
    return CALL_REFUSED;
}

enum outcome
supabase_silence(const struct http_resp *resp, const struct err *why,
                 struct err *err)
{
    err_set(err, ERR_STORAGE, "Supabase does not answer: %s", why->msg);
    switch (resp->fault) {
    case HTTP_UNREACHABLE:
        return CALL_AGAIN; /* it cannot have taken anything */
    case HTTP_BROKEN:
    case HTTP_TIMEOUT:
        return CALL_LOST;
    default:
        return CALL_REFUSED;
    }
}
