/*
 * Who may: the one place where each request, except for routes that are
 * OPEN_TO_ALL, is held against who sends it, before its handler and before
 * anything of its body is looked at.
 *
 * A program proves itself by `Authorization: Bearer TOKEN`, the page by the
 * cookie of its session, which no script can read. What a token is worth is
 * for serve_conf's `enter` to know.
 */
#ifndef WEB_AUTH_H
#define WEB_AUTH_H

#include "web/web.h"

/*
 * ERR_UNAUTHENTICATED with no or a bad token, ERR_RATE_LIMITED after many of
 * them from one address; ERR_FORBIDDEN where the cookie may have been sent on
 * behalf of another page, or where nobody signs in and the browser knows us
 * by a name that is not ours. Whatever it says, auth_leave follows.
 */
int auth_enter(struct app *app, struct req *req, struct err *err);
void auth_leave(struct app *app, struct req *req);

#endif
