/* ingest_json: every cut, every mistake, and no memory for what passes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <sys/resource.h>

#include <cmocka.h>

#include "base/mem.h"
#include "feed.h"

struct fields3 {
    struct ingest_field v[3];
};

static struct fields3
fields(void)
{
    return (struct fields3){{
        {.name = "artistId", .max = 36, .required = true},
        {.name = "promptText", .max = 40, .required = true},
        {.name = "note", .max = 8},
    }};
}

static int
run(struct feed *f, struct fields3 *in, struct ingest_result *ret,
    struct err *err)
{
    struct ingest_source source = {feed_read, f};
    struct ingest_sink sink = {feed_write, f};

    return ingest_json(&source, in->v, 3, "audioBase64", &sink, ret, err);
}

#define TEN "0123456789"
#define LONG                                                                   \
    TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

#define BOTH "\"artistId\":\"a\",\"promptText\":\"p\""

/* ---- valid bodies ---- */

static const char everything[] =
    " {\"unknown\" : {\"deep\":[1,-0.5e+3,{\"x\":[[],{}]},\"a\\\\\\\"]}\"]},\n"
    "\t\"artistId\":\"\\u0041\\ud834\\udd1e\xc3\xa4\",\r\n"
    "\"audioBase64\":\"AP\\u002b\\/YWJ\\nj ZGVm\\r\\nZw=\\u003d\","
    "\"audioBase64\\u0000\":1,\"\":null,\"t\":[true,false,null,0,10,1E2],"
    "\"note\":null,\"promptText\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"} \n";
/* AP+/ YWJj ZGVm Zw== */
static const char everything_audio[] = "\x00\xff\xbf"
                                       "abcdefg";

static void
check_everything(struct feed *f)
{
    auto_ingest_result struct ingest_result ret = {0};
    struct fields3 in = fields();
    struct err err = ERR_INIT;

    if (run(f, &in, &ret, &err) == -1)
        fail_msg("first %zu step %zu: %s", f->first, f->step, err.msg);
    assert_string_equal(in.v[0].value, "A\xf0\x9d\x84\x9e\xc3\xa4");
    assert_string_equal(in.v[1].value, "\"\\/\b\f\n\r\t");
    assert_null(in.v[2].value);
    assert_true(ret.file_seen);
    assert_int_equal(ret.file_bytes, 10);
    assert_int_equal(f->out.len, 10);
    assert_memory_equal(f->out.data, everything_audio, 10);
    ingest_fields_release(in.v, 3);
    buf_release(&f->out);
}

static void
every_cut(void **state)
{
    size_t len = sizeof(everything) - 1;

    (void)state;
    for (size_t step = 1; step <= len; step++) {
        struct feed f = feed_of(everything, len);

        f.step = step;
        check_everything(&f);
    }
    for (size_t first = 1; first < len; first++) {
        struct feed f = feed_of(everything, len);

        f.first = first;
        check_everything(&f);
    }
}

/* A body cut short anywhere is refused, and distinguished from a client that
 * leaves. */
static void
every_early_end(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof(everything) - 4; len++) {
        for (int gone = 0; gone < 2; gone++) {
            struct feed f = feed_of(everything, len);
            struct ingest_result ret;
            struct fields3 in = fields();
            struct err err = ERR_INIT;

            f.gone = gone;
            assert_int_equal(run(&f, &in, &ret, &err), -1);
            assert_int_equal(err.code,
                             gone ? ERR_CLIENT_GONE : ERR_INVALID_JSON);
            assert_null(in.v[0].value);
            buf_release(&f.out);
        }
    }
}

