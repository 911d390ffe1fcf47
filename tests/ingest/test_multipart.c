/* ingest_multipart: every cut, every mistake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "feed.h"
#include "ingest/part_head.h"

#define TYPE "multipart/form-data; boundary=b0"

struct fields2 {
    struct ingest_field v[2];
};

static struct fields2
fields(void)
{
    return (struct fields2){{
        {.name = "artistId", .max = 36, .required = true},
        {.name = "note", .max = 8},
    }};
}

static int
run(struct feed *f, const char *type, struct fields2 *in,
    struct ingest_result *ret, struct err *err)
{
    struct ingest_source source = {feed_read, f};
    struct ingest_sink sink = {feed_write, f};

    return ingest_multipart(&source, type, in->v, 2, "audio", &sink, ret, err);
}

/* ---- valid bodies ---- */

#define HEAD(name) "Content-Disposition: form-data; name=\"" name "\"\r\n"
#define ARTIST "--b0\r\n" HEAD("artistId") "\r\na1\r\n"

/* Data that looks like a delimiter in every way but one. */
#define TRICKY                                                                 \
    "\r\n--b1\r\n--b\r\r\n--b0x\r\n-\r\n--\r\n\r\n--b0-\r\n--b0 x\0\n--b0\r\n" \
    " --b0--\r"

static const char everything[] =
    "preamble\r\n--b0\r\n"
    "content-disposition: Form-Data; Name=artistId\r\n\r\n"
    "\xe6\xa1\x9c a\r\n"
    "--b0 \t\r\n" HEAD(
        "other") "\r\n\r\n"
                 "--b0\r\n"
                 "Content-Type:  audio/mpeg \r\n"
                 "Content-Disposition: form-data; "
                 "filename=\"C:\\x\\t\\\"1\\\".mp3\"; "
                 "name=\"audio\"\r\n"
                 "Content-Transfer-Encoding: binary\r\n\r\n" TRICKY "\r\n"
                 "--b0\r\n" HEAD("note") "\r\n\r\n--b0\r\n" HEAD(
                     "empty") "\r\n"
                              "--b0--\r\nepilogue\r\n--b0\r\n";

static void
check_everything(struct feed *f)
{
    auto_ingest_result struct ingest_result ret = {0};
    struct fields2 in = fields();
    struct err err = ERR_INIT;

    if (run(f, TYPE, &in, &ret, &err) == -1)
        fail_msg("first %zu step %zu: %s", f->first, f->step, err.msg);
    assert_string_equal(in.v[0].value, "\xe6\xa1\x9c a");
    assert_string_equal(in.v[1].value, "");
    assert_true(ret.file_seen);
    assert_string_equal(ret.file_name, "t\"1\".mp3");
    assert_string_equal(ret.file_type, "audio/mpeg");
    assert_int_equal(ret.file_bytes, sizeof(TRICKY) - 1);
    assert_int_equal(f->out.len, sizeof(TRICKY) - 1);
    assert_memory_equal(f->out.data, TRICKY, sizeof(TRICKY) - 1);
    ingest_fields_release(in.v, 2);
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

static void
every_early_end(void **state)
{
    size_t len_all = sizeof(everything) - 1;
    const char *after = memmem(everything, len_all, "epilogue", 8);
    size_t whole = (size_t)(after - everything);

    (void)state;
    for (size_t len = 0; len < whole - 2; len++) {
        for (int gone = 0; gone < 2; gone++) {
            struct feed f = feed_of(everything, len);
            struct ingest_result ret;
            struct fields2 in = fields();
            struct err err = ERR_INIT;

            f.gone = gone;
            if (run(&f, TYPE, &in, &ret, &err) != -1)
                fail_msg("taken at %zu", len);
            assert_int_equal(err.code,
                             gone ? ERR_CLIENT_GONE : ERR_BAD_REQUEST);
            assert_null(in.v[0].value);
            buf_release(&f.out);
        }
    }
}

/* A delimiter at every offset of the window, among bytes that are like it. */
static void
delimiters_at_every_offset(void **state)
{
    static const char head[] = ARTIST "--b0\r\n" HEAD("audio") "\r\n";
    static const char tail[] = "\r\n--b0--\r\n";
    size_t most = 65536 + 40;
    auto_free char *body = xmalloc(most + 400);

    (void)state;
    for (size_t n = most - 200; n < most; n++) {
        for (int fill = 0; fill < 2; fill++) {
            auto_ingest_result struct ingest_result ret = {0};
            struct fields2 in = fields();
            struct err err = ERR_INIT;
            size_t at = sizeof(head) - 1;
            struct feed f;

            memcpy(body, head, at);
            for (size_t i = 0; i < n; i++)
                body[at + i] = fill ? "\r\n--b"[i % 5] : '\r';
            memcpy(body + at + n, tail, sizeof(tail));
            f = feed_of(body, at + n + sizeof(tail) - 1);
            assert_int_equal(run(&f, TYPE, &in, &ret, &err), 0);
            assert_int_equal(f.out.len, n);
            assert_memory_equal(f.out.data, body + at, n);
            ingest_fields_release(in.v, 2);
            buf_release(&f.out);
        }
    }
}

static void
boundaries(void **state)
{
    static const char *const right[] = {
        "multipart/form-data; boundary=\"b0\"",
        "multipart/form-data; charset=utf-8; Boundary = b0 ; x=y",
        "multipart/form-data;boundary=b0",
        "multipart/form-data; x=\"; boundary=no\"; boundary=b0",
    };
    static const char *const wrong[] = {
        "multipart/form-data",
        "multipart/form-data; boundary",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"b0",
        "multipart/form-data; boundary=b1",
        "multipart/form-data; boundary="
        "1234567890123456789012345678901234567890"
        "1234567890123456789012345678901",
    };
    static const char body[] = ARTIST "--b0--";

    (void)state;
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        auto_ingest_result struct ingest_result ret = {0};
        struct feed f = feed_of(body, sizeof(body) - 1);
        struct fields2 in = fields();
        struct err err = ERR_INIT;

        if (run(&f, right[i], &in, &ret, &err) == -1)
            fail_msg("%s: %s", right[i], err.msg);
        assert_string_equal(in.v[0].value, "a1");
        assert_false(ret.file_seen);
        ingest_fields_release(in.v, 2);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct feed f = feed_of(body, sizeof(body) - 1);
        struct ingest_result ret;
        struct fields2 in = fields();
        struct err err = ERR_INIT;

        assert_int_equal(run(&f, wrong[i], &in, &ret, &err), -1);
        assert_int_equal(err.code, ERR_BAD_REQUEST);
    }
}

