/*
 * A public key of a JSON Web Key (RFC 7517) and the check of a signature by
 * it, both by OpenSSL; the only place that calls its EVP functions for keys.
 * A key knows its one algorithm; nothing that a token says changes it.
 */
#ifndef AUTH_KEY_H
#define AUTH_KEY_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

enum alg {
    ALG_NONE, /* none that we take */
    ALG_HS256,
    ALG_ES256,
    ALG_RS256,
};

enum alg alg_of(const char *name); /* as tokens write it; exactly */

struct key {
    char *id;
    enum alg alg;
    struct evp_pkey_st *pkey;
};
void key_release(struct key *k);

/* EC on P-256 is ES256, RSA of 2048 to 8192 bits RS256. False for every other
 * key, for one that is meant for something else or has no `kid`: a set may
 * hold such, they are not for us. */
bool key_from_jwk(json_object *jwk, struct key *ret);
/* The same key once more, to outlive its set. */
void key_copy(const struct key *k, struct key *ret);
/* sig as a token has it: R||S for ES256. */
bool key_verify(const struct key *k, const char *text, const unsigned char *sig,
                size_t sig_len);

#endif
