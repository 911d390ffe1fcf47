/*
 * The page's session: turns a token, or a user of the Supabase project, into a
 * cookie that no script can read and that is neither. Open to all, because
 * users sign in here; each call carries its own proof.
 */
#include <ctype.h>
#include <string.h>

#include "app/app.h"
#include "auth/gotrue.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "library/library.h"
#include "web/limit.h"

#define DAY_SEC ((int64_t)24 * 3600)
#define KEPT_SEC (30 * DAY_SEC) /* of a user, since it was last renewed */
#define SESSION_SEC (7 * DAY_SEC)
#define EMAIL_MAX 320

enum { WAIT_MS = 100, WAITS = 20 }; /* for another tab that renews */

/* Passwords can be guessed, so after some failures the next try has to wait:
 * for one account from one address, and for an address over all accounts. No
 * other user's sign-in waits, and Auth's own limit, which only sees our
 * address, is left to users who know their password. */
static struct limit by_account = LIMIT_INIT(8, 15000);
static struct limit by_address = LIMIT_INIT(40, 3000);

static bool
is_mode(const struct app *app, const char *mode)
{
    return strcmp(app->conf->auth, mode) == 0;
}

static struct gotrue
project(const struct app *app)
{
    return (struct gotrue){signin_issuer(app->signin),
                           app->conf->supabase_public};
}

/* ---- GET ---- */

/* How users sign in here, and whether this browser has. */
int
session_get(struct app *app, struct req *req, struct err *err)
{
    auto_identity struct identity id = {0};
    auto_free char *token = req_cookie(req);
    json_object *out = json_object_new_object();
    bool good = true;
    char when[CLOCK_TEXT];

    if (!is_mode(app, "none") &&
        signin_check(app->signin, token != NULL ? token : "", true, &id, err) ==
            -1) {
        if (err->code != ERR_UNAUTHENTICATED) {
            json_object_put(out);
            return -1;
        }
        err_clear(err);
        good = false;
    }
    json_add_str(out, "auth", app->conf->auth);
    json_add_bool(out, "signedIn", good);
    if (good && id.expires_at != 0) {
        clock_text(id.expires_at, when);
        json_add_str(out, "expiresAt", when);
    }
    return reply_json(req, 200, out, err);
}

/* Requests that get here are allowed: nginx asks before it accepts a large
 * body. */
int
session_may(struct app *app, struct req *req, struct err *err)
{
    (void)app;
    return reply_nothing(req, err);
}

/* ---- POST ---- */

/* Count a failed sign-in, and turn it into a wait if there were many. */
static void
count(struct limit *l, const char *key, struct err *err)
{
    int wait;

    if (err->code != ERR_UNAUTHENTICATED || (wait = limit_fail(l, key)) == 0)
        return;
    err_clear(err);
    err->retry_after = wait;
    (void)err_set(err, ERR_RATE_LIMITED,
                  "too many sign-ins failed from this address; try again in "
                  "%d seconds",
                  wait);
}

/* A token that the user entered. The browser keeps the id of a session for it;
 * if it is an access token of Supabase's, the session ends when it expires. */
static int
by_token(struct app *app, struct req *req, const char *given, struct err *err)
{
    auto_free char *token = text_one_line(given); /* as it was pasted */
    auto_identity struct identity id = {0};
    char session[SESSION_ID_LEN + 1];
    int64_t seconds = SESSION_SEC;
    int rc;

    if (signin_check(app->signin, token, false, &id, err) == -1) {
        count(&by_address, req_address(req), err);
        return -1;
    }
    if (is_mode(app, "supabase")) {
        seconds = id.expires_at - clock_now();
        rc = signin_user_session(app->signin, &(struct session){.token = token},
                                 seconds, session, err);
    } else {
        rc = signin_session(app->signin, token, seconds, session, err);
    }
    if (rc == -1)
        return -1;
    reply_cookie(req, session, seconds);
    return reply_nothing(req, err);
}

/* What Auth returned must be valid here too, or the page would ask forever. */
static int
need_good(struct app *app, const struct session *s, struct err *err)
{
    auto_identity struct identity id = {0};
    struct err why = ERR_INIT;

    if (signin_check(app->signin, s->token, false, &id, &why) == 0)
        return 0;
    return why.code == ERR_UNAUTHENTICATED
               ? err_set(err, ERR_INTERNAL,
                         "what Supabase Auth just signed is not good here: "
                         "%s. Is SUPABASE_URL the address that the project "
                         "calls itself by?",
                         why.msg)
               : err_set(err, why.code, "%s", why.msg);
}

/* Whether this account (NULL: that of any session) may be tried from this
 * address now. */
static int
may_try(struct req *req, const char *account, struct err *err)
{
    int wait = limit_wait(&by_address, req_address(req));

    if (wait == 0 && account != NULL)
        wait = limit_wait(&by_account, account);
    if (wait == 0)
        return 0;
    err->retry_after = wait;
    return err_set(err, ERR_RATE_LIMITED,
                   "too many sign-ins failed; try again in %d seconds", wait);
}

/* Auth ignores case and blanks, so all spellings of an account share its tries.
 * The caller frees it. */