static void
file_names(void **state)
{
    static const struct {
        const char *params, *name;
    } rows[] = {
        {"", ""},
        {"; filename=\"a b;c.mp3\"", "a b;c.mp3"},
        {"; filename=plain.mp3", "plain.mp3"},
        {"; filename=\"../../etc/passwd\"", "passwd"},
        {"; filename=\"dir\\\\x.mp3\"", "x.mp3"},
        {"; filename=\"a%22b.mp3\"", "a%22b.mp3"},
        {"; filename=\"\xc3\xa4.mp3\"", "\xc3\xa4.mp3"},
        {"; filename=\"\xe4.mp3\"", ""},
        {"; filename=\"a\tb\"", ""},
        {"; filename=\"\"", ""},
        {"; filename=\"x\"; filename*=UTF-8''%c3%a4%2Fb.mp3", "b.mp3"},
        {"; filename*=utf-8'de'%c3%a4.mp3; filename=\"x\"", "\xc3\xa4.mp3"},
        {"; filename*=ISO-8859-1''%e4.mp3; filename=\"x\"", "x"},
        {"; filename*=UTF-8''%zz; filename=\"x\"", "x"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        auto_free char *head = xasprintf(
            "Content-Disposition: form-data; name=audio%s\r\n", rows[i].params);
        struct part_head got;
        struct err err = ERR_INIT;

        assert_int_equal(part_head_parse(head, &got, &err), 0);
        assert_string_equal(got.name, "audio");
        assert_string_equal(got.file_name, rows[i].name);
    }
}

/* ---- invalid bodies ---- */

static const struct {
    const char *body;
    enum err_code code;
    const char *says;
} wrong[] = {
    {"", ERR_BAD_REQUEST, "empty"},
    {"--b0", ERR_BAD_REQUEST, "last boundary"},
    {"--b0--", ERR_INVALID_FIELD, "artistId is missing"},
    {"--b0\nContent-Disposition: form-data; name=a\n\nx\n--b0--\n",
     ERR_BAD_REQUEST, "LF alone"},
    {"--b0\r\nContent-Disposition: form-data; name=a\nX: y\r\n\r\nx\r\n--b0--",
     ERR_BAD_REQUEST, "CR LF"},
    {"--b0\r\n\r\nx\r\n--b0--", ERR_BAD_REQUEST, "no headers"},
    {"--b0\r\nX: y\r\n\r\nx\r\n--b0--", ERR_BAD_REQUEST,
     "no Content-Disposition"},
    {"--b0\r\nnonsense\r\n\r\nx\r\n--b0--", ERR_BAD_REQUEST, "header line"},
    {"--b0\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b0--",
     ERR_BAD_REQUEST, "form-data"},
    {"--b0\r\nContent-Disposition: form-data; filename=a\r\n\r\nx\r\n--b0--",
     ERR_BAD_REQUEST, "form-data with a name"},
    {"--b0\r\n" HEAD("audio") "Content-Transfer-Encoding: base64\r\n\r\nYQ"
                              "\r\n--b0--",
     ERR_BAD_REQUEST, "Transfer-Encoding"},
    {ARTIST ARTIST "--b0--", ERR_INVALID_FIELD, "artistId occurs twice"},
    {ARTIST "--b0\r\n" HEAD("audio") "\r\nx\r\n--b0\r\n" HEAD(
         "audio") "\r\nx\r\n--b0--",
     ERR_INVALID_FIELD, "audio occurs twice"},
    {ARTIST "--b0\r\n" HEAD("note") "\r\n123456789\r\n--b0--", ERR_TOO_LARGE,
     "note is longer"},
    {ARTIST "--b0\r\n" HEAD("note") "\r\n\xff\r\n--b0--", ERR_INVALID_FIELD,
     "note must be UTF-8"},
    {ARTIST "--b0\r\n" HEAD("audio") "\r\nx\r\n--b0", ERR_BAD_REQUEST,
     "last boundary"},
};

static void
every_mistake(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        for (size_t step = 0; step < 3; step++) {
            struct feed f = feed_of(wrong[i].body, strlen(wrong[i].body));
            struct ingest_result ret;
            struct fields2 in = fields();
            struct err err = ERR_INIT;

            f.step = step;
            if (run(&f, TYPE, &in, &ret, &err) != -1)
                fail_msg("was taken: %s", wrong[i].body);
            if (err.code != wrong[i].code ||
                strstr(err.msg, wrong[i].says) == NULL)
                fail_msg("%s: %s", wrong[i].body, err.msg);
            buf_release(&f.out);
        }
    }
}

