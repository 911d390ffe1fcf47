/*
 * Goal: what speaks for a place becomes the right verdict. The evidence is that
 * of real bounces, with their own sets and with sets of others; rounded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "music/align_parts.h"

/* Much of everything, for a minute of music. */
static const struct align_evidence plenty = {.sec = 60,
                                             .score = 1.3,
                                             .pitch = 0.6,
                                             .margin = 0.4,
                                             .coverage = 0.9,
                                             .played = 1,
                                             .beyond = 0.4,
                                             .moments = 250,
                                             .heavy = true,
                                             .pitched = true};

static void
expect(const struct align_evidence *e, enum align_verdict verdict)
{
    if (align_judge(e) != verdict)
        fail_msg("%s, score %.2f, %zu moments",
                 align_verdict_name(align_judge(e)), e->score, e->moments);
}

static void
test_plenty(void **state)
{
    struct align_evidence e = plenty;

    (void)state;
    expect(&e, ALIGN_SAME);
    e.played = 0.3;
    expect(&e, ALIGN_UNSURE);
    e = plenty;
    e.coverage = 0.2;
    expect(&e, ALIGN_UNSURE);
    e = plenty;
    e.heavy = false;
    expect(&e, ALIGN_TOO_LITTLE);
    e = plenty;
    e.score = 0.3;
    expect(&e, ALIGN_ANOTHER);
}

/* A cue of 8 s with three chords is like any three chords. */
static void
test_few_moments(void **state)
{
    struct align_evidence e = {.sec = 8,
                               .score = 1.27,
                               .pitch = 0.34,
                               .margin = 0.27,
                               .coverage = 0.39,
                               .played = 1,
                               .beyond = 0.95,
                               .moments = 10,
                               .heavy = true,
                               .pitched = true};

    (void)state;
    expect(&e, ALIGN_UNSURE);
    e = (struct align_evidence){.sec = 8,
                                .score = 0.87,
                                .margin = 0.3,
                                .coverage = 1,
                                .played = 1,
                                .beyond = 0.97,
                                .moments = 3,
                                .heavy = true};
    expect(&e, ALIGN_UNSURE);
    /* A drum loop of 11 s, all of it heard and nowhere else. */
    e.score = 0.63;
    e.coverage = 0.96;
    e.moments = 36;
    expect(&e, ALIGN_SAME);
}

/* Short, and a few hundred onsets of it alike. */
static void
test_short(void **state)
{
    struct align_evidence e = {.sec = 30.7,
                               .score = 0.82,
                               .pitch = 0.07,
                               .margin = 0.03,
                               .coverage = 0.78,
                               .played = 1,
                               .beyond = 0.28,
                               .moments = 228,
                               .heavy = true,
                               .pitched = true};

    (void)state;
    expect(&e, ALIGN_SAME);
    /* Another's set of the same tempo. */
    e.score = 0.745;
    e.pitch = 0.14;
    e.coverage = 0.84;
    e.beyond = 0.04;
    e.moments = 132;
    expect(&e, ALIGN_UNSURE);
}

/* Pitches that the analysis does not hear say nothing if the onsets are alike
 * beyond their bar. */
static void
test_onsets_alone(void **state)
{
    struct align_evidence e = {.sec = 48,
                               .score = 0.81,
                               .pitch = -0.04,
                               .margin = 0.12,
                               .coverage = 0.75,
                               .played = 1,
                               .beyond = 0.58,
                               .moments = 248,
                               .heavy = true,
                               .pitched = true,
                               .usual = true};

    (void)state;
    expect(&e, ALIGN_SAME);
    /* The same song, tuned up. */
    e.pitch = -0.2;
    expect(&e, ALIGN_UNSURE);
    /* Four kicks in the bar: of one tempo, and alike in little else. */
    e.sec = 78;
    e.score = 0.78;
    e.pitch = 0.08;
    e.margin = 0.01;
    e.coverage = 0.93;
    e.beyond = 0.04;
    e.moments = 352;
    expect(&e, ALIGN_UNSURE);
}

/* What repeats is as good elsewhere. */
static void
test_loops(void **state)
{
    struct align_evidence e = {.sec = 13.7,
                               .score = 1.62,
                               .pitch = 0.82,
                               .margin = 0,
                               .coverage = 0.59,
                               .played = 1,
                               .beyond = 0.61,
                               .moments = 32,
                               .heavy = true,
                               .pitched = true,
                               .usual = true};

    (void)state;
    expect(&e, ALIGN_SAME);
    e.score = 1.1;
    e.pitch = 0.4;
    expect(&e, ALIGN_UNSURE);
}

/* Three minutes of a mix that hides much, from the set's beginning on. */
static void
test_usual_place(void **state)
{
    struct align_evidence e = {.sec = 197,
                               .score = 0.52,
                               .pitch = 0.23,
                               .margin = 0.03,
                               .coverage = 0.88,
                               .played = 1,
                               .beyond = 0.1,
                               .moments = 640,
                               .heavy = true,
                               .pitched = true,
                               .usual = true};

    (void)state;
    expect(&e, ALIGN_SAME);
    e.usual = false;
    expect(&e, ALIGN_UNSURE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plenty), cmocka_unit_test(test_few_moments),
        cmocka_unit_test(test_short),  cmocka_unit_test(test_onsets_alone),
        cmocka_unit_test(test_loops),  cmocka_unit_test(test_usual_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
