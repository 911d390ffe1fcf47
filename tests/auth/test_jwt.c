/*
 * auth/jwt and auth/key: only tokens that a known key signed, with that key's
 * algorithm, for us and for now, are accepted; everything else is refused
 * without harm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "auth/b64url.h"
#include "auth/jwt.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "issuer.h"

static EVP_PKEY *ec, *other_ec, *rsa;
static struct key ec_key, rsa_key;

static int
setup(void **state)
{
    auto_json json_object *one = NULL;
    auto_json json_object *two = NULL;

    (void)state;
    ec = issuer_ec();
    other_ec = issuer_ec();
    rsa = issuer_rsa(2048);
    one = issuer_jwk(ec, "ec-1");
    two = issuer_jwk(rsa, "rsa-1");
    assert_true(key_from_jwk(one, &ec_key));
    assert_true(key_from_jwk(two, &rsa_key));
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    key_release(&ec_key);
    key_release(&rsa_key);
    EVP_PKEY_free(ec);
    EVP_PKEY_free(other_ec);
    EVP_PKEY_free(rsa);
    return 0;
}

/* As sign-in does it, with one key of the project. */
static int
accept(const char *token, const struct key *k, struct err *err)
{
    auto_jwt struct jwt t = {0};

    if (jwt_read(token, &t, err) == -1 || jwt_check(&t, ISSUER, err) == -1)
        return -1;
    if (t.alg != k->alg || !key_verify(k, t.text, t.sig, t.sig_len))
        return err_set(err, ERR_UNAUTHENTICATED, "signature");
    return 0;
}

static void
expect(char *token, const struct key *k, bool good)
{
    auto_free char *owned = token;
    struct err err = ERR_INIT;

    if ((accept(owned, k, &err) == 0) != good)
        fail_msg("%s: %s", owned, err.msg);
    assert_int_equal(err.code, good ? ERR_NONE : ERR_UNAUTHENTICATED);
}

static void
what_the_project_signed_is_good(void **state)
{
    (void)state;
    expect(issuer_token("ES256", "ec-1", issuer_claims(), ec), &ec_key, true);
    expect(issuer_token("RS256", "rsa-1", issuer_claims(), rsa), &rsa_key,
           true);
}

static void
what_others_signed_is_not(void **state)
{
    (void)state;
    expect(issuer_token("ES256", "ec-1", issuer_claims(), other_ec), &ec_key,
           false);
    /* the key determines the algorithm, whatever the token says */
    expect(issuer_token("RS256", "ec-1", issuer_claims(), rsa), &ec_key, false);
    expect(issuer_token("ES256", "rsa-1", issuer_claims(), ec), &rsa_key,
           false);
    expect(issuer_token("RS256", "ec-1", issuer_claims(), ec), &ec_key, false);
    expect(issuer_token("none", "ec-1", issuer_claims(), NULL), &ec_key, false);
    expect(issuer_token("none", "ec-1", issuer_claims(), ec), &ec_key, false);
    expect(issuer_token("ES256", "ec-1", issuer_claims(), NULL), &ec_key,
           false);
    expect(issuer_token("es256", "ec-1", issuer_claims(), ec), &ec_key, false);
    expect(issuer_token("ES384", "ec-1", issuer_claims(), ec), &ec_key, false);
    expect(issuer_shared("rsa-1", issuer_claims(), "a public key"), &rsa_key,
           false);
}

static json_object *
but(const char *name, json_object *value)
{
    json_object *o = issuer_claims();

    json_object_object_del(o, name);
    if (value != NULL)
        json_add(o, name, value);
    return o;
}

static json_object *
list_of(const char *a, const char *b)
{
    json_object *list = json_object_new_array();

    json_object_array_add(list, json_object_new_string(a));
    json_object_array_add(list, json_object_new_string(b));
    return list;
}

