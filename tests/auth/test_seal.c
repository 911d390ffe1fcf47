/*
 * auth/seal: sealed text is opened only by its key, and unchanged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "auth/seal.h"
#include "base/auto.h"
#include "base/mem.h"

static void
what_is_sealed_is_opened(void **state)
{
    static const char *const texts[] = {"", "x", "{\"access\":\"eyJ.a.b\"}",
                                        "F\u00fcr \u00c9lise"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        auto_free char *a = seal_make("a key", texts[i]);
        auto_free char *b = seal_make("a key", texts[i]);
        auto_free char *opened = seal_open("a key", a);

        assert_string_equal(opened, texts[i]);
        assert_string_not_equal(a, b); /* nobody sees that they are alike */
        assert_null(strstr(a, "access"));
    }
}

static void
nothing_else_is(void **state)
{
    auto_free char *sealed = seal_make("a key", "a secret of some length");
    size_t len = strlen(sealed);

    (void)state;
    assert_null(seal_open("another key", sealed));
    assert_null(seal_open("", sealed));
    for (size_t i = 0; i < len; i++) {
        auto_free char *other = xstrdup(sealed);
        auto_free char *part = xstrndup(sealed, i);

        other[i] = other[i] == 'A' ? 'B' : 'A';
        assert_null(seal_open("a key", other));
        assert_null(seal_open("a key", part));
    }
    assert_null(seal_open("a key", "no base64, and short"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_is_opened),
        cmocka_unit_test(nothing_else_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
