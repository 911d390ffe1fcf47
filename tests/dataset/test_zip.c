/* dataset/zip: the announced size is the real one (zip64 too), the bytes are
 * the same at any time and place, a broken sink ends it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/crc.h"
#include "base/mem.h"
#include "base/hasher.h"
#include "dataset/zip.h"

struct counter {
    int64_t bytes;
    int64_t break_at; /* the sink fails past this; 0: never */
};

static int
count(void *ctx, const void *data, size_t len, struct err *err)
{
    struct counter *c = ctx;

    (void)data;
    c->bytes += (int64_t)len;
    if (c->break_at > 0 && c->bytes > c->break_at)
        return err_set(err, ERR_DISK_FULL, "the disk is full");
    return 0;
}

static int
keep(void *ctx, const void *data, size_t len, struct err *err)
{
    (void)err;
    return buf_add(ctx, data, len);
}

static void
add_zeros(struct zip *z, const char *name, int64_t size)
{
    static const char zeros[1 << 20];
    struct err err = ERR_INIT;
    uint32_t crc = 0;

    for (int64_t left = size; left > 0; left -= 1 << 20)
        crc = crc_add(crc, zeros,
                      left < (1 << 20) ? (size_t)left : sizeof(zeros));
    assert_int_equal(zip_begin(z, name, size, crc, &err), 0);
    for (int64_t left = size; left > 0;) {
        size_t n = left < (1 << 20) ? (size_t)left : sizeof(zeros);

        assert_int_equal(zip_write(z, zeros, n, &err), 0);
        left -= (int64_t)n;
    }
    assert_int_equal(zip_end(z, &err), 0);
}

static void
size_is_exact(const int64_t *sizes, size_t n)
{
    struct err err = ERR_INIT;
    struct counter c = {0};
    struct zip_size zs = {0};
    auto_zip struct zip *z = zip_open(count, &c);
    char sha[HASH_HEX_LEN + 1];
    int64_t bytes;

    for (size_t i = 0; i < n; i++) {
        char name[32];

        (void)snprintf(name, sizeof(name), "item-%zu.mp3", i);
        add_zeros(z, name, sizes[i]);
        zip_size_add(&zs, name, sizes[i]);
    }
    assert_int_equal(zip_finish(z, &bytes, sha, &err), 0);
    assert_int_equal(bytes, c.bytes);
    assert_int_equal(bytes, zip_size_total(&zs));
}

static void
the_announced_size_is_the_real_one(void **state)
{
    static const int64_t sizes[] = {0, 1, 10, 65535, 65536, 65537, 3000000};
    auto_free int64_t *many = xcalloc(70000, sizeof(*many));

    (void)state;
    for (size_t n = 0; n <= 7; n++)
        size_is_exact(sizes, n);
    size_is_exact(many, 65535);
    size_is_exact(many, 65536); /* zip64 by number */
}

/* Through the real writer, so 4 GiB are hashed: some seconds. */
static void
the_announced_size_holds_over_4_gib(void **state)
{
    static const int64_t sizes[] = {5, 0x100000000LL, 7};

    (void)state;
    if (getenv("QUICK") != NULL) {
        print_message("[  SKIPPED ] 4 GiB, QUICK is set\n");
        return;
    }
    size_is_exact(sizes, 3);
}

static char *
zip_once(size_t *ret_len)
{
    struct err err = ERR_INIT;
    struct buf out = BUF_INIT(1 << 20);
    auto_zip struct zip *z = zip_open(keep, &out);
    char sha[HASH_HEX_LEN + 1];
    char again[HASH_HEX_LEN + 1];
    int64_t bytes;

    assert_int_equal(zip_add(z, "a.mp3", "sound", 5, &err), 0);
    assert_int_equal(zip_add(z, "a.txt", "caption\n", 8, &err), 0);
    assert_int_equal(zip_finish(z, &bytes, sha, &err), 0);
    assert_int_equal((size_t)bytes, out.len);
    hash_hex_of(out.data, out.len, again);
    assert_string_equal(sha, again);
    *ret_len = out.len;
    return buf_steal(&out);
}

static void
the_same_entries_give_the_same_bytes(void **state)
{
    size_t a_len;
    size_t b_len;

    (void)state;
    setenv("TZ", "Pacific/Kiritimati", 1);
    tzset();
    auto_free char *a = zip_once(&a_len);
    setenv("TZ", "America/Los_Angeles", 1);
    tzset();
    auto_free char *b = zip_once(&b_len);
    assert_int_equal(a_len, b_len);
    assert_memory_equal(a, b, a_len);
    /* DOS time and date in the first local header: 1980-01-01 00:00:00. */
    assert_memory_equal(a + 10, "\x00\x00\x21\x00", 4);
}

