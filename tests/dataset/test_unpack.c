/*
 * Goal: an archive of any shape is read completely or refused completely, costs
 * what its limits allow, and its names mean what people wrote.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>

#include "base/auto.h"
#include "base/json.h"
#include "dataset/unpack.h"

static const struct unpack_limits some = {
    .total = 1 << 20, .set = 100000, .audio = 1 << 20};

struct packed {
    unsigned char bytes[1 << 20];
    size_t n;
};

static void
add(struct archive *a, const char *name, size_t size)
{
    struct archive_entry *e = archive_entry_new();
    char *data = calloc(1, size + 1);

    assert_non_null(data);
    for (size_t i = 0; i < size; i++)
        data[i] = (char)(i * 7);
    archive_entry_set_pathname(e, name);
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_perm(e, 0644);
    archive_entry_set_size(e, (la_int64_t)size);
    assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
    assert_int_equal(archive_write_data(a, data, size), (la_ssize_t)size);
    archive_entry_free(e);
    free(data);
}

static void
pack(int format, size_t audio, struct packed *ret)
{
    struct archive *a = archive_write_new();

    assert_int_equal(archive_write_set_format(a, format), ARCHIVE_OK);
    assert_int_equal(
        archive_write_open_memory(a, ret->bytes, sizeof(ret->bytes), &ret->n),
        ARCHIVE_OK);
    add(a, "a/One.als", 3000);
    add(a, "a/One.wav", audio);
    add(a, "a/notes.txt", 10);
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    archive_write_free(a);
}

static json_object *
try(const unsigned char *bytes, size_t n, const struct unpack_limits *limits,
    struct err *err)
{
    auto_fd int in = memfd_create("in", MFD_CLOEXEC);
    auto_fd int out = memfd_create("out", MFD_CLOEXEC);

    assert_int_equal(write(in, bytes, n), (ssize_t)n);
    assert_int_equal(lseek(in, 0, SEEK_SET), 0);
    return unpack(in, out, limits, err);
}

static void
whole_or_not_at_all(void **state)
{
    static const int formats[] = {ARCHIVE_FORMAT_ZIP,
                                  ARCHIVE_FORMAT_TAR_PAX_RESTRICTED};
    struct packed *p = calloc(1, sizeof(*p));

    (void)state;
    assert_non_null(p);
    for (int f = 0; f < 2; f++) {
        pack(formats[f], 5000, p);
        for (size_t n = 0; n <= p->n; n += n + 97 < p->n ? 97 : 1) {
            struct err err = ERR_INIT;
            auto_json json_object *list = try(p->bytes, n, &some, &err);

            if (list == NULL)
                assert_int_equal(err.code, ERR_NOT_ARCHIVE);
            else
                /* A cut after the last file's bytes loses nothing. */
                assert_int_equal(
                    json_object_array_length(json_at(list, "files")), 2);
            if (n == p->n) {
                assert_non_null(list);
                assert_int_equal(
                    json_object_array_length(json_at(list, "texts")), 1);
            }
        }
    }
    free(p);
}

static void
any_byte_may_be_wrong(void **state)
{
    struct packed *p = calloc(1, sizeof(*p));

    (void)state;
    assert_non_null(p);
    pack(ARCHIVE_FORMAT_ZIP, 300, p);
    for (size_t i = 0; i < p->n; i++) {
        struct err err = ERR_INIT;
        auto_json json_object *list = NULL;

        p->bytes[i] ^= 0x41;
        list = try(p->bytes, p->n, &some, &err);
        if (list == NULL)
            assert_true(err.code == ERR_NOT_ARCHIVE ||
                        err.code == ERR_TOO_LARGE);
        p->bytes[i] ^= 0x41;
    }
    free(p);
}

static void
it_costs_what_the_limits_say(void **state)
{
    struct packed *p = calloc(1, sizeof(*p));
    struct unpack_limits few = some;
    struct err err = ERR_INIT;
    auto_json json_object *list = NULL;

    (void)state;
    assert_non_null(p);
    pack(ARCHIVE_FORMAT_ZIP, 600000, p);
    few.total = 500000;
    assert_null(try(p->bytes, p->n, &few, &err));
    assert_int_equal(err.code, ERR_TOO_LARGE);
    err_clear(&err);
    few = some;
    few.audio = 500000;
    few.set = 2999;
    list = try(p->bytes, p->n, &few, &err);
    assert_non_null(list);
    assert_int_equal(json_object_array_length(json_at(list, "files")), 0);
    assert_int_equal(json_object_array_length(json_at(list, "refused")), 2);
    free(p);
}

static void
names(void **state)
{
    static const struct {
        const char *raw, *name;
    } rows[] = {{"a/b.als", "a/b.als"},
                {"F\xc3\xbcr.als", "F\xc3\xbcr.als"},
                {"F\x81r.als", "F\xc3\xbcr.als"},
                {"a\\b.als", "a/b.als"},
                {"a/b\\c.als", "a/b\\c.als"}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        auto_free char *name = unpack_name(rows[i].raw);

        assert_string_equal(name, rows[i].name);
    }
    assert_null(unpack_name(""));
}

static void
kinds(void **state)
{
    static const struct {
        const char *name;
        enum unpack_kind kind;
    } rows[] = {{"x.als", UNPACK_SET},
                {"a/X.ALS", UNPACK_SET},
                {"./x.als", UNPACK_SET},
                {"x.aiff", UNPACK_AUDIO},
                {".als", UNPACK_NOTHING},
                {"a/._x.als", UNPACK_NOTHING},
                {"__MACOSX/x.als", UNPACK_NOTHING},
                {"a/backup/x.als", UNPACK_NOTHING},
                {"Samples/Imported/x.wav", UNPACK_NOTHING},
                {"x.asd", UNPACK_NOTHING},
                {"a/x.TXT", UNPACK_TEXT},
                {"x.caption.txt", UNPACK_TEXT},
                {"x.lyrics.txt", UNPACK_NOTHING},
                {"../x.txt", UNPACK_NOTHING},
                {"__MACOSX/._x.txt", UNPACK_NOTHING},
                {"x.tar.gz", UNPACK_ARCHIVE},
                {"../x.als", UNPACK_OUTSIDE},
                {"a/../x.wav", UNPACK_OUTSIDE},
                {"/x.als", UNPACK_OUTSIDE},
                {"C:/x.als", UNPACK_OUTSIDE},
                {"a..b/x.als", UNPACK_SET}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (unpack_kind_of(rows[i].name) != rows[i].kind)
            fail_msg("%s: %d", rows[i].name, unpack_kind_of(rows[i].name));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_or_not_at_all),
        cmocka_unit_test(any_byte_may_be_wrong),
        cmocka_unit_test(it_costs_what_the_limits_say),
        cmocka_unit_test(names),
        cmocka_unit_test(kinds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
