/*
 * Where a track is cut into windows: whole bars, under the maximum, at
 * changes; each rule of window.h has its test.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "music/window.h"

#define near(a, b)                                                             \
    do {                                                                       \
        double a_ = (a), b_ = (b);                                             \
                                                                               \
        if (!(fabs(a_ - b_) < 0.002))                                          \
            fail_msg("%s: %g, not %g", #a, a_, b_);                            \
    } while (0)

/* A set of one tempo and meter with a track from each beat to each. */
struct song {
    struct timeline t;
    struct timeline_tempo tempo[2];
    struct timeline_meter meters[2];
    struct timeline_track tracks[4];
    struct timeline_span spans[4];
};

static void
song_make(struct song *s, double bpm, double end_beat)
{
    *s = (struct song){0};
    s->tempo[0] = (struct timeline_tempo){0, 0, bpm, bpm};
    s->meters[0] = (struct timeline_meter){0, 0, 4, 4};
    s->t = (struct timeline){.ticks = 48,
                             .end_beat = end_beat,
                             .tempo = s->tempo,
                             .tempo_count = 1,
                             .meters = s->meters,
                             .meter_count = 1,
                             .tracks = s->tracks};
    s->t.end = timeline_seconds(&s->t, end_beat);
}

static void
song_track(struct song *s, double from, double to)
{
    size_t i = s->t.track_count++;

    s->spans[i] = (struct timeline_span){
        from, to, timeline_seconds(&s->t, from), timeline_seconds(&s->t, to)};
    s->tracks[i].spans = &s->spans[i];
    s->tracks[i].span_count = 1;
}

static const struct window_rule usual = {30, 10, false};

/* Conditions for every cut. */
static void
check_all(const struct window_cuts *c, double audio_sec,
          const struct window_rule *rule)
{
    for (size_t i = 0; i < c->n; i++) {
        assert_true(c->v[i].start_sec >= 0);
        assert_true(c->v[i].end_sec <= audio_sec + 1e-6);
        assert_true(c->v[i].end_sec > c->v[i].start_sec);
        assert_true(c->v[i].end_sec - c->v[i].start_sec <=
                    rule->max_sec + 1e-5);
        if (i > 0)
            near(c->v[i].start_sec, c->v[i - 1].end_sec);
    }
}

static void
cut(const struct song *s, double offset, double sec,
    const struct window_rule *rule, struct window_cuts *ret)
{
    window_cut(&s->t, offset, sec, NULL, 0, rule, ret);
    check_all(ret, sec, rule);
}

/* 16 bars at 128 BPM are 30 s to the sample; for a trainer that drops 30.000
 * the maximum is 29, and 12 bars are taken rather than 15. */
static void
sixteen_bars_at_128(void **state)
{
    static const struct window_rule shorter = {29, 10, false};
    auto_window_cuts struct window_cuts c = {0}, d = {0};
    struct song s;

    (void)state;
    song_make(&s, 128, 192); /* 48 bars, 90 s */
    song_track(&s, 0, 192);
    cut(&s, 0, 90, &usual, &c);
    assert_int_equal(c.n, 3);
    for (size_t i = 0; i < 3; i++) {
        near(c.v[i].start_sec, 30.0 * (double)i);
        near(c.v[i].bars, 16);
        near(c.v[i].start_bar, 1 + 16.0 * (double)i);
    }
    cut(&s, 0, 90, &shorter, &d);
    assert_int_equal(d.n, 4);
    for (size_t i = 0; i < 4; i++)
        near(d.v[i].bars, 12);
}

static void
sections_and_changes_are_preferred(void **state)
{
    static const double sections[] = {0, 40, 80};
    auto_window_cuts struct window_cuts c = {0}, d = {0};
    struct song s;

    (void)state;
    song_make(&s, 120, 120); /* 60 s */
    song_track(&s, 0, 120);
    window_cut(&s.t, 0, 60, sections, 3, &usual, &c);
    check_all(&c, 60, &usual);
    assert_int_equal(c.n, 3); /* not two of 30 s across what changes */
    near(c.v[1].start_sec, 20);
    near(c.v[2].start_sec, 40);

    song_make(&s, 120, 96); /* 48 s; a second track from bar 11 on */
    song_track(&s, 0, 96);
    song_track(&s, 40, 96);
    cut(&s, 0, 48, &usual, &d);
    assert_int_equal(d.n, 2);
    near(d.v[1].start_sec, 20);
}

static void
a_rest_joins_or_is_dropped(void **state)
{
    static const struct window_rule drop = {30, 10, true};
    auto_window_cuts struct window_cuts c = {0}, d = {0}, e = {0};
    struct song s;

    (void)state;
    song_make(&s, 128, 208); /* 52 bars, 97.5 s: 7.5 s are left over */
    song_track(&s, 0, 208);
    cut(&s, 0, 97.5, &usual, &c);
    assert_int_equal(c.n, 4);
    near(c.v[3].end_sec, 97.5);
    for (size_t i = 0; i < 4; i++)
        assert_true(c.v[i].end_sec - c.v[i].start_sec >= 10);
    cut(&s, 0, 97.5, &drop, &d);
    assert_int_equal(d.n, 3);
    near(d.v[2].end_sec, 90);
    cut(&s, 0, 5, &drop, &e);
    assert_int_equal(e.n, 0);
}

static void
meter_changes_begin_bars(void **state)
{
    auto_window_cuts struct window_cuts c = {0};
    struct song s;

    (void)state;
    song_make(&s, 120, 112);
    s.meters[1] = (struct timeline_meter){16, 4, 3, 4};
    s.t.meter_count = 2;
    song_track(&s, 0, 112);
    cut(&s, 0, 56, &usual, &c); /* 4 bars of 2 s, 32 of 1.5 s */
    for (size_t i = 1; i < c.n; i++) {
        double beat = c.v[i].start_sec * 2;

        near(fmod(beat - 16, 3), 0);
        near(c.v[i].start_bar, 5 + (beat - 16) / 3);
    }
    near(c.v[c.n - 1].end_sec, 56);
}