static void
claims_must_fit(void **state)
{
    int64_t now = clock_now();
    const struct {
        const char *name;
        json_object *value;
        bool good;
    } rows[] = {
        {"exp", NULL, false},
        {"exp", json_object_new_string("9999999999"), false},
        {"exp", json_object_new_int64(now - 3600), false},
        {"exp", json_object_new_int64(now - 40), false},
        {"exp", json_object_new_int64(now - 5), true}, /* leeway */
        {"exp", json_object_new_double((double)now + 0.5), true},
        {"exp", json_object_new_int64(-1), false},
        {"nbf", json_object_new_int64(now + 3600), false},
        {"nbf", json_object_new_int64(now + 5), true},
        {"nbf", json_object_new_string("soon"), false},
        {"iss", NULL, false},
        {"iss", json_object_new_string(ISSUER "/"), false},
        {"iss", json_object_new_string("https://other.supabase.test/auth/v1"),
         false},
        {"aud", NULL, false},
        {"aud", json_object_new_string("anon"), false},
        {"aud", list_of("x", "authenticated"), true},
        {"aud", list_of("x", "authenticate"), false},
        {"aud", json_object_new_array(), false},
        {"role", NULL, false},
        {"role", json_object_new_string("service_role"), false},
        {"sub", NULL, false},
        {"sub", json_object_new_string("postgres"), false},
        {"sub", json_object_new_string(""), false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect(
            issuer_token("ES256", "ec-1", but(rows[i].name, rows[i].value), ec),
            &ec_key, rows[i].good);
}

static void
keys_that_are_not_for_us_are_left(void **state)
{
    static const struct {
        /* clang-format off */
        const char *name, *value; /* NULL: taken out */
    } rows[] = {
        {"kid", NULL},     {"kty", "oct"},     {"kty", "OKP"},
        {"kty", "RSA"},    {"kty", NULL},      {"use", "enc"},
        {"alg", "RS256"},  {"alg", "HS256"},   {"crv", "P-384"},
        {"crv", NULL},     {"x", NULL},        {"x", "AAAA"},
        {"y", "!"},        {"y", ""},          {"x", ""},
        /* no point of the curve */
        {"y", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    };
    /* clang-format on */
    auto_json json_object *weak = NULL;
    EVP_PKEY *small = issuer_rsa(1024);
    struct key k = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        auto_json json_object *jwk = issuer_jwk(ec, "a");

        json_object_object_del(jwk, rows[i].name);
        if (rows[i].value != NULL)
            json_add_str(jwk, rows[i].name, rows[i].value);
        if (key_from_jwk(jwk, &k))
            fail_msg("%s %s", rows[i].name, rows[i].value);
    }
    weak = issuer_jwk(small, "a");
    assert_false(key_from_jwk(weak, &k));
    EVP_PKEY_free(small);
    assert_false(key_from_jwk(NULL, &k));
}

static void
what_is_no_token_is_refused(void **state)
{
    static const char *const texts[] = {
        "", ".", "..", "...", "a", "a.b", "a.b.c", "a.b.c.d", "e30.e30.AA",
        "e30..AA", ".e30.AA", "e30.e30.", "bnVsbA.bnVsbA.AA", "W10.W10.AA",
        "eyJhbGciOiJFUzI1NiJ9.e30",
        "eyJhbGciOiJFUzI1NiJ9.e30.AA=", "eyJhbGciOlsxXX0.e30.AA",
        /* {"alg":"ES256","crit":["x"]} */
        "eyJhbGciOiJFUzI1NiIsImNyaXQiOlsieCJdfQ.e30.AA"};
    auto_free char *huge = xmalloc(JWT_MAX + 2);

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        expect(xstrdup(texts[i]), &ec_key, false);
    memset(huge, 'A', JWT_MAX + 1);
    huge[JWT_MAX + 1] = '\0';
    expect(xstrdup(huge), &ec_key, false);
    memcpy(huge, "e30.e30.", 8); /* a signature too long for its room */
    expect(xstrdup(huge), &ec_key, false);
}

/* Whatever byte of a good token is changed, removed, added or cut off, it is
 * invalid (and, under the sanitizers, nothing else happens). */
static void
every_change_voids(void **state)
{
    auto_free char *good = issuer_token("ES256", "ec-1", issuer_claims(), ec);
    size_t len = strlen(good);
    unsigned seed = 20261127;

    (void)state;
    for (size_t i = 0; i < len; i++) {
        char *changed = xstrdup(good);
        char *less = xstrdup(good);

        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        if (strcmp(changed, good) != 0)
            expect(changed, &ec_key, false);
        memmove(less + i, less + i + 1, len - i);
        expect(less, &ec_key, false);
        expect(xstrndup(good, i), &ec_key, false);
    }
    for (int round = 0; round < 20000; round++) {
        char *t = xstrdup(good);
        int changes = 1 + rand_r(&seed) % 4;

        while (changes-- > 0) {
            size_t at = (size_t)rand_r(&seed) % len;

            t[at] = rand_r(&seed) % 2 == 0 ? good[(size_t)rand_r(&seed) % len]
                                           : (char)(1 + rand_r(&seed) % 255);
        }
        expect(t, &ec_key, strcmp(t, good) == 0);
    }
}

/* Only four bits of a signature's last digit count. */
static void
a_signature_has_one_spelling(void **state)
{
    auto_free char *good = issuer_token("ES256", "ec-1", issuer_claims(), ec);
    size_t last = strlen(good) - 1;

    (void)state;
    for (const char *d = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                         "0123456789-_";
         *d != '\0'; d++) {
        char *t = xstrdup(good);
        bool same = t[last] == *d;

        t[last] = *d;
        expect(t, &ec_key, same);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_project_signed_is_good),
        cmocka_unit_test(what_others_signed_is_not),
        cmocka_unit_test(claims_must_fit),
        cmocka_unit_test(keys_that_are_not_for_us_are_left),
        cmocka_unit_test(what_is_no_token_is_refused),
        cmocka_unit_test(every_change_voids),
        cmocka_unit_test(a_signature_has_one_spelling),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
