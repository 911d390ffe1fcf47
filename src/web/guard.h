/*
 * Against other people's pages: a browser sends a person's cookies, and
 * reaches their loopback address, on behalf of any page that asks. So a call
 * that changes something must not come from another site.
 */
#ifndef WEB_GUARD_H
#define WEB_GUARD_H

#include <stdbool.h>

struct err;
struct req;

/* ERR_FORBIDDEN where a browser says that the call comes from elsewhere, and
 * CORS_ORIGINS does not name that page. What sends neither Origin nor
 * Sec-Fetch-Site is no browser. */
int guard_cross_site(const struct req *req, struct err *err);

/* Whether no Origin is said, or ours: only then is a cookie a proof. */
bool guard_own_page(const struct req *req);

/* ERR_FORBIDDEN where a call that changes something is proven by a cookie
 * alone and does not say where it comes from: every browser says it, so this
 * is none, or one that is made to keep silent. */
int guard_cookie(const struct req *req, struct err *err);

/*
 * Where nobody signs in: ERR_FORBIDDEN unless the client knows us by an
 * address, as localhost, or by the public URL's name. A page whose own name
 * was made to point at this machine (DNS rebinding) is of our origin to the
 * browser, but cannot help sending that name.
 */
int guard_host(const struct req *req, struct err *err);

#endif