static void
ways_to_write_base64(void **state)
{
    static const struct {
        const char *in, *out, *type;
    } rows[] = {
        {"", "", NULL},
        {"YQ==", "a", NULL},
        {"YQ", "a", NULL},
        {"YWI=", "ab", NULL},
        {"YWI", "ab", NULL},
        {"YWJj", "abc", NULL},
        {" Y W\\nJ\\tj\\r\\n ", "abc", NULL},
        {"YQ = = ", "a", NULL},
        {"-_-_", "\xfb\xff\xbf", NULL},
        {"+/+\\/", "\xfb\xff\xbf", NULL},
        {"data", "\x75\xab\x5a", NULL},
        {"dat", "\x75\xab", NULL},
        {"data:audio/mpeg;base64,YWJj", "abc", "audio/mpeg"},
        {"data:audio/wav;codec=1;BASE64,YQ==", "a", "audio/wav"},
        {"data:;base64,YQ==", "a", NULL},
        {"data:audio\\/mpeg;base64\\u002cYQ", "a", "audio/mpeg"},
        {" \\n data:audio/mpeg;base64,YQ==", "a", "audio/mpeg"},
        {"Data:audio/mpeg;base64,YQ==", "a", "audio/mpeg"},
        {"DATA:audio/mpeg ; base64 ,YQ==", "a", "audio/mpeg"},
        {"data: audio/mpeg;name=" LONG ";base64,YQ==", "a", "audio/mpeg"},
        {"data:audio/mpeg;name=\\\"a, \xc3\xa4.mp3\\\";base64,YQ==", "a",
         "audio/mpeg"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size_t step = 0; step < 4; step++) {
            auto_ingest_result struct ingest_result ret = {0};
            auto_free char *body =
                xasprintf("{" BOTH ",\"audioBase64\":\"%s\"}", rows[i].in);
            struct feed f = feed_of(body, strlen(body));
            struct fields3 in = fields();
            struct err err = ERR_INIT;

            f.step = step;
            if (run(&f, &in, &ret, &err) == -1)
                fail_msg("%s: %s", rows[i].in, err.msg);
            assert_true(ret.file_seen);
            assert_int_equal(f.out.len, strlen(rows[i].out));
            assert_string_equal(buf_str(&f.out), rows[i].out);
            if (rows[i].type == NULL)
                assert_null(ret.file_type);
            else
                assert_string_equal(ret.file_type, rows[i].type);
            ingest_fields_release(in.v, 3);
            buf_release(&f.out);
        }
    }
}

/* Lengths around the windows and buffers, compared with an encoder written
 * here. */
static void
long_base64(void **state)
{
    static const char abc[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
                              "uvwxyz0123456789+/";
    static const size_t sizes[] = {49151, 49152,  49153,  65535,
                                   65536, 100000, 400001, 1000003};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (int broken = 0; broken < 2; broken++) {
            size_t n = sizes[i];
            auto_free unsigned char *audio = xmalloc(n + 2);
            auto_free char *body = xmalloc(n * 2 + 100);
            auto_ingest_result struct ingest_result ret = {0};
            struct feed f;
            struct fields3 in = fields();
            struct err err = ERR_INIT;
            char *p = body + sprintf(body, "{\"audioBase64\":\"");

            for (size_t k = 0; k < n + 2; k++)
                audio[k] = k < n ? (unsigned char)(k * 7 + k / 251) : 0;
            for (size_t k = 0; k < n; k += 3) {
                uint32_t v = (uint32_t)audio[k] << 16 |
                             (uint32_t)audio[k + 1] << 8 | audio[k + 2];

                *p++ = abc[v >> 18];
                *p++ = abc[v >> 12 & 63];
                *p++ = k + 1 < n ? abc[v >> 6 & 63] : '=';
                *p++ = k + 2 < n ? abc[v & 63] : '=';
                if (broken && k % 57 == 54)
                    p += sprintf(p, "\\n");
            }
            p += sprintf(p, "\"," BOTH "}");
            f = feed_of(body, (size_t)(p - body));
            assert_int_equal(run(&f, &in, &ret, &err), 0);
            assert_int_equal(ret.file_bytes, n);
            assert_int_equal(f.out.len, n);
            assert_memory_equal(f.out.data, audio, n);
            ingest_fields_release(in.v, 3);
            buf_release(&f.out);
        }
    }
}

/* ---- invalid bodies ---- */

