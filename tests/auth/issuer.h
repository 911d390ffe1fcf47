/* An issuer of access tokens for tests: its own keys, and signatures, good and
 * bad. */
#ifndef TESTS_AUTH_ISSUER_H
#define TESTS_AUTH_ISSUER_H

#include <json-c/json.h>
#include <openssl/evp.h>

#define ISSUER "https://project.supabase.test/auth/v1"
#define USER "0f9b3a52-2f6c-4d4b-9a1e-3f1d2c4b5a69"

EVP_PKEY *issuer_ec(void);
EVP_PKEY *issuer_rsa(int bits);
/* Its public half as a JWK; the caller puts it. */
json_object *issuer_jwk(EVP_PKEY *pkey, const char *kid);

/* The claims of a user's token, with `exp` in an hour. The caller puts it. */
json_object *issuer_claims(void);
/* A token, signed by the key; NULL: not at all. The caller frees it, claims
 * are taken. */
char *issuer_token(const char *alg, const char *kid, json_object *claims,
                   EVP_PKEY *key);
/* The same by HS256. */
char *issuer_shared(const char *kid, json_object *claims, const char *secret);

#endif
