/* dataset/sink: both kinds take the same calls; one counts what the other
 * writes, in each layout too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dataset/pack.h"
#include "dataset/sink.h"
#include "house.h"

struct fill { /* what was called */
    int puts, makes, tells;
};

static int
count(void *ctx, const void *data, size_t len, struct err *err)
{
    (void)data;
    (void)err;
    *(int64_t *)ctx += (int64_t)len;
    return 0;
}

static int
put_hello(void *ctx, struct zip *zip, struct err *err)
{
    ((struct fill *)ctx)->puts++;
    return zip_add(zip, "a/hello.txt", "hello", 5, err);
}

static int
make_nothing(void *ctx, struct err *err)
{
    (void)err;
    ((struct fill *)ctx)->makes++;
    return 0;
}

static int
refuse(void *ctx, struct err *err)
{
    ((struct fill *)ctx)->tells++;
    return err_set(err, ERR_BUSY, "stopped");
}

static int64_t
total_of(const struct sink *k)
{
    struct zip_size size;

    sink_size(k, &size);
    return zip_size_total(&size);
}

static void
add_two(struct sink *k, struct fill *fill)
{
    struct err err = ERR_INIT;

    assert_int_equal(sink_add(k, "a/hello.txt", 5, put_hello, fill, &err), 0);
    assert_int_equal(sink_add_bytes(k, "b", "rest", 4, &err), 0);
}

static void
what_one_counts_the_other_writes(void **state)
{
    struct sink *measuring = sink_measuring();
    int64_t bytes = 0, said;
    struct sink *writing = sink_writing(count, &bytes);
    struct fill fill = {0};
    struct err err = ERR_INIT;
    char sha256[HASH_HEX_LEN + 1];

    (void)state;
    add_two(measuring, &fill);
    assert_int_equal(fill.puts, 0);
    add_two(writing, &fill);
    assert_int_equal(fill.puts, 1);
    assert_int_equal(total_of(measuring), total_of(writing));
    assert_int_equal(sink_finish(writing, &said, sha256, &err), 0);
    assert_int_equal(said, total_of(measuring));
    assert_int_equal(bytes, said);
    sink_close(measuring);
    sink_close(writing);
}

static void
only_a_zip_has_things_made_and_told(void **state)
{
    struct sink *measuring = sink_measuring();
    int64_t bytes = 0;
    struct sink *writing = sink_writing(count, &bytes);
    struct fill fill = {0};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(sink_tell(measuring, refuse, &fill, &err), 0);
    assert_false(sink_unsized(measuring));
    assert_int_equal(sink_make(measuring, make_nothing, &fill, &err), 0);
    assert_true(sink_unsized(measuring));
    assert_int_equal(fill.tells + fill.makes, 0);

    assert_int_equal(sink_make(writing, make_nothing, &fill, &err), 0);
    assert_false(sink_unsized(writing));
    assert_int_equal(fill.makes, 1);
    assert_int_equal(sink_tell(writing, refuse, &fill, &err), -1);
    assert_int_equal(err.code, ERR_BUSY);
    sink_close(measuring);
    sink_close(writing);
}

/* ---- each layout ---- */

/* Three items that every layout takes as they are. */
static void
must_be_as_measured(const struct export_job *job)
{
    auto_cleanup(pack_release) struct pack x = {0};
    struct err err = ERR_INIT;
    int64_t bytes = 0, said, measured;
    char sha256[HASH_HEX_LEN + 1];

    pack_init(&x, job);
    pack_into(&x, sink_measuring());
    assert_int_equal(pack_all(&x, &err), 0);
    assert_false(sink_unsized(x.sink));
    measured = total_of(x.sink);
    pack_into(&x, sink_writing(count, &bytes));
    assert_int_equal(pack_all(&x, &err), 0);
    assert_int_equal(sink_finish(x.sink, &said, sha256, &err), 0);
    assert_int_equal(said, bytes);
    if (bytes != measured)
        fail_msg("%s: %lld bytes, measured %lld", job->opt.layout->name,
                 (long long)bytes, (long long)measured);
}

static void
each_layout_is_as_long_as_measured(void **state)
{
    struct house *h = *state;

    add_items(h, 3, "mp3");
    for (const struct layout *l = layouts; l->name != NULL; l++)
        for (int split = 0; split < 2; split++) {
            struct export_job job = job_of(h, l->name);

            job.opt.trigger = "xyz";
            job.opt.split = split == 1 ? 0.5 : 0;
            must_be_as_measured(&job);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_one_counts_the_other_writes),
        cmocka_unit_test(only_a_zip_has_things_made_and_told),
        cmocka_unit_test_setup_teardown(each_layout_is_as_long_as_measured,
                                        setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
