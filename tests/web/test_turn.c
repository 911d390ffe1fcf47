/*
 * Goal: one artist never starves another: it has its share, waits after those
 * who have less, is told to wait beyond that, and short requests keep threads.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "web/turn.h"

static atomic_int had; /* who came to its turn, as a number of two digits */

struct one {
    const char *whose, *caller;
    int number;
    int rc;
    struct err err;
    pthread_t thread;
};

static void *
waits(void *arg)
{
    struct one *o = arg;

    o->rc = turn_take(&(struct turn){o->whose, o->caller}, NULL, NULL, &o->err);
    if (o->rc == 0)
        atomic_store(&had, atomic_load(&had) * 10 + o->number);
    return NULL;
}

static void
start(struct one *o, const char *whose, int number)
{
    *o = (struct one){.whose = whose, .number = number};
    assert_int_equal(pthread_create(&o->thread, NULL, waits, o), 0);
    usleep(20000); /* into the line, one after the other */
}

static void
take(const char *whose, int n)
{
    struct err err = ERR_INIT;

    while (n-- > 0)
        assert_int_equal(
            turn_take(&(struct turn){whose, NULL}, NULL, NULL, &err), 0);
}

static void
give(const char *whose, int n)
{
    while (n-- > 0)
        turn_give(&(struct turn){whose, NULL});
}

static bool
yes(void *ctx)
{
    (void)ctx;
    return true;
}

/* 4 of one, 6 of all, 4 places to wait. */
static void
others_find_room(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    assert_true(turn_setup(4) >= 6 + 4 + 4);
    take("a", 4);
    assert_int_equal(turn_take(&(struct turn){"a", NULL}, yes, NULL, &err), -1);
    assert_int_equal(err.code, ERR_CLIENT_GONE);
    take("b", 2);
    give("a", 4);
    give("b", 2);
}

static void
who_has_least_is_next(void **state)
{
    struct one a1, a2, b;

    (void)state;
    turn_setup(4);
    take("a", 4);
    take("c", 2);
    atomic_store(&had, 0);
    start(&a1, "a", 1);
    start(&a2, "a", 2);
    start(&b, "b", 3);
    give("a", 1);
    pthread_join(b.thread, NULL);
    assert_int_equal(atomic_load(&had), 3);
    give("c", 2);
    pthread_join(a1.thread, NULL);
    give("a", 1);
    pthread_join(a2.thread, NULL);
    assert_int_equal(atomic_load(&had), 312);
    give("a", 4);
    give("b", 1);
}

static void
who_has_too_much_is_told(void **state)
{
    struct one a1, a2, b;
    struct err err = ERR_INIT;

    (void)state;
    turn_setup(4);
    take("a", 4);
    take("c", 2);
    start(&a1, "a", 1);
    start(&a2, "a", 2);
    assert_int_equal(turn_take(&(struct turn){"a", NULL}, NULL, NULL, &err),
                     -1);
    assert_int_equal(err.code, ERR_RATE_LIMITED);
    assert_true(err.retry_after > 0);
    start(&b, "b", 3); /* which has nothing yet, waits */
    give("c", 2);
    pthread_join(b.thread, NULL);
    assert_int_equal(b.rc, 0);
    give("a", 4);
    pthread_join(a1.thread, NULL);
    pthread_join(a2.thread, NULL);
    assert_int_equal(a1.rc + a2.rc, 0);
    give("a", 2);
    give("b", 1);
}

/* One caller with many artists has the share of one. */
static void
a_caller_has_one_share(void **state)
{
    static const char *const artists[] = {"a", "b", "c", "d"};
    struct one more = {.whose = "e", .caller = "label", .number = 1};
    struct one other = {.whose = "f", .caller = "else", .number = 2};
    struct err err = ERR_INIT;

    (void)state;
    turn_setup(4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(
            turn_take(&(struct turn){artists[i], "label"}, NULL, NULL, &err),
            0);
    assert_int_equal(turn_take(&(struct turn){"e", "label"}, yes, NULL, &err),
                     -1);
    assert_int_equal(err.code, ERR_CLIENT_GONE);
    atomic_store(&had, 0);
    assert_int_equal(pthread_create(&more.thread, NULL, waits, &more), 0);
    usleep(20000);
    /* Others, from an artist that the caller has too, find room, and do not
     * wait after those that wait for their own artist. */
    take("a", 1);
    assert_int_equal(pthread_create(&other.thread, NULL, waits, &other), 0);
    pthread_join(other.thread, NULL);
    assert_int_equal(other.rc, 0);
    turn_give(&(struct turn){"f", "else"});
    assert_int_equal(atomic_load(&had), 2);
    turn_give(&(struct turn){"a", "label"});
    pthread_join(more.thread, NULL);
    assert_int_equal(more.rc, 0);
    turn_give(&(struct turn){"e", "label"});
    for (int i = 1; i < 4; i++)
        turn_give(&(struct turn){artists[i], "label"});
    give("a", 1);
    assert_true(turn_setup(4) > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(others_find_room),
        cmocka_unit_test(who_has_least_is_next),
        cmocka_unit_test(who_has_too_much_is_told),
        cmocka_unit_test(a_caller_has_one_share),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
