/* base/: errors, text, slugs, JSON reading, log masking, buffers. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <limits.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/hasher.h"
#include "base/id.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/packed.h"
#include "base/text.h"

static void
err_first_wins_and_5xx_stays_inside(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(err_set(&err, ERR_ARTIST_NOT_FOUND, "no artist %d", 7),
                     -1);
    err_set(&err, ERR_INTERNAL, "later");
    assert_int_equal(err.code, ERR_ARTIST_NOT_FOUND);
    assert_string_equal(err_detail(&err), "no artist 7");
    assert_int_equal(err_status(err.code), 404);
    assert_string_equal(err_word(err.code), "artist_not_found");

    err_clear(&err);
    err_set(&err, ERR_DATABASE, "host=secret");
    assert_null(strstr(err_detail(&err), "secret"));
    for (int c = ERR_NONE + 1; c < ERR_CODES; c++)
        assert_true(err_status((enum err_code)c) >= 400);
}

static void
slugs_are_ascii_and_stable(void **state)
{
    /* clang-format off */
    static const char *const pairs[][2] = {
        {"F\u00fcr \u00c9lise", "fur-elise"},
        {"  DJ  Ozone!! ", "dj-ozone"},
        {"Stra\u00dfe", "strasse"},
        {"\u0141\u00f3d\u017a", "lodz"},
        {"Don\u2019t Stop", "dont-stop"},
    };
    /* clang-format on */
    char slug[SLUG_MAX + 1];
    char again[SLUG_MAX + 1];

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        id_slug(pairs[i][0], slug);
        assert_string_equal(slug, pairs[i][1]);
        assert_true(id_slug_valid(slug));
    }
    id_slug("\u685c", slug);
    id_slug("\u685c", again);
    assert_string_equal(slug, again);
    assert_true(id_slug_valid(slug));
    assert_memory_equal(slug, "artist-", 7);
    assert_false(id_slug_valid("../x"));
    assert_false(id_slug_valid("-a"));
}

static void
uuids_have_their_form(void **state)
{
    char a[UUID_LEN + 1];
    char b[UUID_LEN + 1];

    (void)state;
    id_make(a);
    id_make(b);
    assert_true(id_valid(a));
    assert_string_not_equal(a, b);
    assert_int_equal(a[14], '4');
    assert_false(id_valid("123"));
    assert_false(id_valid("zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"));
}

static void
text_is_utf8_or_refused(void **state)
{
    auto_free char *line = text_one_line("  a\r\n\tb\u2028c \u202e ");

    (void)state;
    assert_string_equal(line, "a b c");
    assert_true(text_valid("\u00fc\U0001f3b5", 6));
    assert_false(text_valid("\xc0\xaf", 2));     /* overlong slash */
    assert_false(text_valid("\xed\xa0\x80", 3)); /* a surrogate */
    assert_false(text_valid("a\0b", 3));
    assert_false(text_valid("\xf0\x9f\x8e", 3));     /* cut short */
    assert_false(text_valid("\xf0\x9f\x8e\xb5", 3)); /* its end is not ours */
    assert_true(text_valid("\xc3\xbc\xbc", 2));
    assert_true(text_valid("\xef\xbf\xbd", 3)); /* U+FFFD itself */
    assert_int_equal(text_cut("a\u00fcb", 2), 1);
    assert_true(text_blank(" \n\t"));
}

static void
json_says_which_member_is_wrong(void **state)
{
    const char *text = "{\"a\":\"x\",\"n\":1,\"z\":\"a\\u0000b\",\"id\":\"q\"}";
    struct err err = ERR_INIT;
    auto_json json_object *o = json_parse_object(text, strlen(text), &err);
    const char *s = NULL;

    (void)state;
    assert_non_null(o);
    assert_int_equal(json_str(o, "a", &s, &err), 0);
    assert_string_equal(s, "x");
    assert_int_equal(json_str(o, "n", &s, &err), -1);
    assert_string_equal(err.field, "n");
    err_clear(&err);
    assert_int_equal(json_str(o, "missing", &s, &err), -1);
    assert_string_equal(err.field, "missing");
    err_clear(&err);
    assert_int_equal(json_str(o, "z", &s, &err), -1);
    err_clear(&err);
    assert_int_equal(json_uuid(o, "id", &s, &err), -1);
    assert_int_equal(err.code, ERR_INVALID_FIELD);
}