static const struct {
    const char *body;
    enum err_code code;
    const char *field;
} wrong[] = {
    {"", ERR_INVALID_JSON, ""},
    {" ", ERR_INVALID_JSON, ""},
    {"[]", ERR_INVALID_JSON, ""},
    {"null", ERR_INVALID_JSON, ""},
    {"{" BOTH "}x", ERR_INVALID_JSON, ""},
    {"{" BOTH "}{}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",}", ERR_INVALID_JSON, ""},
    {"{," BOTH "}", ERR_INVALID_JSON, ""},
    {"{" BOTH " \"x\":1}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\" 1}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",x:1}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",'x':1}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":01}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":1.}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":.1}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":-}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":+1}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":1e}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":NaN}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":tru}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":nulll}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":[1,]}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":[1}}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":{1:2}}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":{\"a\":1,}}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":\"\\x\"}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":\"\\u00g0\"}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":\"\\ud800\"}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":\"\\ud800\\n\"}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":\"\\ud800\\u0041\"}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":\"\\udc00\"}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":\"a\nb\"}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":\"\xff\"}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":\"\xc0\x80\"}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":\"\xed\xa0\x80\"}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"x\":\"\xf0\x9d\x84\"}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"\xe4\":1}", ERR_INVALID_JSON, ""},
    {"{" BOTH ",\"audioBase64\":\"YW\nJj\"}", ERR_INVALID_JSON, ""},
    {"{\"artistId\":\"a\"}", ERR_INVALID_FIELD, "promptText"},
    {"{\"artistId\":null,\"promptText\":\"\"}", ERR_INVALID_FIELD, "artistId"},
    {"{\"artistId\":7}", ERR_INVALID_FIELD, "artistId"},
    {"{\"artistId\":{}}", ERR_INVALID_FIELD, "artistId"},
    {"{" BOTH ",\"note\":true}", ERR_INVALID_FIELD, "note"},
    {"{" BOTH ",\"note\":\"a\\u0000b\"}", ERR_INVALID_FIELD, "note"},
    {"{" BOTH ",\"artistId\":\"b\"}", ERR_INVALID_FIELD, "artistId"},
    {"{" BOTH ",\"note\":\"123456789\"}", ERR_TOO_LARGE, "note"},
    {"{" BOTH ",\"audioBase64\":7}", ERR_INVALID_FIELD, "audioBase64"},
    {"{" BOTH ",\"audioBase64\":null}", ERR_INVALID_FIELD, "audioBase64"},
    {"{" BOTH ",\"audioBase64\":{}}", ERR_INVALID_FIELD, "audioBase64"},
    {"{" BOTH ",\"audioBase64\":[\"YQ\"]}", ERR_INVALID_FIELD, "audioBase64"},
    {"{" BOTH ",\"audioBase64\":\"YQ\",\"audioBase64\":\"YQ\"}",
     ERR_INVALID_FIELD, "audioBase64"},
    {"{" BOTH ",\"audioBase64\":\"Y\"}", ERR_INVALID_FIELD, "audioBase64"},
    {"{" BOTH ",\"audioBase64\":\"YWJjY\"}", ERR_INVALID_FIELD, "audioBase64"},
    {"{" BOTH ",\"audioBase64\":\"YQ=\"}", ERR_INVALID_FIELD, "audioBase64"},
    {"{" BOTH ",\"audioBase64\":\"=\"}", ERR_INVALID_FIELD, "audioBase64"},
    {"{" BOTH ",\"audioBase64\":\"YQ===\"}", ERR_INVALID_FIELD, "audioBase64"},
    {"{" BOTH ",\"audioBase64\":\"YQ==YQ==\"}", ERR_INVALID_FIELD,
     "audioBase64"},
    {"{" BOTH ",\"audioBase64\":\"YW?j\"}", ERR_INVALID_FIELD, "audioBase64"},
    {"{" BOTH ",\"audioBase64\":\"YW\\u0000j\"}", ERR_INVALID_FIELD,
     "audioBase64"},
    {"{" BOTH ",\"audioBase64\":\"YW\xc3\xa4\"}", ERR_INVALID_FIELD,
     "audioBase64"},
    {"{" BOTH ",\"audioBase64\":\"data:audio/mpeg,abc\"}", ERR_INVALID_FIELD,
     "audioBase64"},
    {"{" BOTH ",\"audioBase64\":\"data:audio/mpeg;base64\"}", ERR_INVALID_FIELD,
     "audioBase64"},
};

