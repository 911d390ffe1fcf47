/* Replicate's training API; see replicate.h. */
#include "trainer/replicate.h"

#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "net/http.h"
#include "net/patience.h"

enum {
    CREATE_MS = 30000,
    LOOK_MS = 10000,
    ANSWER_MAX = 8 << 20, /* an answer includes a training's whole log */
    LOGS_KEPT = 4096,     /* of its end */
    ERROR_KEPT = 2000,    /* bytes */
    OUTPUT_KEPT = 65536,  /* bytes of JSON; a version and links to weights */
    SAID_MAX = 300,       /* most bytes of an error that are passed on */
    ID_MAX = 64,
    RETRY_AFTER_DEFAULT_SEC = 10,
};

char *
replicate_url(const struct conf *conf, const char *version)
{
    size_t model = strcspn(version, ":");

    return xasprintf("%s/v1/models/%.*s/versions/%s/trainings",
                     conf->replicate_url, (int)model, version,
                     version + model + 1);
}

/* ---- what went wrong ---- */

/* An answer may quote the token that was sent. */
static void
hide_token(const struct conf *conf, char *text)
{
    size_t n = strlen(conf->replicate_token);
    char *at;

    while (n > 0 && (at = strstr(text, conf->replicate_token)) != NULL)
        memset(at, '*', n);
}

/* Errors are {title, detail, status}, and of a wrong input also
 * invalid_fields [{field, description}]. The caller frees it. */
static char *
said(const struct conf *conf, const struct http_resp *resp)
{
    struct err ignored = ERR_INIT; /* not JSON: then it says nothing to us */
    auto_json json_object *o =
        json_parse_object(buf_str(&resp->body), resp->body.len, &ignored);
    const char *detail = o != NULL ? json_text(o, "detail") : NULL;
    json_object *fields = o != NULL ? json_at(o, "invalid_fields") : NULL;
    json_object *field = NULL;
    const char *which = NULL;
    auto_free char *text = NULL;
    char *line;

    if (json_object_is_type(fields, json_type_array))
        field = json_object_array_get_idx(fields, 0);
    if (json_object_is_type(field, json_type_object))
        which = json_text(field, "description");
    if (detail == NULL && o != NULL)
        detail = json_text(o, "title");
    text = xasprintf("%s%s%s", detail != NULL ? detail : "nothing more",
                     which != NULL ? ": " : "", which != NULL ? which : "");
    line = text_one_line(text);
    hide_token(conf, line);
    line[text_cut(line, SAID_MAX)] = '\0';
    return line;
}

/* once: a request that must not be repeated, because it starts a training. */
static int
no_answer(const struct http_resp *resp, bool once, const struct err *why,
          struct err *err)
{
    log_warn("Replicate: %s", why->msg);
    if (resp->fault == HTTP_UNREACHABLE)
        return err_set(err, ERR_TRAINER,
                       "Replicate cannot be reached; try again in a moment");
    return err_set(err, ERR_TRAINER, "Replicate did not answer whole; %s",
                   once ? "see there whether the training runs before you try "
                          "again"
                        : "try again in a moment");
}

static int
refused(const struct conf *conf, const struct http_resp *resp, struct err *err)
{
    auto_free char *words = said(conf, resp);

    if (resp->status == 401) {
        log_warn("Replicate refused REPLICATE_API_TOKEN (401): %s", words);
        return err_set(err, ERR_TRAINER,
                       "Replicate refused the token of this server; check "
                       "REPLICATE_API_TOKEN");
    }
    if (resp->status == 429) {
        err_set(err, ERR_RATE_LIMITED,
                "Replicate takes no more requests now; try again after the "
                "time in Retry-After");
        err->retry_after =
            patience_sec(resp->retry_after_ms, RETRY_AFTER_DEFAULT_SEC);
        return -1;
    }
    if (resp->status >= 500)
        return err_set(err, ERR_TRAINER,
                       "Replicate is out of order (%d); try again in a moment",
                       resp->status);
    return err_set(err, ERR_TRAINER, "Replicate says (%d): %s", resp->status,
                   words);
}

/* ---- a training as Replicate describes it ---- */

static const char *
known_status(const char *status)
{
    static const char *const known[] = {"starting", "processing", "succeeded",
                                        "failed", "canceled"};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(status, known[i]) == 0)
            return known[i];
    /* Ended by Replicate before it began. */
    return strcmp(status, "aborted") == 0 ? "canceled" : NULL;
}

/* Ids become parts of addresses. */
static bool
is_id(const char *id)
{
    size_t n = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789");

    return n > 0 && n <= ID_MAX && id[n] == '\0';
}

static char *
end_of(const char *logs)
{
    size_t len = strlen(logs);
    const char *from = len > LOGS_KEPT ? logs + len - LOGS_KEPT : logs;

    while ((*from & 0xc0) == 0x80)
        from++; /* not in the middle of a code point */
    return xstrdup(from);
}

/* Output that is too large to be a version and its weights is logged, not
 * stored. */
static void
keep_output(json_object *output, struct training *ret)
{
    if (output == NULL)
        return;
    if (strlen(json_out(output)) <= OUTPUT_KEPT) {
        ret->output = json_object_get(output);
        return;
    }
    log_warn("the output of Replicate's training %s is over %d bytes and is "
             "not kept",
             ret->replicate_id, OUTPUT_KEPT);
}

