/*
 * JSON Web Tokens in compact form (RFC 7519, 7515): parsed, and their claims
 * compared with what we expect. The signature is not checked here; see jwks.h
 * and signin.c. Every fault is ERR_UNAUTHENTICATED.
 */
#ifndef AUTH_JWT_H
#define AUTH_JWT_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/key.h"
#include "base/auto.h"
#include "base/err.h"

#define JWT_MAX 8192     /* most characters of a token */
#define JWT_SIG_MAX 1024 /* bytes: RSA of 8192 bits */

struct jwt {
    enum alg alg;    /* from its header; ALG_NONE for every algorithm that we do
                      * not accept */
    const char *kid; /* or NULL; borrowed from header */
    /* set by jwt_check */
    const char *sub;    /* a UUID; borrowed from claims */
    int64_t expires_at; /* seconds since 1970 */
    json_object *header, *claims;
    char *text; /* the part that is signed */
    unsigned char sig[JWT_SIG_MAX + 3];
    size_t sig_len;
};
void jwt_release(struct jwt *t);
#define auto_jwt auto_cleanup(jwt_release)

int jwt_read(const char *token, struct jwt *ret, struct err *err);

/* Whether it is from `issuer`, for a signed-in user, and valid now. Clocks may
 * differ by half a minute. */
int jwt_check(struct jwt *t, const char *issuer, struct err *err);

#endif
