/*
 * Goal: a bounce is found in its place in its set, whatever was cut off, put in
 * front, encoded or stretched; another set, even with the same tempo, is never
 * mistaken for it; and too few notes are reported as too few.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/listen.h"
#include "base/mem.h"
#include "music/align.h"
#include "song.h"

#define RATE 22050
#define WITHIN 0.02 /* seconds */

static const struct song usual = {.seed = 5, .bpm = 124, .bars = 48};

static struct sound *
hear(const float *v, size_t n)
{
    auto_listen struct listen *l = listen_open(RATE);

    for (size_t i = 0; i < n; i += RATE / 2) {
        size_t some = n - i < RATE / 2 ? n - i : RATE / 2;
        double sum = 0;

        listen_add(l, v + i, some);
        for (size_t k = 0; k < some; k++)
            sum += (double)(v[i + k] * v[i + k]);
        listen_loudness(l, 10 * log10(sum / (double)some + 1e-12));
    }
    return listen_result(l);
}

/* From..to (seconds) of a song after `before` seconds of silence, played so
 * many times slower. */
static struct sound *
bounce(const struct timeline *t, double from, double to, double before,
       double slower)
{
    size_t all, n, first = (size_t)(before * RATE);
    auto_free float *v = song_play(t, RATE, &all);
    auto_free float *part = NULL;

    n = first + (size_t)((to - from) * slower * RATE);
    part = xcalloc(n, sizeof(*part));
    for (size_t i = first; i < n; i++) {
        double at = from * RATE + (double)(i - first) / slower;
        size_t k = (size_t)at;
        float share = (float)(at - (double)k);

        if (k + 1 < all)
            part[i] = (1 - share) * v[k] + share * v[k + 1];
    }
    return hear(part, n);
}

static struct alignment
align_of(const struct sound *s, const struct timeline *t, bool thorough)
{
    auto_align struct align *a = align_open(s);
    struct alignment ret;

    align_with(a, t, thorough, &ret);
    return ret;
}

static void
same(const struct alignment *a, double offset)
{
    if (a->verdict != ALIGN_SAME || fabs(a->offset - offset) > WITHIN)
        fail_msg("%s at %.3f instead of %.3f, score %.3f",
                 align_verdict_name(a->verdict), a->offset, offset, a->score);
    assert_true(a->coverage > 0.7 && a->coverage <= 1);
}

static void
test_whole(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 6; seed++) {
        struct song song = {.seed = seed, .bpm = 80 + 17.3 * seed, .bars = 40};
        auto_timeline struct timeline *t = song_timeline(&song);
        auto_sound struct sound *s = bounce(t, 0, t->end + 2, 0, 1);
        struct alignment a = align_of(s, t, false);

        same(&a, 0);
        assert_int_equal(a.start_bar, 1);
        assert_true(fabs(a.drift) < 0.0003);
        assert_true(a.stray_to == 0);
        assert_true(fabs(a.end - t->end) < 1e-9);
    }
}

/* Cuts, silence at the head and at the end, a set that begins late. */
static void
test_places(void **state)
{
    struct song late = usual;

    (void)state;
    late.pause = 6;
    for (int i = 0; i < 2; i++) {
        auto_timeline struct timeline *t = song_timeline(i ? &late : &usual);
        double bar = 4 * 60 / 124.0;
        double from[] = {8 * bar, 12 * bar, 17.25 * bar, 2.6};

        for (size_t k = 0; k < 4; k++) {
            auto_sound struct sound *s =
                bounce(t, from[k], from[k] + 50, 0.051 * (double)k, 1);
            struct alignment a = align_of(s, t, false);

            same(&a, from[k] - 0.051 * (double)k);
            assert_int_equal(a.start_bar,
                             1 + (int)floor(a.offset / bar + 0.06));
        }
    }
}

/* The last eight bars of `t` become the first eight, but for one note in `few`
 * that the first ones then lack. */
