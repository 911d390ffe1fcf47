/*
 * The public keys of an issuer, fetched when they are needed and kept for ten
 * minutes at most, as its own caches do. A name that is not among them has
 * them fetched again, seldom. While the issuer is away, what is kept goes on
 * being good: it signs nothing new meanwhile.
 */
#ifndef AUTH_JWKS_H
#define AUTH_JWKS_H

#include "auth/jwt.h"

struct jwks; /* shared by all threads */

/* apikey: sent along, or NULL. */
struct jwks *jwks_open(const char *url, const char *apikey);
void jwks_close(struct jwks *j);

/*
 * Is it signed by the key that it names? ERR_UNAUTHENTICATED where not, or
 * where there is no such key; ERR_SIGN_IN_AWAY where that cannot be told now.
 * May wait some seconds for the issuer.
 */
int jwks_verify(struct jwks *j, const struct jwt *t, struct err *err);

/* Is a key of this name known? Fetches nothing. */
bool jwks_knows(struct jwks *j, const char *kid);

#endif
