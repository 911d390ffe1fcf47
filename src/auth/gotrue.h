/*
 * Signs in through the Supabase Auth API on behalf of the page, whose content
 * policy lets it talk only to us.
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
    char *token, *refresh; /* an access token, and the token to renew it */
    int64_t seconds;       /* until the access token expires */
};
void session_release(struct session *s);
#define auto_session auto_cleanup(session_release)

/* ERR_UNAUTHENTICATED if Auth refuses, ERR_RATE_LIMITED if it got too many
 * requests, ERR_SIGN_IN_AWAY if it gives no usable answer. */
int gotrue_password(const struct gotrue *g, const char *email,
                    const char *password, struct session *ret, struct err *err);
int gotrue_refresh(const struct gotrue *g, const char *refresh,
                   struct session *ret, struct err *err);
/* End the access token's session at Auth too. */
int gotrue_sign_out(const struct gotrue *g, const char *token, struct err *err);

#endif