static void
a_sink_that_breaks_ends_it_with_its_own_error(void **state)
{
    struct err err = ERR_INIT;
    struct counter c = {.break_at = 100000};
    struct zip *z = zip_open(count, &c);
    static const char block[80000];
    int64_t before;

    (void)state;
    assert_int_equal(zip_add(z, "a", block, sizeof(block), &err), 0);
    assert_int_equal(zip_add(z, "b", block, sizeof(block), &err), -1);
    assert_int_equal(err.code, ERR_DISK_FULL);
    before = c.bytes;
    zip_close(z);
    assert_int_equal(c.bytes, before); /* no directory after the break */
}

/* Entries of many sizes, read to zip_room in pieces or written from
 * elsewhere, are the same zip. */
static char *
zip_of(bool in_place, size_t *ret_len)
{
    static char sound[700000];
    struct err err = ERR_INIT;
    struct buf out = BUF_INIT(1 << 24);
    auto_zip struct zip *z = zip_open(keep, &out);
    char sha[HASH_HEX_LEN + 1];
    int64_t bytes;

    for (size_t i = 0; i < sizeof(sound); i++)
        sound[i] = (char)(i * i >> 7);
    for (size_t size = 1; size < sizeof(sound); size = size * 3 + 1) {
        assert_int_equal(
            zip_begin(z, "a", (int64_t)size, crc_add(0, sound, size), &err), 0);
        for (size_t at = 0; at < size;) {
            size_t room = size - at;
            const void *from = sound + at;

            if (in_place) {
                void *place = zip_room(z, &room);

                room = room < size - at ? room : size - at;
                from = memcpy(place, sound + at, room);
            }
            assert_int_equal(zip_write(z, from, room, &err), 0);
            at += room;
        }
        assert_int_equal(zip_end(z, &err), 0);
    }
    assert_int_equal(zip_finish(z, &bytes, sha, &err), 0);
    *ret_len = out.len;
    return buf_steal(&out);
}

static void
what_was_read_into_its_place_is_the_same(void **state)
{
    size_t a_len;
    size_t b_len;
    auto_free char *a = zip_of(false, &a_len);
    auto_free char *b = zip_of(true, &b_len);

    (void)state;
    assert_int_equal(a_len, b_len);
    assert_memory_equal(a, b, a_len);
}

static void
the_sum_is_the_one_of_zip(void **state)
{
    (void)state;
    assert_int_equal(crc_add(0, "123456789", 9), 0xcbf43926);
    assert_int_equal(crc_add(crc_add(0, "1234", 4), "56789", 5), 0xcbf43926);
    assert_int_equal(crc_add(5, NULL, 0), 5);
    assert_int_equal(crc_add(0, NULL, 0), 0);
}

static uint64_t
number(const char *p, int bytes)
{
    uint64_t n = 0;

    for (int i = bytes; i-- > 0;)
        n = n << 8 | (uint8_t)p[i];
    return n;
}

/* As a reader of a stream sees it: from header to header, with no directory
 * and no descriptor. */
static void
an_entry_is_whole_in_its_local_header(void **state)
{
    struct err err = ERR_INIT;
    struct buf out = BUF_INIT(1 << 20);
    auto_zip struct zip *z = zip_open(keep, &out);
    static const char *const names[] = {"a.mp3", "F\u00fcr \u00c9lise.txt",
                                        "empty"};
    static const char *const texts[] = {"sound", "caption\n", ""};
    char sha[HASH_HEX_LEN + 1];
    const char *p;
    int64_t bytes;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(zip_add(z, names[i], texts[i], strlen(texts[i]), &err),
                         0);
    assert_int_equal(zip_finish(z, &bytes, sha, &err), 0);
    p = out.data;
    for (size_t i = 0; i < 3; i++) {
        size_t len = strlen(texts[i]);

        assert_int_equal(number(p, 4), 0x04034b50);
        assert_int_equal(number(p + 6, 2), 0x0800); /* UTF-8; no descriptor */
        assert_int_equal(number(p + 8, 2), 0);      /* stored */
        assert_int_equal(number(p + 14, 4), crc_add(0, texts[i], len));
        assert_int_equal(number(p + 18, 4), len);
        assert_int_equal(number(p + 22, 4), len);
        assert_int_equal(number(p + 26, 2), strlen(names[i]));
        assert_int_equal(number(p + 28, 2), 0);
        assert_memory_equal(p + 30, names[i], strlen(names[i]));
        p += 30 + strlen(names[i]);
        assert_memory_equal(p, texts[i], len);
        p += len;
    }
    assert_int_equal(number(p, 4), 0x02014b50);
    buf_release(&out);
}