static void
begin_as_it_ends(struct timeline *t, size_t few)
{
    for (size_t i = 0; i < t->track_count; i++) {
        struct timeline_track *track = &t->tracks[i];
        struct timeline_hit *hits =
            xcalloc(2 * track->hit_count + 1, sizeof(*hits));
        size_t n = 0, first = 0;

        for (size_t k = 0; k < track->hit_count; k++)
            if (track->hits[k].beat < t->end_beat - 32) {
                first += track->hits[k].beat < 32;
                if (track->hits[k].beat >= 32 || k % few != 0)
                    hits[n++] = track->hits[k];
            }
        for (size_t k = 0; k < first; k++) {
            hits[n] = track->hits[k];
            hits[n].beat += t->end_beat - 32;
            hits[n].sec += timeline_seconds(t, t->end_beat - 32);
            hits[n++].end += timeline_seconds(t, t->end_beat - 32);
        }
        free(track->hits);
        track->hits = hits;
        track->hit_count = n;
    }
}

/* A part that ends where the set ends may be another's likeness. */
static void
test_last_section(void **state)
{
    struct song song = {.seed = 5, .bpm = 124, .bars = 32};
    auto_timeline struct timeline *t = song_timeline(&song);
    double from = timeline_seconds(t, t->end_beat - 32);

    (void)state;
    begin_as_it_ends(t, 12);
    auto_sound struct sound *s = bounce(t, from, t->end, 0, 1);
    struct alignment a = align_of(s, t, false);

    same(&a, from);
}

static void
test_silence_around(void **state)
{
    auto_timeline struct timeline *t = song_timeline(&usual);
    auto_sound struct sound *s = bounce(t, 0, t->end + 20, 5, 1);
    struct alignment a = align_of(s, t, false);

    (void)state;
    same(&a, -5);
    assert_int_equal(a.start_bar, 1);
}

static void
test_tempo_change(void **state)
{
    struct song song = {.seed = 9, .bpm = 100, .bpm2 = 133, .bars = 40};
    auto_timeline struct timeline *t = song_timeline(&song);
    auto_sound struct sound *s = bounce(t, 19.2, t->end, 0, 1);
    struct alignment a = align_of(s, t, false);

    (void)state;
    same(&a, 19.2);
    assert_int_equal(a.start_bar, 9);
}

static void
test_kept_sound_is_enough(void **state)
{
    auto_timeline struct timeline *t = song_timeline(&usual);
    auto_sound struct sound *s = bounce(t, 15.484, t->end, 0, 1);
    auto_free char *text = sound_text(s);
    auto_sound struct sound *kept = sound_read(text);
    struct alignment before = align_of(s, t, false);
    struct alignment after = align_of(kept, t, false);

    (void)state;
    same(&after, 15.484);
    assert_true(fabs(before.score - after.score) < 0.08);
}

static void
test_speed(void **state)
{
    static const double slower[] = {0.999, 1.001, 0.995, 1.005};
    auto_timeline struct timeline *t = song_timeline(&usual);

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        auto_sound struct sound *s = bounce(t, 0, t->end, 0, slower[i]);
        struct alignment a = align_of(s, t, true);

        assert_int_equal(a.verdict, ALIGN_SAME);
        assert_true(fabs(a.offset) < WITHIN);
        assert_true(fabs(a.drift - (slower[i] - 1)) < 0.0002);
    }
}

/* Other songs, of other tempos and of this one. */
static void
test_another(void **state)
{
    auto_timeline struct timeline *t = song_timeline(&usual);
    auto_sound struct sound *s = bounce(t, 0, t->end, 0, 1);
    auto_align struct align *a = align_open(s);

    (void)state;
    for (uint32_t seed = 20; seed < 32; seed++) {
        struct song song = {
            .seed = seed, .bpm = seed % 3 ? 124 : 97, .bars = 48};
        auto_timeline struct timeline *other = song_timeline(&song);
        struct alignment r;

        align_with(a, other, false, &r);
        assert_true(r.verdict == ALIGN_ANOTHER ||
                    (r.verdict == ALIGN_UNSURE && song.bpm == 124));
        assert_true(r.coverage < 0.6);
        align_with(a, other, true, &r);
        assert_int_not_equal(r.verdict, ALIGN_SAME);
    }
}

/* Only three beats have notes: all of the first twelve bars. */
static void
gather(struct timeline *t)
{
    for (size_t i = 0; i < t->track_count; i++) {
        struct timeline_track *track = &t->tracks[i];
        size_t n = 0;

        for (size_t k = 0; k < track->hit_count; k++) {
            struct timeline_hit hit = track->hits[k];
            double by = hit.sec;

            hit.beat = floor(hit.beat / 16) * 16;
            hit.sec = timeline_seconds(t, hit.beat);
            hit.end = fmax(hit.sec, hit.end - by + hit.sec);
            if (hit.beat < 48)
                track->hits[n++] = hit;
        }
        track->hit_count = n;
    }
}

