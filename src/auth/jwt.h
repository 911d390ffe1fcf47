/*
 * JSON Web Tokens in compact form (RFC 7519, 7515): taken apart, and their
 * claims held against what we expect. Who signed one is not checked here; see
 * jwks.h and signin.c. Every fault is ERR_UNAUTHENTICATED.
 */
#ifndef AUTH_JWT_H
#define AUTH_JWT_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/key.h"
#include "base/auto.h"
#include "base/err.h"

#define JWT_MAX 8192     /* characters of a token */
#define JWT_SIG_MAX 1024 /* bytes: RSA of 8192 bits */

struct jwt {
    enum alg alg; /* as its header says; ALG_NONE for all that we do not take */
    const char *kid; /* or NULL; borrowed from header */
    /* set by jwt_check */
    const char *sub;    /* a UUID; borrowed from claims */
    int64_t expires_at; /* seconds since 1970 */
    json_object *header, *claims;
    char *text; /* what is signed */
    unsigned char sig[JWT_SIG_MAX + 3];
    size_t sig_len;
};
void jwt_release(struct jwt *t);
#define auto_jwt auto_cleanup(jwt_release)

int jwt_read(const char *token, struct jwt *ret, struct err *err);

/* Is it `issuer`'s, for a signed-in user, and good now? Clocks may differ by
 * half a minute. */
int jwt_check(struct jwt *t, const char *issuer, struct err *err);

#endif