/* head, then n times c, then tail */
static int
run_filled(const char *head, char c, size_t n, const char *tail,
           struct err *err)
{
    auto_free char *body = xmalloc(strlen(head) + n + strlen(tail) + 1);
    auto_ingest_result struct ingest_result ret = {0};
    struct fields2 in = fields();
    struct feed f;
    int rc;

    strcpy(body, head);
    memset(body + strlen(head), c, n);
    strcpy(body + strlen(head) + n, tail);
    f = feed_of(body, strlen(head) + n + strlen(tail));
    rc = run(&f, TYPE, &in, &ret, err);
    ingest_fields_release(in.v, 2);
    buf_release(&f.out);
    return rc;
}

static void
limits(void **state)
{
    static const struct {
        const char *head;
        size_t n;
        const char *tail;
        enum err_code code; /* ERR_NONE: it is taken */
    } rows[] = {
        {ARTIST "--b0\r\nX: ", 7900, "\r\n" HEAD("x") "\r\n\r\n--b0--",
         ERR_NONE},
        {ARTIST "--b0\r\nX: ", 8200, "\r\n" HEAD("x") "\r\n\r\n--b0--",
         ERR_BAD_REQUEST},
        {ARTIST "--b0\r\nX: ", 100000, "", ERR_BAD_REQUEST},
        {ARTIST "--b0\r\n" HEAD("x") "\r\n", 1500000, "\r\n--b0--", ERR_NONE},
        {ARTIST "--b0\r\n" HEAD("x") "\r\n", 4000000, "\r\n--b0--",
         ERR_TOO_LARGE},
        {ARTIST "--b0\r\n" HEAD("note") "\r\n", 4000000, "\r\n--b0--",
         ERR_TOO_LARGE},
        {ARTIST "--b0\r\n" HEAD("audio") "\r\n", 4000000, "\r\n--b0--",
         ERR_NONE},
        {ARTIST "--b0--", 4000000, "", ERR_TOO_LARGE},
        {"", 4000000, "\r\n" ARTIST "--b0--", ERR_TOO_LARGE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err err = ERR_INIT;
        int rc = run_filled(rows[i].head, 'x', rows[i].n, rows[i].tail, &err);

        assert_int_equal(rc, rows[i].code == ERR_NONE ? 0 : -1);
        assert_int_equal(err.code, rows[i].code);
    }
}

static void
a_full_disk_passes_through(void **state)
{
    static const char body[] =
        ARTIST "--b0\r\n" HEAD("audio") "\r\n0123456789\r\n--b0--";
    struct feed f = feed_of(body, sizeof(body) - 1);
    struct ingest_result ret;
    struct fields2 in = fields();
    struct err err = ERR_INIT;

    (void)state;
    f.out_max = 9;
    assert_int_equal(run(&f, TYPE, &in, &ret, &err), -1);
    assert_int_equal(err.code, ERR_DISK_FULL);
    buf_release(&f.out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cut),
        cmocka_unit_test(every_early_end),
        cmocka_unit_test(delimiters_at_every_offset),
        cmocka_unit_test(boundaries),
        cmocka_unit_test(file_names),
        cmocka_unit_test(every_mistake),
        cmocka_unit_test(limits),
        cmocka_unit_test(a_full_disk_passes_through),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