static char *
account_of(const char *address, const char *email)
{
    char *key = xasprintf("%s\n%s", address, email);
    char *to = strchr(key, '\n') + 1;

    for (const char *from = to; *from != '\0'; from++)
        if (!isspace((unsigned char)*from))
            *to++ = (char)tolower((unsigned char)*from);
    *to = '\0';
    return key;
}

static int
by_password(struct app *app, struct req *req, json_object *in, struct err *err)
{
    auto_session struct session s = {0};
    struct gotrue g = project(app);
    const char *email, *password;
    auto_free char *account = NULL;
    char session[SESSION_ID_LEN + 1];

    if (json_str(in, "email", &email, err) == -1 ||
        json_str(in, "password", &password, err) == -1)
        return -1;
    if (strlen(email) > EMAIL_MAX)
        return err_field(err, "email", "email is too long to be one");
    account = account_of(req_address(req), email);
    if (may_try(req, account, err) == -1)
        return -1;
    if (gotrue_password(&g, email, password, &s, err) == -1) {
        count(&by_address, req_address(req), err);
        count(&by_account, account, err);
        return -1;
    }
    if (need_good(app, &s, err) == -1 ||
        signin_user_session(app->signin, &s, KEPT_SEC, session, err) == -1)
        return -1;
    reply_cookie(req, session, KEPT_SEC);
    return reply_nothing(req, err);
}

static bool
is_renewed(struct app *app, const char *id, const struct session *was)
{
    auto_session struct session now = {0};
    struct err unheard = ERR_INIT; /* then it was not */

    return signin_user_given(app->signin, id, &now, &unheard) == 0 &&
           now.refresh != NULL && strcmp(now.refresh, was->refresh) != 0;
}

/* Two tabs that renew at the same time have one refresh token, which is valid
 * once: the slower one waits a little for the other to store what it got. */
static bool
was_renewed(struct app *app, const char *id, const struct session *was)
{
    for (int i = 0; i < WAITS; i++) {
        if (is_renewed(app, id, was))
            return true;
        clock_nap(WAIT_MS);
    }
    return is_renewed(app, id, was);
}

static int
renew(struct app *app, const char *id, struct err *err)
{
    auto_session struct session was = {0};
    auto_session struct session now = {0};
    struct gotrue g = project(app);

    if (signin_user_given(app->signin, id, &was, err) == -1)
        return -1;
    if (was.refresh == NULL)
        return err_set(err, ERR_UNAUTHENTICATED,
                       "the access token that this session is of is over; "
                       "sign in again");
    if (gotrue_refresh(&g, was.refresh, &now, err) == -1) {
        if (err->code != ERR_UNAUTHENTICATED || !was_renewed(app, id, &was))
            return -1;
        err_clear(err);
        return 0;
    }
    if (need_good(app, &now, err) == -1)
        return -1;
    return signin_user_renew(app->signin, id, &now, KEPT_SEC, err);
}

static int
by_session(struct app *app, struct req *req, struct err *err)
{
    auto_free char *id = req_cookie(req);

    if (id == NULL)
        return err_set(err, ERR_UNAUTHENTICATED,
                       "sign in by e-mail address and password");
    if (may_try(req, NULL, err) == -1)
        return -1;
    if (renew(app, id, err) == -1) {
        count(&by_address, req_address(req), err);
        return -1;
    }
    reply_cookie(req, id, KEPT_SEC);
    return reply_nothing(req, err);
}

/* {token}, or with Supabase {email, password}; {} renews a session there. */
int
session_post(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    const char *token = NULL;

    if (in == NULL || json_opt_str(in, "token", &token, err) == -1)
        return -1;
    if (is_mode(app, "none"))
        return err_set(err, ERR_CONFLICT,
                       "nobody needs to sign in here: AUTH is none");
    if (token != NULL || is_mode(app, "token")) {
        if (json_str(in, "token", &token, err) == -1)
            return -1;
        return by_token(app, req, token, err);
    }
    if (json_at(in, "email") == NULL && json_at(in, "password") == NULL)
        return by_session(app, req, err);
    return by_password(app, req, in, err);
}

/* ---- DELETE ---- */

/* End the session, or report that it could not be ended. If Auth does not learn
 * of it, only a session remains there to which nobody has the key. */
int
session_delete(struct app *app, struct req *req, struct err *err)
{
    auto_free char *id = req_cookie(req);
    auto_session struct session given = {0};
    struct gotrue g = project(app);
    struct err why = ERR_INIT;

    if (id != NULL && is_mode(app, "supabase") &&
        signin_user_given(app->signin, id, &given, err) == -1) {
        if (err->code != ERR_UNAUTHENTICATED)
            return -1;
        err_clear(err);
    }
    if (id != NULL && !is_mode(app, "none") &&
        signin_session_end(app->signin, id, err) == -1)
        return -1;
    if (given.token != NULL && gotrue_sign_out(&g, given.token, &why) == -1)
        log_info("sign-out: %s", why.msg);
    reply_cookie(req, "", 0);
    return reply_nothing(req, err);
}
