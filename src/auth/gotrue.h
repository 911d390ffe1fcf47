/*
 * Signing in at Supabase Auth by its own API, on behalf of the page: our
 * content policy lets a page talk to us alone.
 */
#ifndef AUTH_GOTRUE_H
#define AUTH_GOTRUE_H

#include <stdint.h>

#include "base/err.h"

struct gotrue {
    const char *base;   /* SUPABASE_URL/auth/v1 */
    const char *apikey; /* the publishable key */
};

struct session {
    char *token, *refresh; /* an access token, and what gets the next one */
    int64_t seconds;       /* that the access token is good for */
};
void session_release(struct session *s);
#define auto_session auto_cleanup(session_release)

/* ERR_UNAUTHENTICATED where they are refused, ERR_RATE_LIMITED where Auth has
 * had too many, ERR_SIGN_IN_AWAY where it gives no usable answer. */
int gotrue_password(const struct gotrue *g, const char *email,
                    const char *password, struct session *ret, struct err *err);
int gotrue_refresh(const struct gotrue *g, const char *refresh,
                   struct session *ret, struct err *err);
/* End the session that an access token is of, at Auth too. */
int gotrue_sign_out(const struct gotrue *g, const char *token, struct err *err);

#endif
