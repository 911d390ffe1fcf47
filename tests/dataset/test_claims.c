/*
 * Goal: the cost of an export's check is bounded by its items' size: rows that
 * claim years (accepted before the probe knew better) are counted by division.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "dataset/check.h"

static char wav[] = "wav";
static char text[] = "Slow house in A minor";

static int
walk_one(void *self, roll_visit *visit, void *ctx, struct err *err)
{
    struct item it = {.prompt_text = text};

    it.audio.format = wav;
    it.audio.sample_rate = 44100;
    it.audio.duration_sec = *(double *)self;
    return visit(ctx, 0, &it, err);
}

static long
pieces(double seconds, int segment_sec)
{
    struct roll roll = {.n = 1, .walk = walk_one, .self = &seconds};
    auto_check struct check c = {0};
    struct err err = ERR_INIT;

    assert_int_equal(
        check_run(&(struct export_options){.layout = &layouts[0],
                                           .segment_sec = segment_sec},
                  NULL, &roll, CHECK_ALL, &c, &err),
        0);
    return c.pieces;
}

static void
pieces_of_years(void **state)
{
    clock_t from = clock();

    (void)state;
    assert_true(pieces(6.9e10, 1) > 1000000000);
    assert_true((double)(clock() - from) / CLOCKS_PER_SEC < 0.1);
}

static void
pieces_of_minutes(void **state)
{
    (void)state;
    assert_int_equal(pieces(60, 20), 3);
    assert_int_equal(pieces(61, 20), 3); /* the export drops the rest */
    assert_int_equal(pieces(5, 20), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_years),
        cmocka_unit_test(pieces_of_minutes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