static void
tempo_automation_is_followed(void **state)
{
    auto_window_cuts struct window_cuts c = {0};
    struct song s;

    (void)state;
    song_make(&s, 120, 128);
    s.tempo[1] = (struct timeline_tempo){64, 32, 60, 60};
    s.t.tempo_count = 2;
    s.tempo[0].bpm2 = 120;
    s.t.end = timeline_seconds(&s.t, 128); /* 32 s and 64 s */
    song_track(&s, 0, 128);
    cut(&s, 0, 96, &usual, &c);
    for (size_t i = 0; i < c.n; i++) {
        double bar = c.v[i].start_bar - 1;

        near(bar, round(bar));
        near(c.v[i].start_sec,
             timeline_seconds(&s.t, timeline_bar_beat(&s.t, bar)));
    }
    near(c.v[c.n - 1].end_sec, 96);
}

static void
audio_that_begins_in_mid_bar(void **state)
{
    auto_window_cuts struct window_cuts c = {0}, d = {0};
    struct song s;

    (void)state;
    song_make(&s, 120, 128);
    song_track(&s, 0, 128);
    cut(&s, 7, 40, &usual, &c); /* beat 14, in the middle of bar 4 */
    near(c.v[0].start_sec, 0);
    near(c.v[0].start_bar, 4.5);
    near(fmod(c.v[1].start_sec + 7, 2), 0);

    song_make(&s, 120, 128); /* nothing sounds before the bar line */
    song_track(&s, 16, 128);
    cut(&s, 7, 40, &usual, &d);
    near(d.v[0].start_sec, 1);
    near(d.v[0].start_bar, 5);
}

static void
silence_at_the_head(void **state)
{
    auto_window_cuts struct window_cuts c = {0}, d = {0};
    struct song s;

    (void)state;
    song_make(&s, 120, 128);
    song_track(&s, 0, 128);
    cut(&s, -5, 60, &usual, &c);
    near(c.v[0].start_sec, 5);
    near(c.v[0].start_bar, 1);
    song_make(&s, 120, 128); /* and in the set: it begins in bar 5 */
    song_track(&s, 18, 128);
    cut(&s, 0, 60, &usual, &d);
    near(d.v[0].start_sec, 8);
    near(d.v[0].start_bar, 5);
}

static void
a_tail_belongs_to_the_last(void **state)
{
    auto_window_cuts struct window_cuts c = {0}, d = {0};
    struct song s;

    (void)state;
    song_make(&s, 120, 96); /* 48 s, and 1.3 s ring on */
    song_track(&s, 0, 96);
    cut(&s, 0, 49.3, &usual, &c);
    near(c.v[c.n - 1].end_sec, 49.3);
    song_make(&s, 128, 64); /* 30 s are full */
    song_track(&s, 0, 64);
    cut(&s, 0, 30.9, &usual, &d);
    near(d.v[d.n - 1].end_sec, 30);
}

/* 20 BPM: a bar of 4/4 takes 12 s; one of 12 beats 36 s. */
static void
bars_that_are_too_long(void **state)
{
    auto_window_cuts struct window_cuts c = {0};
    struct song s;

    (void)state;
    song_make(&s, 20, 48);
    s.meters[0].numerator = 12;
    song_track(&s, 0, 48);
    cut(&s, 0, 144, &usual, &c);
    assert_true(c.n >= 5);
    for (size_t i = 0; i < c.n; i++)
        near(fmod(c.v[i].start_sec, 3), 0);
    near(c.v[c.n - 1].end_sec, 144);
}

static void
by_the_clock_where_nothing_is_sure(void **state)
{
    static const struct window_rule drop = {30, 10, true};
    auto_window_cuts struct window_cuts c = {0}, d = {0}, e = {0}, f = {0};

    (void)state;
    window_cut(NULL, 0, 100, NULL, 0, &usual, &c);
    assert_int_equal(c.n, 4);
    near(c.v[3].start_sec, 75);
    assert_true(isnan(c.v[0].start_bar) && isnan(c.v[0].bars));
    window_cut(NULL, 0, 4, NULL, 0, &usual, &d);
    assert_int_equal(d.n, 1);
    window_cut(NULL, 0, 4, NULL, 0, &drop, &e);
    assert_int_equal(e.n, 0);
    window_cut(NULL, 0, 0, NULL, 0, &usual, &f);
    assert_int_equal(f.n, 0);
}

static void
less_than_a_bar(void **state)
{
    auto_window_cuts struct window_cuts c = {0};
    struct song s;

    (void)state;
    song_make(&s, 120, 128);
    song_track(&s, 0, 128);
    cut(&s, 0.5, 1.2, &usual, &c);
    assert_int_equal(c.n, 1);
    near(c.v[0].end_sec, 1.2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sixteen_bars_at_128),
        cmocka_unit_test(sections_and_changes_are_preferred),
        cmocka_unit_test(a_rest_joins_or_is_dropped),
        cmocka_unit_test(meter_changes_begin_bars),
        cmocka_unit_test(tempo_automation_is_followed),
        cmocka_unit_test(audio_that_begins_in_mid_bar),
        cmocka_unit_test(silence_at_the_head),
        cmocka_unit_test(a_tail_belongs_to_the_last),
        cmocka_unit_test(bars_that_are_too_long),
        cmocka_unit_test(by_the_clock_where_nothing_is_sure),
        cmocka_unit_test(less_than_a_bar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