static void
every_mistake(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        for (size_t step = 0; step < 3; step++) {
            struct feed f = feed_of(wrong[i].body, strlen(wrong[i].body));
            struct ingest_result ret;
            struct fields3 in = fields();
            struct err err = ERR_INIT;

            f.step = step;
            if (run(&f, &in, &ret, &err) != -1)
                fail_msg("was taken: %s", wrong[i].body);
            if (err.code != wrong[i].code ||
                strcmp(err.field, wrong[i].field) != 0)
                fail_msg("%s: %s (%s)", wrong[i].body, err.msg, err.field);
            buf_release(&f.out);
        }
    }
}

/* Some programs send a byte order mark first; compressed data is not JSON, and
 * not a mistake in it either. */
static void
before_the_object(void **state)
{
    static const struct {
        const char *body;
        enum err_code code;
    } rows[] = {
        {"\xef\xbb\xbf {" BOTH "}", ERR_NONE},
        {"\xef\xbb{" BOTH "}", ERR_INVALID_JSON},
        {"{" BOTH "}\xef\xbb\xbf", ERR_INVALID_JSON},
        {"\x1f\x8b\x08 and so on", ERR_UNSUPPORTED_MEDIA_TYPE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size_t step = 0; step < 3; step++) {
            auto_ingest_result struct ingest_result ret = {0};
            struct feed f = feed_of(rows[i].body, strlen(rows[i].body));
            struct fields3 in = fields();
            struct err err = ERR_INIT;

            f.step = step;
            (void)run(&f, &in, &ret, &err);
            assert_int_equal(err.code, rows[i].code);
            if (rows[i].code == ERR_NONE)
                ingest_fields_release(in.v, 3);
            buf_release(&f.out);
        }
    }
}

static void
a_bad_byte_is_located(void **state)
{
    static const char head[] = "{" BOTH ",\"audioBase64\":\"";
    size_t n = 4000000;
    auto_free char *body = xmalloc(n + 100);
    struct feed f;
    struct ingest_result ret;
    struct fields3 in = fields();
    struct err err = ERR_INIT;

    (void)state;
    memcpy(body, head, sizeof(head) - 1);
    memset(body + sizeof(head) - 1, 'Q', n);
    body[sizeof(head) - 1 + 3960001] = '!';
    strcpy(body + sizeof(head) - 1 + n, "\"}");
    f = feed_of(body, strlen(body));
    assert_int_equal(run(&f, &in, &ret, &err), -1);
    assert_string_equal(err.field, "audioBase64");
    assert_non_null(strstr(err.msg, "character 3960001"));
    buf_release(&f.out);
}

static void
depth(void **state)
{
    (void)state;
    for (int n = 62; n <= 64; n++) {
        auto_ingest_result struct ingest_result ret = {0};
        struct feed f;
        struct fields3 in = fields();
        struct err err = ERR_INIT;
        char body[400];
        char *p = body + sprintf(body, "{" BOTH ",\"x\":");

        for (int i = 0; i < n; i++)
            *p++ = '[';
        for (int i = 0; i < n; i++)
            *p++ = ']';
        strcpy(p, "}");
        f = feed_of(body, strlen(body));
        assert_int_equal(run(&f, &in, &ret, &err), n <= 63 ? 0 : -1);
        ingest_fields_release(in.v, 3);
    }
}

/* ---- limits ---- */

/* A body generated as it is read, of any length: head, then fill bytes of c,
 * then tail. */
struct endless {
    const char *head, *tail;
    char c;
    int64_t fill, at;
};

static ssize_t
endless_read(void *ctx, void *buf, size_t size, struct err *err)
{
    struct endless *e = ctx;
    int64_t head = (int64_t)strlen(e->head);
    int64_t all = head + e->fill + (int64_t)strlen(e->tail);
    char *to = buf;
    size_t n = 0;

    (void)err;
    for (; n < size && e->at < all; n++, e->at++)
        to[n] = e->at < head             ? e->head[e->at]
                : e->at < head + e->fill ? e->c
                                         : e->tail[e->at - head - e->fill];
    return (ssize_t)n;
}

static int
count_write(void *ctx, const void *data, size_t len, struct err *err)
{
    (void)data;
    (void)err;
    *(int64_t *)ctx += (int64_t)len;
    return 0;
}

