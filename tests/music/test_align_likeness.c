/*
 * Goal: likenesses by Fourier transforms are those by their definition, for
 * any lengths and whatever the two sides are like. TRAINMODE_TEST_COST=1 has
 * it print what an hour of audio beside a set of twelve hours takes, which is
 * nobody's to fail by.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/mem.h"
#include "music/align_parts.h"

#define TRIALS 300
#define SAME 1e-3

static uint32_t seed = 1;

static double
any(void)
{
    seed = seed * 1664525 + 1013904223;
    return (double)(seed >> 8) / (1 << 24);
}

static double
by_definition(const float *set, const float *audio, size_t n)
{
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0;

    for (size_t i = 0; i < n; i++, set += ALIGN_LEVEL_CELLS) {
        double a = (double)*set, b = (double)audio[i];

        x += a;
        y += b;
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    xx -= x * x / (double)n;
    yy -= y * y / (double)n;
    xy -= x * y / (double)n;
    return xx > 1e-3 && yy > 1e-3 ? xy / sqrt(xx * yy) : 0;
}

/* Steps, as sections are; some long, some never ending. */
static void
fill(float *v, size_t n, double base, double height)
{
    double level = base;
    double change = pow(10, -3 * any());

    for (size_t i = 0; i < n; i++) {
        if (any() < change)
            level = base + height * any();
        v[i] = (float)level;
    }
}

/* Two sides of which the second is often a part of the first. */
static void
compare(size_t n, size_t levels)
{
    size_t cells = n + ALIGN_LEVEL_CELLS * levels;
    auto_free float *set = xcalloc(cells, sizeof(*set));
    auto_free float *audio = xcalloc(levels, sizeof(*audio));
    auto_free float *like = xcalloc(n, sizeof(*like));
    size_t at = (size_t)(any() * (double)n), best = 0, want_best = 0;
    double most = -2;

    fill(set, cells, -2, 6);
    fill(audio, levels, -100 * any(), 20);
    if (any() < 0.7)
        for (size_t i = 0; i < levels; i++)
            audio[i] = 5 * set[at + i * ALIGN_LEVEL_CELLS] + (float)any() -
                       (float)(50 * (n % 2));
    for (size_t i = 0; i < n; i++)
        like[i] = 0.25f; /* they are added to it */
    align_likeness(set, audio, levels, like, n);
    for (size_t i = 0; i < n; i++) {
        double want = by_definition(set + i, audio, levels);

        if (fabs((double)like[i] - 0.25 - want) > SAME)
            fail_msg("place %zu of %zu, %zu levels: %f, not %f", i, n, levels,
                     (double)like[i] - 0.25, want);
        if (want > most) {
            most = want;
            want_best = i;
        }
        if (like[i] > like[best])
            best = i;
    }
    assert_true(by_definition(set + best, audio, levels) > most - 1e-5 ||
                best == want_best);
}

static void
test_same(void **state)
{
    (void)state;
    for (int i = 0; i < TRIALS; i++)
        compare(1 + (size_t)(pow(any(), 3) * 4000),
                1 + (size_t)(pow(any(), 3) * 700));
}

static double
cpu_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
cost(size_t n, size_t levels)
{
    size_t cells = n + ALIGN_LEVEL_CELLS * levels;
    auto_free float *set = xcalloc(cells, sizeof(*set));
    auto_free float *audio = xcalloc(levels, sizeof(*audio));
    auto_free float *like = xcalloc(n, sizeof(*like));
    double began;

    fill(set, cells, -2, 6);
    fill(audio, levels, -40, 20);
    began = cpu_ms();
    align_likeness(set, audio, levels, like, n);
    print_message("%zu places, %zu levels: %.1f ms", n, levels,
                  cpu_ms() - began);
    began = cpu_ms();
    for (size_t i = 0; i < n; i++)
        like[i] = (float)by_definition(set + i, audio, levels);
    print_message(", by definition %.0f\n", cpu_ms() - began);
}

static void
test_cost(void **state)
{
    (void)state;
    if (getenv("TRAINMODE_TEST_COST") == NULL)
        return;
    cost(4500, 600);    /* five minutes beside five */
    cost(450000, 7200); /* an hour beside twelve */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_cost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
