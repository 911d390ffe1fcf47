/* Authentication; see auth.h. */
#include "web/auth.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "web/guard.h"
#include "web/limit.h"
#include "web/req.h"

/* Tokens cannot be guessed, so this stops no thief: it slows down programs that
 * keep using a revoked token. A good token never has to wait. */
static struct limit failures = LIMIT_INIT(30, 1000);

static int
read_bearer(const char *header, char **ret_token, struct err *err)
{
    static const char scheme[] = "Bearer ";
    size_t len = sizeof(scheme) - 1;

    if (strncasecmp(header, scheme, len) != 0)
        return err_set(err, ERR_UNAUTHENTICATED,
                       "the Authorization header must be Bearer and a token");
    *ret_token = xstrdup(header + len + strspn(header + len, " "));
    return 0;
}

/* A token that a program sends overrides what a browser sends automatically.
 * The caller frees *ret; NULL if there is none. */
static int
find_token(const struct req *req, char **ret_token, bool *ret_by_cookie,
           struct err *err)
{
    const char *header = req_header(req, "Authorization");

    if (header != NULL)
        return read_bearer(header, ret_token, err);
    if (!guard_own_page(req))
        return 0;
    *ret_token = req_cookie(req);
    *ret_by_cookie = true;
    return *ret_token != NULL ? guard_cookie(req, err) : 0;
}

/* Turn a failure into a wait if an address had too many. */
static void
count_failure(const struct req *req, struct err *err)
{
    int wait;

    if (err->code != ERR_UNAUTHENTICATED)
        return;
    wait = limit_fail(&failures, req_address(req));
    if (wait == 0)
        return;
    err_clear(err);
    err->retry_after = wait;
    (void)err_set(err, ERR_RATE_LIMITED,
                  "too many calls with a bad token came from this address; "
                  "sign in again, or wait a few seconds");
}

int
auth_enter(struct app *app, struct req *req, struct err *err)
{
    const struct serve_conf *sc = req->sc;
    auto_free char *token = NULL;
    bool by_cookie = false;

    if (req->route->takes & OPEN_TO_ALL)
        return 0;
    if (sc->enter == NULL)
        return guard_host(req, err);
    if (find_token(req, &token, &by_cookie, err) == -1)
        return -1;
    req->entered = true;
    if (sc->enter(app, token != NULL ? token : "", by_cookie, err) == -1) {
        if (token != NULL)
            count_failure(req, err);
        return -1;
    }
    return 0;
}

void
auth_leave(struct app *app, struct req *req)
{
    if (req->entered)
        req->sc->leave(app);
    req->entered = false;
}
