/*
 * A public key from a JSON Web Key (RFC 7517) and the verification of
 * signatures with it, both by OpenSSL; the only place that calls its EVP
 * functions for keys. A key has one algorithm; nothing in a token changes it.
 */
#ifndef AUTH_KEY_H
#define AUTH_KEY_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

enum alg {
    ALG_NONE, /* none that we accept */
    ALG_HS256,
    ALG_ES256,
    ALG_RS256,
};

enum alg alg_of(const char *name); /* exactly as tokens spell it */

struct key {
    char *id;
    enum alg alg;
    struct evp_pkey_st *pkey;
};
void key_release(struct key *k);

/* EC on P-256 is ES256, RSA of 2048 to 8192 bits RS256. False for every other
 * key, and for a key with another purpose or without `kid`: a set may contain
 * such keys, which we ignore. */
bool key_from_jwk(json_object *jwk, struct key *ret);
/* A second reference to the key, to outlive its set. */
void key_copy(const struct key *k, struct key *ret);
/* sig as in a token: R||S for ES256. */
bool key_verify(const struct key *k, const char *text, const unsigned char *sig,
                size_t sig_len);

#endif