/* No stranger's number is too large for its type. */
static void
numbers_become_whole_within_bounds(void **state)
{
    static const char text[] = "{\"a\":3.9,\"big\":1e300,\"low\":-1e300,"
                               "\"long\":5000000000,\"s\":\"7\"}";
    struct err err = ERR_INIT;
    auto_json json_object *o = json_parse_object(text, strlen(text), &err);

    (void)state;
    assert_non_null(o);
    assert_int_equal(json_number_int(o, "a", 1), 3);
    assert_int_equal(json_number_int(o, "big", 1), INT_MAX);
    assert_int_equal(json_number_int(o, "low", 1), INT_MIN);
    assert_int_equal(json_number_int(o, "long", 1), INT_MAX);
    assert_int_equal(json_number_int(o, "s", 1), 1);
    assert_int_equal(json_number_int(o, "none", 1), 1);
    assert_true(json_number_int64(o, "a", 1) == 3);
    assert_true(json_number_int64(o, "big", 1) == (int64_t)1 << 53);
    assert_true(json_number_int64(o, "low", 1) == -((int64_t)1 << 53));
    assert_true(json_number_int64(o, "long", 1) == 5000000000);
    assert_true(json_number_int64(o, "s", 1) == 1);
    assert_true(json_number_int64(o, "none", 1) == 1);
}

static void
assert_json(const char *text, size_t len, bool valid)
{
    struct err err = ERR_INIT;

    json_object_put(json_parse(text, len, &err));
    if ((err.code == ERR_NONE) != valid)
        fail_msg("%s: %s (%s)", valid ? "refused" : "accepted", text,
                 err.code == ERR_NONE ? "" : err.msg);
    if (!valid)
        assert_int_equal(err.code, ERR_INVALID_JSON);
    err_clear(&err);
}

/* What json-c alone takes, in one version or another. */
static void
json_is_strict(void **state)
{
    static const char *const bad[] = {
        "", " ", "{", "[", "}", "nul", "nullx", "nulL", "True", "NaN", "nan",
        "-NaN", "Infinity", "-Infinity", "[NaN]", "undefined",
        /* what follows, and commas */
        "{} x", "1 2", "\"a\"\"b\"", "[]]", "{}}", "1,", "{\"a\":1,}", "[1,]",
        "[,1]", "[1,,2]", "{,}", "[1 2]", "{\"a\" 1}", "{\"a\":1 \"b\":2}",
        "{\"a\":}", "{\"a\"}", "{a:1}", "{1:1}", "[1}", "{\"a\":1]",
        /* other quotes, comments, white space that is not JSON's */
        "'a'", "{'a':1}", "/**/1", "1/**/", "// x\n1", "[1/*x*/]", "#1", "\f1",
        "\v1",
        "\xc2\xa0"
        "1",
        "[1\xe2\x80\xa8]",
        /* strings */
        "\"", "\"\\\"", "\"\t\"", "\"\n\"", "\"\x01\"", "\"\x1f\"", "\"\\x41\"",
        "\"\\'\"", "\"\\u12\"", "\"\\u123g\"", "\"\\U0041\"", "\"\\\n\"",
        /* numbers */
        "01", "-01", "-", "+1", ".5", "1.", "1.e1", "1e", "1e+", "0x10", "1_0",
        "--1", "1-", "1e1.5", "-a",
        /* UTF-8: alone, cut, too long, a surrogate, past the end */
        "\xff", "\"\xff\"", "\"\x80\"", "{\"a\":\"\xc3\"}", "\"\xc3(\"",
        "\"\xe2\x82\"", "\"\xc0\xaf\"", "\"\xe0\x80\xaf\"",
        "\"\xf0\x80\x80\xaf\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"",
        "\"\xf8\x88\x80\x80\x80\"", "{\"\xc3\":1}", "\xc3\xa9"};
    struct err err = ERR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_json(bad[i], strlen(bad[i]), false);
    assert_json("\"a\0b\"", 5, false);
    assert_json("{}\0", 3, false);
    assert_json("1\0", 2, false);
    json_object_put(json_parse_object("\xef\xbb\xbf{}", 5, &err));
    assert_int_equal(err.code, ERR_NONE);
    assert_null(json_parse_object("[1]", 3, &err));
    assert_int_equal(err.code, ERR_INVALID_JSON);
    err_clear(&err);
    assert_null(json_parse("{\"a\":\"\xc3(\"}", 9, &err));
    assert_string_equal(err.msg, "this is not valid JSON: bad UTF-8 (byte 6)");
    err_clear(&err);
    assert_null(json_parse("{\"a\":", 5, &err));
    assert_string_equal(err.msg,
                        "this is not valid JSON: it ends too early (byte 5)");
    err_clear(&err);
}

