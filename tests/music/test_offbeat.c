/* What is played against the beat, and what only fills it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "music/offbeat.h"

/* Eight times a pattern of sixteenths. */
static double
share_of(const char *pattern)
{
    double beats[512];
    size_t steps = strlen(pattern), n = 0;

    for (size_t i = 0; i < 8 * steps; i++)
        if (pattern[i % steps] == 'x')
            beats[n++] = (double)i / 4;
    return offbeat_share(beats, n);
}

static void
what_fills_the_beat_is_not_against_it(void **state)
{
    (void)state;
    assert_true(share_of("x...x...x...x...") == 0);
    assert_true(share_of("x.x.x.x.x.x.x.x.") < 0.02);
    assert_true(share_of("xxxxxxxxxxxxxxxx") < 0.03);
}

static void
what_leaves_the_beat_out_is(void **state)
{
    (void)state;
    assert_true(share_of("..x...x...x...x.") == 1);
    assert_true(share_of("..xx..xx..xx..xx") == 1);
    assert_true(fabs(share_of("x..x..x.x..x..x.") - 2.0 / 3) < 0.01);
    assert_true(offbeat_share(NULL, 0) == 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fills_the_beat_is_not_against_it),
        cmocka_unit_test(what_leaves_the_beat_out_is),
    };

    return cmocka_run_group_tests_name("music/offbeat", tests, NULL, NULL);
}
