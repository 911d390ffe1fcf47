/*
 * Authentication in one place: each request, except for routes that are
 * OPEN_TO_ALL, is checked before its handler runs and before its body is looked
 * at.
 *
 * A program authenticates with `Authorization: Bearer TOKEN`, the page with its
 * session cookie, which no script can read. serve_conf's `enter` decides
 * whether a token is valid.
 */
#ifndef WEB_AUTH_H
#define WEB_AUTH_H

#include "web/web.h"

/*
 * ERR_UNAUTHENTICATED if there is no token or a bad one, ERR_RATE_LIMITED after
 * many bad ones from one address. ERR_FORBIDDEN if another page may have caused
 * the cookie to be sent, or if nobody signs in and the browser reached us under
 * a foreign name. Call auth_leave afterwards, whatever it returned.
 */
int auth_enter(struct app *app, struct req *req, struct err *err);
void auth_leave(struct app *app, struct req *req);

#endif