static void
json_takes_all_that_is_json(void **state)
{
    /* clang-format off */
    static const char *const good[] = {
        " {\"a\": [1, 2]} \n", "17", "-0", "0", "-0.5e-3", "1E+2", "1e5",
        "[1e5,2]", "\r\n\t 1", "null", "true", "false", "\"\"", "[]", "{}",
        "[[],{},\"\"]", "{\"\":0}", "{\"a\":1,\"a\":2}", "\"\\u00fc\\/\\b\"",
        "\"\\ud83c\\udf9b\"", "\"\x7f\"", "\"F\xc3\xbcr Elise\"",
        "{\"F\xc3\xbcr\":\"\xed\x95\x9c\xea\xb5\xad\"}",
        "\"\xf0\x9f\x8e\x9b e\xcc\x81\"", "\"\xf4\x8f\xbf\xbf\"",
        "\"\xc2\x80 \xc2\x9f \xe2\x80\xa8 \xef\xbf\xbd\"",
        "123456789012345678", "-1.7976931348623157e308"};
    /* clang-format on */
    const char *name = "{\"name\":\"F\xc3\xbcr Elise\"}";
    struct err err = ERR_INIT;
    auto_json json_object *o = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_json(good[i], strlen(good[i]), true);
    o = json_parse_object(name, strlen(name), &err);
    assert_non_null(o);
    assert_string_equal(json_text(o, "name"), "F\xc3\xbcr Elise");
}

/* As deep as allowed, whatever is in the innermost, and no deeper. */
static void
json_has_a_bottom(void **state)
{
    static const char *const inside[] = {"", "1", "\"a\"", "{}"};

    (void)state;
    for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
        size_t deep = JSON_DEPTH_MAX - (i == 3 ? 1 : 0);

        for (size_t more = 0; more < 2; more++) {
            auto_buf struct buf text = BUF_INIT(1000);

            for (size_t n = 0; n < deep + more; n++)
                buf_add_str(&text, "[");
            buf_add_str(&text, inside[i]);
            for (size_t n = 0; n < deep + more; n++)
                buf_add_str(&text, "]");
            assert_json(buf_str(&text), text.len, more == 0);
        }
    }
}

static void
json_written_as_it_comes_is_what_a_tree_gives(void **state)
{
    static const char tree[] =
        "{\"a \\\"\u00fc\":{\"x\":1,\"y\":[]},\"b\":null,"
        "\"list\":[{},{\"t\":\"/\\n\"},2,[3,true]],\"end\":\"e\"}";
    struct err err = ERR_INIT;
    auto_json json_object *o = json_parse(tree, strlen(tree), &err);
    json_object *list = json_at(o, "list");
    auto_buf struct buf all = BUF_INIT(1000);
    auto_buf struct buf piece = BUF_INIT(1000);
    struct json_writer w = {.out = &all};
    auto_json json_object *first = json_object_new_object();

    (void)state;
    json_add(first, "a \"\u00fc", json_object_get(json_at(o, "a \"\u00fc")));
    json_add(first, "b", NULL);
    json_writer_object(&w);
    json_writer_members(&w, first);
    json_writer_name(&w, "list");
    json_writer_array(&w);
    w.out = &piece; /* as when it is emptied in between */
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_writer_value(&w, json_object_array_get_idx(list, i));
        buf_add_str(&all, buf_str(&piece));
        buf_clear(&piece);
    }
    w.out = &all;
    json_writer_array_end(&w);
    json_writer_name(&w, "end");
    json_writer_value(&w, json_at(o, "end"));
    json_writer_object_end(&w);
    assert_string_equal(buf_str(&all), json_out(o));
}