/* A few moments are alike by chance, however many notes they have. */
static void
test_few_moments(void **state)
{
    auto_timeline struct timeline *t = song_timeline(&usual);
    struct song song = {.seed = 21, .bpm = 124, .bars = 48};
    auto_timeline struct timeline *other = song_timeline(&song);
    auto_sound struct sound *s = NULL;
    struct alignment a;

    (void)state;
    gather(t);
    gather(other);
    s = bounce(t, 0, 20, 0, 1);
    a = align_of(s, other, false);
    assert_true(a.score > 0.6 && a.coverage > 0.9);
    assert_int_not_equal(a.verdict, ALIGN_SAME);
}

/* Four kicks in a bar and a hat after each: many songs have that. */
static void
test_one_beat(void **state)
{
    struct song song = {.seed = 5, .bpm = 124, .bars = 48, .four = 1};
    auto_timeline struct timeline *t = song_timeline(&song);
    auto_sound struct sound *s = bounce(t, 0, t->end, 0, 1);
    auto_align struct align *a = align_open(s);

    (void)state;
    for (song.seed = 20; song.seed < 26; song.seed++) {
        auto_timeline struct timeline *other = song_timeline(&song);
        struct alignment r;

        align_with(a, other, false, &r);
        assert_int_not_equal(r.verdict, ALIGN_SAME);
    }
}

/* A set that was worked on after the bounce: most fits, a stretch does not. */
static void
test_older_version(void **state)
{
    struct song newer = {.seed = 5, .bpm = 124, .bars = 32};
    struct song older = {.seed = 5, .bpm = 124, .bars = 32, .changed = 1000};
    auto_timeline struct timeline *t = song_timeline(&newer);
    auto_timeline struct timeline *old = song_timeline(&older);
    size_t n, old_n, half;
    auto_free float *v = song_play(t, RATE, &n);
    auto_free float *w = song_play(old, RATE, &old_n);
    auto_sound struct sound *s = NULL;
    struct alignment a;

    (void)state;
    half = (size_t)(24 * 4 * 60 / 124.0 * RATE); /* only 8 bars are others */
    for (size_t i = (size_t)(16 * 4 * 60 / 124.0 * RATE); i < half; i++)
        v[i] = w[i];
    s = hear(v, n);
    a = align_of(s, t, false);
    assert_int_equal(a.verdict, ALIGN_SAME);
    assert_true(fabs(a.offset) < WITHIN);
    assert_true(a.stray_to > a.stray_from);
    assert_true(a.stray_from > 26 && a.stray_to < 52);
}

static void
test_too_little(void **state)
{
    struct song song = {
        .seed = 5, .bpm = 124, .bars = 8, .pause = 7, .drums_only = 1};
    auto_timeline struct timeline *t = song_timeline(&song);
    auto_timeline struct timeline *full = song_timeline(&usual);
    auto_sound struct sound *s = bounce(full, 0, 60, 0, 1);
    auto_sound struct sound *silence = sound_open(3000, 375, 120);
    struct alignment a = align_of(s, t, true);

    (void)state;
    assert_int_equal(a.verdict, ALIGN_TOO_LITTLE);
    for (size_t i = 0; i < silence->levels; i++)
        silence->level[i].loudness = SOUND_SILENT;
    a = align_of(silence, full, true);
    assert_int_equal(a.verdict, ALIGN_TOO_LITTLE);
    /* A summary of a stranger's may say any length: nothing is made of it. */
    full->end = 6e9;
    a = align_of(s, full, true);
    assert_int_equal(a.verdict, ALIGN_TOO_LITTLE);
    a = align_of(s, NULL, true);
    assert_int_equal(a.verdict, ALIGN_NO_TIMELINE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_last_section),
        cmocka_unit_test(test_silence_around),
        cmocka_unit_test(test_tempo_change),
        cmocka_unit_test(test_kept_sound_is_enough),
        cmocka_unit_test(test_speed),
        cmocka_unit_test(test_another),
        cmocka_unit_test(test_few_moments),
        cmocka_unit_test(test_one_beat),
        cmocka_unit_test(test_older_version),
        cmocka_unit_test(test_too_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
