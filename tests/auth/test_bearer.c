/* auth/bearer and auth/b64url: tokens of our own, and the one spelling of
 * base64url. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "auth/b64url.h"
#include "auth/bearer.h"
#include "base/auto.h"

static void
base64url_has_one_spelling(void **state)
{
    static const struct {
        const char *text;
        int len; /* of its meaning; -1: it means nothing */
    } rows[] = {
        {"", 0},     {"AA", 1},     {"AAA", 2},  {"AAAA", 3}, {"_-8", 2},
        {"A", -1},   {"AAAAA", -1}, {"AB", -1},  {"AAB", -1}, {"AA==", -1},
        {"AA=", -1}, {"A+", -1},    {"A/A", -1}, {"A A", -1}, {"AA\n", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned char bytes[16];
        size_t len = 99;
        bool ok =
            b64url_decode(rows[i].text, strlen(rows[i].text), bytes, &len);

        assert_int_equal(ok, rows[i].len >= 0);
        if (ok) {
            auto_free char *again = b64url_encode(bytes, len);

            assert_int_equal(len, rows[i].len);
            assert_string_equal(again, rows[i].text);
        }
    }
}

static void
what_is_made_is_known_again(void **state)
{
    char first[BEARER_LEN + 1], second[BEARER_LEN + 1];
    char hash[HASH_HEX_LEN + 1], expected[HASH_HEX_LEN + 1];

    (void)state;
    bearer_make(BEARER_TOKEN, first);
    bearer_make(BEARER_TOKEN, second);
    assert_int_equal(strlen(first), BEARER_LEN);
    assert_string_not_equal(first, second);
    assert_true(bearer_hash(BEARER_TOKEN, first, hash));
    hash_hex_of(first, BEARER_LEN, expected);
    assert_string_equal(hash, expected);

    assert_false(bearer_hash(BEARER_TOKEN, "", hash));
    assert_false(bearer_hash(BEARER_TOKEN, "tm_", hash));
    first[0] = 'T';
    assert_false(bearer_hash(BEARER_TOKEN, first, hash));
    first[0] = 't';
    first[20] = '+';
    assert_false(bearer_hash(BEARER_TOKEN, first, hash));
    second[BEARER_LEN - 1] = '\0';
    assert_false(bearer_hash(BEARER_TOKEN, second, hash));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64url_has_one_spelling),
        cmocka_unit_test(what_is_made_is_known_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
