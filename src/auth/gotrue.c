/* Supabase Auth's API; see gotrue.h. */
#include "auth/gotrue.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"
#include "base/mem.h"
#include "net/http.h"
#include "net/patience.h"

#define CONNECT_MS 5000
#define TOTAL_MS 15000
#define RETRY_SEC 30 /* if Auth does not say when */
#define WORD_MAX 64

void
session_release(struct session *s)
{
    free_secret(s->token);
    free_secret(s->refresh);
    *s = (struct session){0};
}

/* ---- its answers ---- */

/* Auth's own word for an error, if it looks like one. */
static const char *
word_of(json_object *answer)
{
    const char *word = json_text(answer, "error_code");

    if (word == NULL) /* before 2024 */
        word = json_text(answer, "error");
    return word != NULL && strlen(word) <= WORD_MAX &&
                   word[strspn(word, "abcdefghijklmnopqrstuvwxyz_")] == '\0'
               ? word
               : "no reason";
}

static int
refused(json_object *answer, struct err *err)
{
    static const struct {
        const char *word, *text;
    } known[] = {
        {"invalid_credentials",
         "the e-mail address or the password is not right"},
        {"invalid_grant", "the e-mail address or the password is not right"},
        {"email_not_confirmed",
         "the e-mail address is not confirmed yet; follow the link that was "
         "sent to it"},
        {"user_banned", "this account is blocked"},
        {"refresh_token_not_found", "the session has ended; sign in again"},
        {"refresh_token_already_used", "the session has ended; sign in again"},
        {"session_not_found", "the session has ended; sign in again"},
        {"session_expired", "the session has ended; sign in again"},
    };
    const char *word = word_of(answer);

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(word, known[i].word) == 0)
            return err_set(err, ERR_UNAUTHENTICATED, "%s", known[i].text);
    return err_set(err, ERR_UNAUTHENTICATED,
                   "Supabase Auth does not sign this account in (%s)", word);
}

/* An answer without a session. */
static int
failed(const struct http_resp *resp, struct err *err)
{
    struct err ignored = ERR_INIT; /* it is a failure whatever the answer
                                    * says */
    auto_json json_object *answer =
        json_parse_object(buf_str(&resp->body), resp->body.len, &ignored);

    if (resp->status == 429) {
        err->retry_after = patience_sec(resp->retry_after_ms, RETRY_SEC);
        return err_set(err, ERR_RATE_LIMITED,
                       "Supabase Auth takes no more sign-ins for now; wait "
                       "and try again");
    }
    if (resp->status == 400 || resp->status == 403 || resp->status == 422)
        return refused(answer, err);
    return err_set(
        err, ERR_SIGN_IN_AWAY, "Supabase Auth answers %d%s", resp->status,
        resp->status == 401 ? ": is SUPABASE_PUBLISHABLE_KEY right?" : "");
}

static int
read_session(const struct http_resp *resp, struct session *ret, struct err *err)
{
    struct err ignored = ERR_INIT;
    auto_json json_object *o =
        json_parse_object(buf_str(&resp->body), resp->body.len, &ignored);
    const char *token = json_text(o, "access_token");
    const char *refresh = json_text(o, "refresh_token");
    double seconds = json_number(o, "expires_in", 0);

    if (token == NULL || refresh == NULL || seconds < 1 || seconds > INT32_MAX)
        return err_set(err, ERR_SIGN_IN_AWAY,
                       "Supabase Auth's answer is not a session");
    *ret = (struct session){xstrdup(token), xstrdup(refresh), (int64_t)seconds};
    return 0;
}

/* ---- asking ---- */

/* POST; token: sent as Bearer, or NULL; body: consumed, or NULL. */
static int
post(const struct gotrue *g, const char *path, const char *token,
     json_object *body, struct http_resp *ret, struct err *err)
{
    auto_json json_object *owned = body;
    auto_free char *url = xasprintf("%s%s", g->base, path);
    auto_free char *apikey = xasprintf("apikey: %s", g->apikey);
    auto_free char *bearer =
        token != NULL ? xasprintf("Authorization: Bearer %s", token) : NULL;
    const char *const headers[] = {"Content-Type: application/json", apikey,
                                   bearer, NULL};
    const char *text = owned != NULL ? json_out(owned) : "{}";
    struct http_req rq = {.method = "POST",
                          .url = url,
                          .headers = headers,
                          .body = text,
                          .body_len = (int64_t)strlen(text),
                          .connect_ms = CONNECT_MS,
                          .total_ms = TOTAL_MS,
                          /* A refresh token that comes twice looks stolen. */
                          .once = true};
    struct err why = ERR_INIT;

    if (http_do(&rq, ret, &why) == -1)
        return err_set(err, ERR_SIGN_IN_AWAY, "Supabase Auth: %s", why.msg);
    return 0;
}

static int
grant(const struct gotrue *g, const char *path, json_object *body,
      struct session *ret, struct err *err)
{
    auto_http_resp struct http_resp resp = {0};

    if (post(g, path, NULL, body, &resp, err) == -1)
        return -1;
    return resp.status == 200 ? read_session(&resp, ret, err)
                              : failed(&resp, err);
}

int
gotrue_password(const struct gotrue *g, const char *email, const char *password,
                struct session *ret, struct err *err)
{
    json_object *body = json_object_new_object();

    json_add_str(body, "email", email);
    json_add_str(body, "password", password);
    return grant(g, "/token?grant_type=password", body, ret, err);
}

int
gotrue_refresh(const struct gotrue *g, const char *refresh, struct session *ret,
               struct err *err)
{
    json_object *body = json_object_new_object();

    json_add_str(body, "refresh_token", refresh);
    return grant(g, "/token?grant_type=refresh_token", body, ret, err);
}

int
gotrue_sign_out(const struct gotrue *g, const char *token, struct err *err)
{
    auto_http_resp struct http_resp resp = {0};

    if (post(g, "/logout?scope=local", token, NULL, &resp, err) == -1)
        return -1;
    return resp.status == 204 || resp.status == 200 ? 0 : failed(&resp, err);
}