static void
other_bytes_than_were_said_void_it(void **state)
{
    struct err err = ERR_INIT;
    struct counter c = {0};
    auto_zip struct zip *z = zip_open(count, &c);

    (void)state;
    assert_int_equal(zip_begin(z, "a", 3, crc_add(0, "abc", 3), &err), 0);
    assert_int_equal(zip_write(z, "abd", 3, &err), 0);
    assert_int_equal(zip_end(z, &err), -1);
    assert_int_equal(err.code, ERR_CONFLICT);
}

static int
to_file(void *ctx, const void *data, size_t len, struct err *err)
{
    static const char zeros[HASHER_BLOCK];
    FILE *f = ctx;

    (void)err;
    /* A hole costs no disk. */
    if (len == sizeof(zeros) && memcmp(data, zeros, len) == 0)
        return fseeko(f, (off_t)len, SEEK_CUR);
    return fwrite(data, 1, len, f) == len ? 0 : -1;
}

/* zip64 in all its places: an entry over 4 GiB, one that begins after 4 GiB,
 * and more than 65,535 entries. */
static void
readers_take_it_over_4_gib(void **state)
{
    struct err err = ERR_INIT;
    char name[] = "/tmp/trainmode-zip-XXXXXX", sha[HASH_HEX_LEN + 1];
    int fd = mkstemp(name);
    FILE *f = fdopen(fd, "wb");
    auto_zip struct zip *z = zip_open(to_file, f);
    int64_t bytes;

    (void)state;
    if (getenv("QUICK") != NULL) {
        print_message("[  SKIPPED ] 4 GiB, QUICK is set\n");
        fclose(f);
        unlink(name);
        return;
    }
    add_zeros(z, "zeros", 0x100000001LL);
    assert_int_equal(zip_add(z, "late.txt", "late", 4, &err), 0);
    for (int i = 0; i < 65534; i++)
        assert_int_equal(zip_add(z, "many", "x", 1, &err), 0);
    assert_int_equal(zip_finish(z, &bytes, sha, &err), 0);
    assert_int_equal(fclose(f), 0);
    setenv("Z", name, 1);
    assert_int_equal(system("test \"$(unzip -p \"$Z\" late.txt)\" = late"), 0);
    assert_int_equal(system("test \"$(bsdtar -xOf \"$Z\" late.txt)\" = late"),
                     0);
    assert_int_equal(system("test \"$(bsdtar -tf - <\"$Z\" | wc -l)\" = 65536"),
                     0);
    assert_int_equal(
        system("command -v python3 >/dev/null || exit 0; python3 -c 'import "
               "zipfile,sys; z=zipfile.ZipFile(sys.argv[1]); "
               "assert len(z.infolist())==65536; "
               "assert z.read(\"late.txt\")==b\"late\"; "
               "assert z.getinfo(\"zeros\").file_size==2**32+1' \"$Z\""),
        0);
    unlink(name);
}

static void
an_entry_must_be_as_long_as_said(void **state)
{
    struct err err = ERR_INIT;
    struct counter c = {0};
    auto_zip struct zip *z = zip_open(count, &c);

    (void)state;
    assert_int_equal(zip_begin(z, "a", 3, crc_add(0, "123", 3), &err), 0);
    assert_int_equal(zip_write(z, "four", 4, &err), -1);
    err_clear(&err);
    assert_int_equal(zip_write(z, "12", 2, &err), 0);
    assert_int_equal(zip_end(z, &err), -1);
    assert_int_equal(err.code, ERR_INTERNAL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_announced_size_is_the_real_one),
        cmocka_unit_test(the_announced_size_holds_over_4_gib),
        cmocka_unit_test(the_same_entries_give_the_same_bytes),
        cmocka_unit_test(a_sink_that_breaks_ends_it_with_its_own_error),
        cmocka_unit_test(what_was_read_into_its_place_is_the_same),
        cmocka_unit_test(the_sum_is_the_one_of_zip),
        cmocka_unit_test(an_entry_is_whole_in_its_local_header),
        cmocka_unit_test(other_bytes_than_were_said_void_it),
        cmocka_unit_test(readers_take_it_over_4_gib),
        cmocka_unit_test(an_entry_must_be_as_long_as_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
