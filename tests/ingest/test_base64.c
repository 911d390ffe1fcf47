/*
 * Goal: the fast decoder and the slow one agree, byte for byte and character
 * for character, wherever an invalid character is; and no byte is written past
 * the room that was promised to suffice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "ingest/base64.h"

#define LEN_MAX 200

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Straight from RFC 4648, one digit after the other. */
static size_t
by_the_book(const unsigned char *in, size_t len, unsigned char *out,
            size_t *ret_len)
{
    unsigned bits = 0;
    size_t n, held = 0;

    *ret_len = 0;
    for (n = 0; n < len; n++) {
        int c = in[n] == '-' ? '+' : in[n] == '_' ? '/' : in[n];
        const char *at = c != '\0' ? strchr(alphabet, c) : NULL;

        if (at == NULL)
            break;
        bits = (bits << 6 | (unsigned)(at - alphabet)) & 0xffffff;
        if (++held % 4 == 0) {
            out[(*ret_len)++] = (unsigned char)(bits >> 16);
            out[(*ret_len)++] = (unsigned char)(bits >> 8);
            out[(*ret_len)++] = (unsigned char)bits;
        }
    }
    return n;
}

/* Decode after `before` digits, in buffers that are not a byte too large. */
static void
same(const unsigned char *in, size_t len, size_t before)
{
    unsigned char *text = xmalloc(before + len);
    unsigned char *got = xmalloc(BASE64_ROOM(len));
    unsigned char want[BASE64_ROOM(LEN_MAX + 3)];
    unsigned char first[BASE64_ROOM(3)];
    struct base64 b = {0};
    size_t got_len, want_len, none;

    memset(text, 'Q', before);
    memcpy(text + before, in, len);
    assert_int_equal(base64_digits(&b, text, before, first, &none), before);
    assert_int_equal(none, 0);
    assert_int_equal(base64_digits(&b, text + before, len, got, &got_len),
                     by_the_book(text, before + len, want, &want_len) - before);
    assert_int_equal(got_len, want_len);
    assert_memory_equal(got, want, want_len);
    free(text);
    free(got);
}

static void
fill(unsigned char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        text[i] = (unsigned char)alphabet[(i * 37 + i / 5) % 64];
}

static void
every_length(void **state)
{
    unsigned char text[LEN_MAX];

    (void)state;
    fill(text, sizeof(text));
    for (size_t len = 0; len <= sizeof(text); len++)
        for (size_t before = 0; before < 4; before++)
            same(text, len, before);
}

static void
every_byte_everywhere(void **state)
{
    unsigned char text[LEN_MAX];

    (void)state;
    for (size_t at = 0; at < 70; at++)
        for (int c = 0; c < 256; c++) {
            fill(text, sizeof(text));
            text[at] = (unsigned char)c;
            same(text, 120, 0);
            same(text, 119, 3);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length),
        cmocka_unit_test(every_byte_everywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
