/*
 * The public keys of an issuer, fetched when they are needed and kept for at
 * most ten minutes, as the issuer's own caches do. An unknown key name triggers
 * a new fetch, but rarely. If the issuer is unreachable, the keys on hand
 * remain valid: it signs nothing new meanwhile.
 */
#ifndef AUTH_JWKS_H
#define AUTH_JWKS_H

#include "auth/jwt.h"

struct jwks; /* shared by all threads */

/* apikey: sent along, or NULL. */
struct jwks *jwks_open(const char *url, const char *apikey);
void jwks_close(struct jwks *j);

/*
 * Whether the key that the token names signed it: ERR_UNAUTHENTICATED if not,
 * or if there is no such key; ERR_SIGN_IN_AWAY if that cannot be determined
 * now. May wait some seconds for the issuer.
 */
int jwks_verify(struct jwks *j, const struct jwt *t, struct err *err);

/* Whether a key with this name is known. Fetches nothing. */
bool jwks_knows(struct jwks *j, const char *kid);

#endif