static void
logs_hold_no_keys(void **state)
{
    char line[] = "Authorization: Bearer abc.def sk-proj-0123456789abcd "
                  "postgres://me:pa55@h/db eyJhbGciOiJIUzI1NiIsInR5cCI6 "
                  "sb_secret_0123456789 password=hunter2 risk-free";

    (void)state;
    log_mask(line);
    assert_null(strstr(line, "abc.def"));
    assert_null(strstr(line, "proj-0123"));
    assert_null(strstr(line, "pa55"));
    assert_null(strstr(line, "hbGci"));
    assert_null(strstr(line, "secret_0123"));
    assert_null(strstr(line, "hunter2"));
    assert_non_null(strstr(line, "risk-free"));
}

static void
buffers_stop_at_their_maximum(void **state)
{
    auto_buf struct buf b = BUF_INIT(8);

    (void)state;
    assert_int_equal(buf_add_str(&b, "12345678"), 0);
    assert_string_equal(buf_str(&b), "12345678");
    assert_int_equal(buf_add_str(&b, "9"), -1);
    assert_true(b.failed);
    assert_int_equal(b.len, 0);
    buf_clear(&b);
    assert_int_equal(buf_addf(&b, "%d-%s", 12, "ab"), 0);
    assert_string_equal(buf_str(&b), "12-ab");
}

static void
hashes_are_the_published_ones(void **state)
{
    char hex[HASH_HEX_LEN + 1];

    (void)state;
    hash_hex_of("abc", 3, hex); /* FIPS 180-4, appendix B.1 */
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9c"
                             "b410ff61f20015ad");
    hash_hmac_hex("Jefe", 4, "what do ya want for nothing?",
                  hex); /* RFC 4231 */
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d273983"
                             "9dec58b964ec3843");
    assert_true(hash_same("abc", "abc"));
    assert_false(hash_same("abc", "abd"));
}

/* With its thread and before it is worth one. */
static void
a_hasher_hashes_what_it_is_put(void **state)
{
    (void)state;
    for (size_t blocks = 0; blocks < 24; blocks += 3) {
        auto_hasher struct hasher *h = hasher_open();
        auto_hash struct hash *one = hash_open();
        char want[HASH_HEX_LEN + 1], got[HASH_HEX_LEN + 1];

        for (size_t i = 0; i < blocks; i++) {
            size_t len = HASHER_BLOCK - i * 7;
            char *block = hasher_block(h);

            assert_ptr_equal(block, hasher_block(h));
            memset(block, (int)i + 1, len);
            hash_add(one, block, len);
            hasher_put(h, len);
            assert_int_equal(block[len - 1], (char)(i + 1));
        }
        hash_hex(one, want);
        hasher_hex(h, got);
        assert_string_equal(got, want);
    }
}

