/* An issuer of access tokens; see issuer.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "auth/b64url.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "issuer.h"

EVP_PKEY *
issuer_ec(void)
{
    EVP_PKEY *pkey = EVP_EC_gen("P-256");

    assert_non_null(pkey);
    return pkey;
}

EVP_PKEY *
issuer_rsa(int bits)
{
    EVP_PKEY *pkey = EVP_RSA_gen((size_t)bits);

    assert_non_null(pkey);
    return pkey;
}

static void
add_number(json_object *jwk, const char *name, EVP_PKEY *pkey,
           const char *param, int len)
{
    BIGNUM *n = NULL;
    unsigned char bytes[1024];
    auto_free char *text = NULL;

    assert_int_equal(EVP_PKEY_get_bn_param(pkey, param, &n), 1);
    if (len == 0)
        len = BN_num_bytes(n);
    assert_int_equal(BN_bn2binpad(n, bytes, len), len);
    BN_free(n);
    text = b64url_encode(bytes, (size_t)len);
    json_add_str(jwk, name, text);
}

json_object *
issuer_jwk(EVP_PKEY *pkey, const char *kid)
{
    json_object *jwk = json_object_new_object();
    bool ec = EVP_PKEY_is_a(pkey, "EC");

    json_add_str(jwk, "kid", kid);
    json_add_str(jwk, "kty", ec ? "EC" : "RSA");
    json_add_str(jwk, "use", "sig");
    json_add_str(jwk, "alg", ec ? "ES256" : "RS256");
    if (ec) {
        json_add_str(jwk, "crv", "P-256");
        add_number(jwk, "x", pkey, OSSL_PKEY_PARAM_EC_PUB_X, 32);
        add_number(jwk, "y", pkey, OSSL_PKEY_PARAM_EC_PUB_Y, 32);
    } else {
        add_number(jwk, "n", pkey, OSSL_PKEY_PARAM_RSA_N, 0);
        add_number(jwk, "e", pkey, OSSL_PKEY_PARAM_RSA_E, 0);
    }
    return jwk;
}

json_object *
issuer_claims(void)
{
    json_object *o = json_object_new_object();

    json_add_str(o, "iss", ISSUER);
    json_add_str(o, "sub", USER);
    json_add_str(o, "aud", "authenticated");
    json_add_str(o, "role", "authenticated");
    json_add_int(o, "exp", clock_now() + 3600);
    return o;
}

/* "header.claims" */
static char *
unsigned_text(const char *alg, const char *kid, json_object *claims)
{
    auto_json json_object *owned = claims;
    auto_json json_object *header = json_object_new_object();
    auto_free char *one = NULL;
    auto_free char *two = NULL;

    json_add_str(header, "alg", alg);
    json_add_str(header, "typ", "JWT");
    if (kid != NULL)
        json_add_str(header, "kid", kid);
    one = b64url_encode((const unsigned char *)json_out(header),
                        strlen(json_out(header)));
    two = b64url_encode((const unsigned char *)json_out(owned),
                        strlen(json_out(owned)));
    return xasprintf("%s.%s", one, two);
}

static char *
with_signature(char *text, const unsigned char *sig, size_t len)
{
    auto_free char *owned = text;
    auto_free char *last = b64url_encode(sig, len);

    return xasprintf("%s.%s", owned, last);
}

static size_t
to_raw(unsigned char *sig, size_t len)
{
    const unsigned char *p = sig;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &p, (long)len);

    assert_non_null(pair);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(pair), sig, 32), 32);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(pair), sig + 32, 32), 32);
    ECDSA_SIG_free(pair);
    return 64;
}

char *
issuer_token(const char *alg, const char *kid, json_object *claims,
             EVP_PKEY *key)
{
    char *text = unsigned_text(alg, kid, claims);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    unsigned char sig[1024];
    size_t len = 0;

    if (key != NULL) {
        len = sizeof(sig);
        assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key),
                         1);
        assert_int_equal(EVP_DigestSign(ctx, sig, &len,
                                        (const unsigned char *)text,
                                        strlen(text)),
                         1);
        if (EVP_PKEY_is_a(key, "EC"))
            len = to_raw(sig, len);
    }
    EVP_MD_CTX_free(ctx);
    return with_signature(text, sig, len);
}

char *
issuer_shared(const char *kid, json_object *claims, const char *secret)
{
    char *text = unsigned_text("HS256", kid, claims);
    unsigned char digest[HASH_LEN];

    hash_hmac(secret, strlen(secret), text, digest);
    return with_signature(text, digest, sizeof(digest));
}