static int
run_endless(struct endless *e, struct ingest_result *ret, struct err *err)
{
    int64_t bytes = 0;
    struct ingest_source source = {endless_read, e};
    struct ingest_sink sink = {count_write, &bytes};
    struct fields3 in = fields();
    int rc = ingest_json(&source, in.v, 3, "audioBase64", &sink, ret, err);

    if (rc == 0)
        assert_int_equal(bytes, ret->file_bytes);
    ingest_fields_release(in.v, 3);
    return rc;
}

static long
peak_kb(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return use.ru_maxrss;
}

static void
memory_stays_flat(void **state)
{
    struct endless e = {.head = "{" BOTH ",\"audioBase64\":\"",
                        .tail = "\"}",
                        .c = 'Q',
                        .fill = 100000000};
    struct ingest_result ret = {0};
    struct err err = ERR_INIT;
    long before = peak_kb();

    (void)state;
    assert_int_equal(run_endless(&e, &ret, &err), 0);
    assert_int_equal(ret.file_bytes, 75000000);
    assert_true(peak_kb() - before < 2000);
}

static void
what_is_beside_has_a_limit(void **state)
{
    static const struct {
        const char *head, *tail;
        char c;
    } rows[] = {
        {"{" BOTH ",\"", "\":1}", 'n'},
        {"{" BOTH ",\"x\":\"", "\"}", 'v'},
        {"{" BOTH ",\"x\":1", "}", '0'},
        {"{" BOTH ",\"x\":1", "}", ' '},
        {"{" BOTH "}", "", ' '},
        {"{" BOTH ",\"audioBase64\":\"YQ\",\"x\":\"", "\"}", 'v'},
        {"{\"promptText\":\"", "\",\"artistId\":\"a\"}", 'p'},
    };
    long before = peak_kb();

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct endless e = {rows[i].head, rows[i].tail, rows[i].c, 1000000000,
                            0};
        struct ingest_result ret = {0};
        struct err err = ERR_INIT;

        assert_int_equal(run_endless(&e, &ret, &err), -1);
        assert_int_equal(err.code, ERR_TOO_LARGE);
        assert_true(e.at < INGEST_BESIDE_MAX + 3 * 65536);
    }
    assert_true(peak_kb() - before < 2000);
}

static void
ten_thousand_members(void **state)
{
    auto_buf struct buf body = BUF_INIT(INGEST_BESIDE_MAX);
    auto_ingest_result struct ingest_result ret = {0};
    struct feed f;
    struct fields3 in = fields();
    struct err err = ERR_INIT;

    (void)state;
    (void)buf_add_str(&body, "{");
    for (int i = 0; i < 10000; i++)
        (void)buf_addf(&body, "\"member%d\":[%d,{\"a\":\"b\"}],", i, i);
    (void)buf_add_str(&body, "\"audioBase64\":\"YWJj\"," BOTH "}");
    assert_false(body.failed);
    f = feed_of(body.data, body.len);
    assert_int_equal(run(&f, &in, &ret, &err), 0);
    assert_string_equal(buf_str(&f.out), "abc");
    ingest_fields_release(in.v, 3);
    buf_release(&f.out);
}

static void
a_full_disk_passes_through(void **state)
{
    auto_free char *body = xmalloc(400100);
    struct feed f;
    struct ingest_result ret;
    struct fields3 in = fields();
    struct err err = ERR_INIT;

    (void)state;
    strcpy(body, "{" BOTH ",\"audioBase64\":\"");
    memset(body + strlen(body), 'Q', 400000);
    strcpy(body + strlen("{" BOTH ",\"audioBase64\":\"") + 400000, "\"}");
    f = feed_of(body, strlen(body));
    f.out_max = 100000;
    assert_int_equal(run(&f, &in, &ret, &err), -1);
    assert_int_equal(err.code, ERR_DISK_FULL);
    assert_null(in.v[0].value);
    buf_release(&f.out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cut),
        cmocka_unit_test(every_early_end),
        cmocka_unit_test(ways_to_write_base64),
        cmocka_unit_test(memory_stays_flat),
        cmocka_unit_test(what_is_beside_has_a_limit),
        cmocka_unit_test(long_base64),
        cmocka_unit_test(every_mistake),
        cmocka_unit_test(before_the_object),
        cmocka_unit_test(a_bad_byte_is_located),
        cmocka_unit_test(depth),
        cmocka_unit_test(ten_thousand_members),
        cmocka_unit_test(a_full_disk_passes_through),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
