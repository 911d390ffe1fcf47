/* Public keys by OpenSSL; see key.h. */
#include "auth/key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

#include "auth/b64url.h"
#include "base/auto.h"
#include "base/json.h"
#include "base/mem.h"

#define P256_LEN 32
#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 8192
#define NUMBER_MAX (RSA_BITS_MAX / 8)

AUTO_DEFINE(auto_bn_p, BIGNUM *, BN_free)
#define auto_bn auto_cleanup(auto_bn_p)
AUTO_DEFINE(auto_bld_p, OSSL_PARAM_BLD *, OSSL_PARAM_BLD_free)
#define auto_bld auto_cleanup(auto_bld_p)
AUTO_DEFINE(auto_params_p, OSSL_PARAM *, OSSL_PARAM_free)
#define auto_params auto_cleanup(auto_params_p)
AUTO_DEFINE(auto_pctx_p, EVP_PKEY_CTX *, EVP_PKEY_CTX_free)
#define auto_pctx auto_cleanup(auto_pctx_p)
AUTO_DEFINE(auto_mdctx_p, EVP_MD_CTX *, EVP_MD_CTX_free)
#define auto_mdctx auto_cleanup(auto_mdctx_p)
AUTO_DEFINE(auto_sig_p, ECDSA_SIG *, ECDSA_SIG_free)
#define auto_sig auto_cleanup(auto_sig_p)

enum alg
alg_of(const char *name)
{
    if (strcmp(name, "HS256") == 0)
        return ALG_HS256;
    if (strcmp(name, "ES256") == 0)
        return ALG_ES256;
    return strcmp(name, "RS256") == 0 ? ALG_RS256 : ALG_NONE;
}

void
key_release(struct key *k)
{
    EVP_PKEY_free(k->pkey);
    free(k->id);
    *k = (struct key){0};
}

void
key_copy(const struct key *k, struct key *ret)
{
    (void)EVP_PKEY_up_ref(k->pkey);
    *ret = (struct key){xstrdup(k->id), k->alg, k->pkey};
}

/* ---- from a JWK ---- */

/* A member's bytes; -1 if it is absent or longer than max. */
static int
member(json_object *jwk, const char *name, unsigned char *out, size_t max)
{
    const char *text = json_text(jwk, name);
    size_t len;

    if (text == NULL || B64URL_ROOM(strlen(text)) > max + 3 ||
        !b64url_decode(text, strlen(text), out, &len) || len > max)
        return -1;
    return (int)len;
}

static EVP_PKEY *
from_data(const char *type, OSSL_PARAM_BLD *bld)
{
    auto_params OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
    auto_pctx EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *pkey = NULL;

    if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
        return NULL;
    return pkey;
}

/* OpenSSL refuses a point that is not on the curve. */
static EVP_PKEY *
ec_key(json_object *jwk)
{
    auto_bld OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    unsigned char point[1 + 2 * P256_LEN + 3] = {POINT_CONVERSION_UNCOMPRESSED};
    const char *curve = json_text(jwk, "crv");

    if (curve == NULL || strcmp(curve, "P-256") != 0 ||
        member(jwk, "x", point + 1, P256_LEN) != P256_LEN ||
        member(jwk, "y", point + 1 + P256_LEN, P256_LEN) != P256_LEN ||
        OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME,
                                        "prime256v1", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point,
                                         1 + 2 * P256_LEN) != 1)
        return NULL;
    return from_data("EC", bld);
}

static EVP_PKEY *
rsa_key(json_object *jwk)
{
    auto_bld OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    unsigned char bytes[NUMBER_MAX + 3];
    auto_bn BIGNUM *n = NULL;
    auto_bn BIGNUM *e = NULL;
    int len;

    if ((len = member(jwk, "n", bytes, NUMBER_MAX)) <= 0 ||
        (n = BN_bin2bn(bytes, len, NULL)) == NULL ||
        BN_num_bits(n) < RSA_BITS_MIN ||
        (len = member(jwk, "e", bytes, sizeof(uint32_t))) <= 0 ||
        (e = BN_bin2bn(bytes, len, NULL)) == NULL || !BN_is_odd(e) ||
        BN_is_one(e) ||
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e) != 1)
        return NULL;
    return from_data("RSA", bld);
}

/* If the member is present, it must say this. */
static bool
says(json_object *jwk, const char *name, const char *wanted)
{
    const char *text = json_text(jwk, name);

    return text != NULL ? strcmp(text, wanted) == 0
                        : json_at(jwk, name) == NULL;
}

bool
key_from_jwk(json_object *jwk, struct key *ret)
{
    const char *id = json_text(jwk, "kid");
    const char *type = json_text(jwk, "kty");
    bool ec = type != NULL && strcmp(type, "EC") == 0;
    EVP_PKEY *pkey;

    if (id == NULL || type == NULL || (!ec && strcmp(type, "RSA") != 0) ||
        !says(jwk, "use", "sig") || !says(jwk, "alg", ec ? "ES256" : "RS256"))
        return false;
    pkey = ec ? ec_key(jwk) : rsa_key(jwk);
    if (pkey == NULL)
        return false;
    *ret = (struct key){xstrdup(id), ec ? ALG_ES256 : ALG_RS256, pkey};
    return true;
}

/* ---- signatures ---- */

/* R||S as the DER that OpenSSL expects; 0 if it is invalid. The caller frees
 * *ret. */
static size_t
to_der(const unsigned char *sig, size_t len, unsigned char **ret)
{
    auto_sig ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r, *s;
    int n;

    if (len != 2 * P256_LEN)
        return 0;
    r = BN_bin2bn(sig, P256_LEN, NULL);
    s = BN_bin2bn(sig + P256_LEN, P256_LEN, NULL);
    if (pair == NULL || ECDSA_SIG_set0(pair, r, s) != 1)
        abort(); /* only possible if memory is exhausted */
    n = i2d_ECDSA_SIG(pair, ret);
    return n > 0 ? (size_t)n : 0;
}

static bool
verify(EVP_PKEY *pkey, const char *text, const unsigned char *sig, size_t len)
{
    auto_mdctx EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    return EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, pkey) == 1 &&
           EVP_DigestVerify(ctx, sig, len, (const unsigned char *)text,
                            strlen(text)) == 1;
}

bool
key_verify(const struct key *k, const char *text, const unsigned char *sig,
           size_t sig_len)
{
    unsigned char *der = NULL;
    size_t len;
    bool ok;

    if (k->alg == ALG_RS256)
        return verify(k->pkey, text, sig, sig_len);
    len = to_der(sig, sig_len, &der);
    ok = len > 0 && verify(k->pkey, text, der, len);
    OPENSSL_free(der);
    return ok;
}