static void
base64_is_the_rfcs(void **state)
{
    /* clang-format off */
    static const char *const pairs[][2] = {
        {"", ""},         {"f", "Zg=="},         {"fo", "Zm8="},
        {"foo", "Zm9v"},  {"foob", "Zm9vYg=="},  {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"}, {"\xff\xfe\xfd", "//79"}};
    /* clang-format on */
    static const char *const bad[] = {
        "Zg", "Zg=", "Zg==Zg==", "Z===", "Zm9-", "Zm 9", "=Zg="};

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        auto_free char *got = text_base64(pairs[i][0], strlen(pairs[i][0]));

        size_t len = 99;
        auto_free char *back = text_unbase64(pairs[i][1], &len);

        assert_string_equal(got, pairs[i][1]);
        assert_int_equal(len, strlen(pairs[i][0]));
        assert_string_equal(back, pairs[i][0]);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        size_t len;

        assert_null(text_unbase64(bad[i], &len));
    }
}

static void
packed_bytes_come_back(void **state)
{
    char zeros[5000] = {0};
    auto_free char *text = packed_text(zeros, sizeof(zeros));
    auto_free char *none = packed_text("", 0);
    auto_buf struct buf got = BUF_INIT(5000);
    auto_buf struct buf tight = BUF_INIT(4999);
    auto_buf struct buf torn = BUF_INIT(5000);

    (void)state;
    assert_true(strlen(text) < 64);
    assert_true(packed_open(text, &got));
    assert_int_equal(got.len, 5000);
    assert_memory_equal(got.data, zeros, 5000);
    assert_false(packed_open(text, &tight));
    text[strlen(text) - 4] = '\0';
    assert_false(packed_open(text, &torn));
    buf_clear(&got);
    assert_true(packed_open(none, &got));
    assert_int_equal(got.len, 0);
    assert_false(packed_open("bm90IHpsaWI=", &got));
}

static void
times_are_read_as_they_are_written(void **state)
{
    char text[CLOCK_TEXT];

    (void)state;
    clock_text(1795735284, text);
    assert_int_equal(clock_read(text), 1795735284);
    assert_int_equal(clock_read("2026-11-26T23:21:24.123456+00:00"),
                     1795735284);
    assert_int_equal(clock_read("2026-11-27T01:51:24+02:30"), 1795735284);
    assert_int_equal(clock_read("2026-11-26"), -1);
    assert_int_equal(clock_read("2026-11-26T23:21:24"), -1);
    assert_int_equal(clock_read("2026-11-26T23:21:24Zulu"), -1);
}

static void
a_wait_ends_by_the_clock_that_nobody_sets(void **state)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never = PTHREAD_COND_INITIALIZER;
    int64_t until = clock_mono_ms() + 30;
    int rc = 0;

    (void)state;
    pthread_mutex_lock(&lock);
    while (rc == 0)
        rc = clock_wait(&never, &lock, until);
    pthread_mutex_unlock(&lock);
    assert_int_equal(rc, ETIMEDOUT);
    assert_true(clock_mono_ms() >= until);
}

static void
text_writes_what_it_reads(void **state)
{
    static const uint32_t points[] = {0x41,    0x7f,    0x80,    0x7ff,
                                      0x800,   0xd7ff,  0xe000,  0xffff,
                                      0x10000, 0x1f3b9, 0x10ffff};

    (void)state;
    for (size_t i = 0; i < sizeof(points) / sizeof(*points); i++) {
        char text[5] = "";
        size_t n = text_put(points[i], text);
        const char *p = text;

        assert_true(text_valid(text, n));
        assert_int_equal(text_next(&p), points[i]);
        assert_ptr_equal(p, text + n);
    }
    assert_int_equal(text_count_to("a\u00fc\u00fc", 3), 2);
    assert_int_equal(text_before("Track.TXT", ".txt"), 5);
    assert_int_equal(text_before(".txt", ".txt"), 0);
    assert_int_equal(text_before("txt", ".txt"), 0);
    assert_int_equal(text_before("track.wav", ".txt"), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_writes_what_it_reads),
        cmocka_unit_test(err_first_wins_and_5xx_stays_inside),
        cmocka_unit_test(slugs_are_ascii_and_stable),
        cmocka_unit_test(uuids_have_their_form),
        cmocka_unit_test(text_is_utf8_or_refused),
        cmocka_unit_test(json_says_which_member_is_wrong),
        cmocka_unit_test(numbers_become_whole_within_bounds),
        cmocka_unit_test(json_is_strict),
        cmocka_unit_test(json_takes_all_that_is_json),
        cmocka_unit_test(json_has_a_bottom),
        cmocka_unit_test(json_written_as_it_comes_is_what_a_tree_gives),
        cmocka_unit_test(logs_hold_no_keys),
        cmocka_unit_test(buffers_stop_at_their_maximum),
        cmocka_unit_test(base64_is_the_rfcs),
        cmocka_unit_test(packed_bytes_come_back),
        cmocka_unit_test(times_are_read_as_they_are_written),
        cmocka_unit_test(a_wait_ends_by_the_clock_that_nobody_sets),
        cmocka_unit_test(hashes_are_the_published_ones),
        cmocka_unit_test(a_hasher_hashes_what_it_is_put),
    };

    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
