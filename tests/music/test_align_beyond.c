/*
 * Goal: what two songs share because both keep the same beat counts for
 * nothing; what one of them does besides it counts.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "music/align_parts.h"
#include "song.h"

#define BARS 24

static uint32_t seed;

static bool
chance(double share)
{
    seed = seed * 1664525 + 1013904223;
    return (double)(seed >> 8) / (1 << 24) < share;
}

/* A kick on each beat, and other onsets at random. */
static void
fill(struct align_side *s, const struct timeline *t, size_t n, uint32_t number)
{
    *s = (struct align_side){.n = n};
    for (int k = 0; k < STREAMS; k++)
        s->stream[k] = xcalloc(n, sizeof(float));
    seed = number;
    for (int i = 0; i < BARS * 16; i++) {
        size_t at = (size_t)lround(timeline_seconds(t, i / 4.0) * SOUND_FPS);

        if (at < n)
            s->stream[STREAM_ALL][at] = i % 4 == 0 ? 2 : chance(0.3);
    }
}

static double
likeness(const struct align_place *at)
{
    const float *a = at->audio->stream[STREAM_ALL];
    const float *b = at->set->stream[STREAM_ALL];
    double xx = 0, yy = 0;

    for (size_t i = 0; i < at->audio->n; i++) {
        xx += (double)(a[i] * a[i]);
        yy += (double)(b[i] * b[i]);
    }
    return align_products(at->audio, at->set, 0, 0, at->audio->n) /
           sqrt(xx * yy);
}

static void
test_beat(void **state)
{
    static const struct song steady = {.seed = 5, .bpm = 120, .bars = BARS};
    auto_timeline struct timeline *t = song_timeline(&steady);
    size_t n = (size_t)(BARS * 2 * SOUND_FPS);
    auto_align_side struct align_side audio, own, other;
    struct align_place at = {.audio = &audio, .set = &own, .stretch = 1};

    (void)state;
    fill(&audio, t, n, 1);
    fill(&own, t, n, 1);
    fill(&other, t, n, 90001);
    assert_true(align_beyond(&at, t) > 0.99);
    at.set = &other;
    assert_true(likeness(&at) > 0.7);
    assert_true(fabs(align_beyond(&at, t)) < 0.15);
}

/* Where one side ends, nothing is compared. */
static void
test_ends(void **state)
{
    static const struct song steady = {.seed = 5, .bpm = 120, .bars = BARS};
    auto_timeline struct timeline *t = song_timeline(&steady);
    size_t n = (size_t)(BARS * 2 * SOUND_FPS);
    auto_align_side struct align_side audio, own;
    struct align_place at = {.audio = &audio, .set = &own, .stretch = 1};

    (void)state;
    fill(&audio, t, n, 1);
    fill(&own, t, n / 2, 1);
    assert_true(align_beyond(&at, t) > 0.99);
    at.frame = -(double)n;
    assert_true(align_beyond(&at, t) == 0);
    at.frame = (double)n;
    assert_true(align_beyond(&at, t) == 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beat),
        cmocka_unit_test(test_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
