/* net/patience: pauses grow within their bounds, the server's word counts as
 * the client says, and tries, time and a stop end it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "net/patience.h"

static void
pauses_double_up_to_the_longest(void **state)
{
    static const int steps[] = {200, 400, 800, 1600, 3200, 5000, 5000};

    (void)state;
    for (int round = 0; round < 100; round++) {
        struct patience p = {.first_ms = 200,
                             .longest_ms = 5000,
                             .spread = 50,
                             .budget_ms = INT64_MAX};

        for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
            int64_t ms = patience_ms(&p, -1);

            assert_in_range(ms, steps[i] / 2, steps[i]);
        }
    }
}

static void
chance_moves_them(void **state)
{
    int64_t least = 1000, most = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct patience p = {.first_ms = 1000,
                             .longest_ms = 1000,
                             .spread = 25,
                             .budget_ms = INT64_MAX};
        int64_t ms = patience_ms(&p, -1);

        least = ms < least ? ms : least;
        most = ms > most ? ms : most;
    }
    assert_in_range(least, 750, 800);
    assert_in_range(most, 950, 1000);
}

static void
the_server_is_heard_as_the_client_says(void **state)
{
    const struct patience own = {
        .first_ms = 500, .longest_ms = 500, .budget_ms = INT64_MAX};
    struct patience p = own;

    (void)state;
    assert_int_equal(patience_ms(&p, -1), 500);
    assert_int_equal(patience_ms(&p, 20), 20);
    assert_int_equal(patience_ms(&p, 0), 0);
    assert_int_equal(patience_ms(&p, 70000), 70000);
    p.asked_max_ms = 60000;
    assert_int_equal(patience_ms(&p, 70000), 60000);
    p.at_least = true;
    assert_int_equal(patience_ms(&p, 20), 500);
    assert_int_equal(patience_ms(&p, 700), 700);
}

static void
tries_and_time_end_it(void **state)
{
    struct patience few = {
        .first_ms = 1, .longest_ms = 1, .budget_ms = INT64_MAX, .tries_max = 3};
    struct patience brief = {
        .first_ms = 500, .longest_ms = 500, .budget_ms = 12000};

    (void)state;
    assert_int_equal(patience_ms(&few, -1), 1);
    assert_int_equal(patience_ms(&few, -1), 1);
    assert_int_equal(patience_ms(&few, -1), -1);

    assert_int_equal(patience_ms(&brief, -1), 500);
    assert_int_equal(patience_ms(&brief, 12001), -1); /* it would be too late */
    brief.began = clock_mono_ms() - 12000;
    assert_int_equal(patience_ms(&brief, -1), -1);
    brief.began = 0; /* it starts over */
    assert_int_equal(patience_ms(&brief, -1), 500);
    brief.budget_ms = -1; /* it was over before it began */
    assert_int_equal(patience_ms(&brief, -1), -1);
}

static bool
stop_third(void *ctx)
{
    return ++*(int *)ctx == 3;
}

static void
a_stop_ends_a_pause(void **state)
{
    int calls = 0;
    int64_t before;

    (void)state;
    assert_false(patience_pause(INT32_MAX, stop_third, &calls));
    assert_int_equal(calls, 3);
    before = clock_mono_ms();
    assert_true(patience_pause(20, NULL, NULL));
    assert_true(clock_mono_ms() - before >= 20);
}

static void
seconds_are_never_too_few(void **state)
{
    (void)state;
    assert_int_equal(patience_sec(-1, 10), 10);
    assert_int_equal(patience_sec(0, 10), 10);
    assert_int_equal(patience_sec(1, 10), 1);
    assert_int_equal(patience_sec(3000, 10), 3);
    assert_int_equal(patience_sec(3001, 10), 4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pauses_double_up_to_the_longest),
        cmocka_unit_test(chance_moves_them),
        cmocka_unit_test(the_server_is_heard_as_the_client_says),
        cmocka_unit_test(tries_and_time_end_it),
        cmocka_unit_test(a_stop_ends_a_pause),
        cmocka_unit_test(seconds_are_never_too_few),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