int
replicate_state(json_object *in, struct training *ret, struct err *err)
{
    const char *id = json_text(in, "id");
    const char *status = json_text(in, "status");
    json_object *why = json_at(in, "error");

    if (id == NULL || !is_id(id) || status == NULL ||
        known_status(status) == NULL)
        return err_set(err, ERR_TRAINER,
                       "Replicate's answer contains no training");
    ret->replicate_id = xstrdup(id);
    ret->status = xstrdup(known_status(status));
    if (why != NULL) {
        ret->error = text_one_line(json_object_is_type(why, json_type_string)
                                       ? json_object_get_string(why)
                                       : json_out(why));
        ret->error[text_cut(ret->error, ERROR_KEPT)] = '\0';
    }
    if (json_text(in, "logs") != NULL)
        ret->logs = end_of(json_text(in, "logs"));
    keep_output(json_at(in, "output"), ret);
    return 0;
}

/* ---- asking ---- */

static int
ask(const struct conf *conf, struct http_req *rq, struct http_resp *resp,
    struct err *err)
{
    auto_free char *authorization =
        xasprintf("Authorization: Bearer %s", conf->replicate_token);
    const char *headers[] = {
        authorization, "Accept: application/json",
        /* Without a value: no header, instead of a form's. */
        rq->body != NULL ? "Content-Type: application/json" : "Content-Type:",
        NULL};
    struct err why = ERR_INIT;
    int rc;

    rq->headers = headers;
    rq->max = ANSWER_MAX;
    rc = http_do(rq, resp, &why);
    explicit_bzero(authorization, strlen(authorization));
    return rc == -1 ? no_answer(resp, rq->body != NULL, &why, err) : 0;
}

static int
read_answer(const struct conf *conf, const struct http_resp *resp,
            struct training *ret, struct err *err)
{
    struct err why = ERR_INIT;
    auto_json json_object *o = NULL;

    if (resp->status / 100 != 2)
        return refused(conf, resp, err);
    o = json_parse_object(buf_str(&resp->body), resp->body.len, &why);
    if (o == NULL)
        return err_set(err, ERR_TRAINER, "Replicate's answer is not JSON");
    return replicate_state(o, ret, err);
}

int
replicate_create(const struct conf *conf, const char *url, json_object *body,
                 struct training *ret, bool *doubt, struct err *err)
{
    const char *text = json_out(body);
    auto_http_resp struct http_resp resp = {0};
    struct http_req rq = {.method = "POST",
                          .url = url,
                          .body = text,
                          .body_len = (int64_t)strlen(text),
                          .total_ms = CREATE_MS,
                          .once = true};

    if (ask(conf, &rq, &resp, err) == -1) {
        *doubt = resp.fault != HTTP_UNREACHABLE;
        return -1;
    }
    *doubt = resp.status / 100 == 2 || resp.status / 100 == 5;
    return read_answer(conf, &resp, ret, err);
}

/* Ask about an existing training: "" or "/cancel" says what. */
static int
ask_about(const struct conf *conf, const char *replicate_id, const char *what,
          struct http_req *rq, struct http_resp *resp, struct err *err)
{
    auto_free char *url = NULL;

    if (!is_id(replicate_id)) /* a row may say anything; an address may not */
        return err_set(err, ERR_TRAINER,
                       "this training's id is not one of Replicate's");
    url = xasprintf("%s/v1/trainings/%s%s", conf->replicate_url, replicate_id,
                    what);
    rq->url = url;
    return ask(conf, rq, resp, err);
}

int
replicate_get(const struct conf *conf, const char *replicate_id,
              struct training *ret, struct err *err)
{
    auto_http_resp struct http_resp resp = {0};
    struct http_req rq = {.method = "GET", .total_ms = LOOK_MS};

    if (ask_about(conf, replicate_id, "", &rq, &resp, err) == -1)
        return -1;
    if (resp.status != 404)
        return read_answer(conf, &resp, ret, err);
    ret->replicate_id = xstrdup(replicate_id);
    ret->status = xstrdup("failed");
    ret->error = xstrdup("Replicate does not know this training any more");
    return 0;
}

/* Replicate does not document its answer for a training that is over, so a
 * refusal is followed by a look at the training. So this may be sent twice. */
int
replicate_cancel(const struct conf *conf, const char *replicate_id,
                 struct training *ret, struct err *err)
{
    auto_http_resp struct http_resp resp = {0};
    struct http_req rq = {.method = "POST", .total_ms = CREATE_MS};
    auto_training struct training now = {0};
    struct err ignored = ERR_INIT; /* then the refusal is reported */

    if (ask_about(conf, replicate_id, "/cancel", &rq, &resp, err) == -1)
        return -1;
    if (resp.status / 100 != 4 || resp.status == 401 || resp.status == 429)
        return read_answer(conf, &resp, ret, err);
    if (replicate_get(conf, replicate_id, &now, &ignored) == -1 ||
        !training_is_over(&now))
        return refused(conf, &resp, err);
    *ret = now;
    now = (struct training){0};
    return 0;
}
