/*
 * Protection against other people's pages: a browser sends a user's cookies,
 * and reaches the user's loopback address, on behalf of any page. So a call
 * that changes something must not come from another site.
 */
#ifndef WEB_GUARD_H
#define WEB_GUARD_H

#include <stdbool.h>

struct err;
struct req;

/* ERR_FORBIDDEN if a browser says that the call comes from another site and
 * CORS_ORIGINS does not list that page. A client that sends neither Origin nor
 * Sec-Fetch-Site is not a browser. */
int guard_cross_site(const struct req *req, struct err *err);

/* Whether the Origin is absent or ours: only then does a cookie count. */
bool guard_own_page(const struct req *req);

/* ERR_FORBIDDEN if a call that changes something is authenticated by a cookie
 * alone and does not say where it comes from. Every browser says so; this
 * client is not a browser, or one that was made to hide it. */
int guard_cookie(const struct req *req, struct err *err);

/*
 * If nobody signs in: ERR_FORBIDDEN unless the client reached us by an address,
 * as localhost, or by the public URL's name. A page whose own name was pointed
 * at this machine (DNS rebinding) has our origin as far as the browser knows,
 * but the browser still sends that name.
 */
int guard_host(const struct req *req, struct err *err);

#endif
