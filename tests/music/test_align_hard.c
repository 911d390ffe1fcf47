/*
 * Goal: whatever songs and bounces are like, with many changes at once and at
 * random, they are found in their place, or called unsure; a set with another
 * tempo is never mistaken for the song's; and sets with only audio clips prove
 * nothing, but if they give a place, it is mostly right.
 *
 * TRAINMODE_TEST_LONG=1 tries twenty times as many.
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
#include "audio/loudness.h"
#include "base/mem.h"
#include "music/align.h"
#include "song.h"

#define RATE 22050
#define WITHIN 0.02 /* seconds */
#define WITHIN_BY_LOUDNESS 1.0
#define TRIALS 10
#define OTHERS 6

/* The changes to a song before its set and its bounce are compared. */
struct trial {
    struct song song;
    double from, sec; /* of the song; the bounce */
    double before;    /* silence */
    double tail;      /* seconds of something else after it */
    double slower;
    double jitter; /* seconds that notes are played off their place */
    double voice;  /* how loud something is that the set does not have */
};

static uint32_t seed;

static double
any(void)
{
    seed = seed * 1664525 + 1013904223;
    return (double)(seed >> 8) / (1 << 24);
}

static bool
chance(double share)
{
    return any() < share;
}

static struct sound *
hear(const float *v, size_t n)
{
    auto_listen struct listen *l = listen_open(RATE);
    auto_loudness struct loudness *loud = loudness_open(RATE, 1);
    const double *level;
    size_t levels;

    listen_add(l, v, n);
    loudness_add(loud, v, n);
    level = loudness_levels(loud, &levels);
    for (size_t i = 0; i < levels; i++)
        listen_loudness(l, level[i]);
    return listen_result(l);
}

/* A melody in free time. */
static void
sing(float *v, size_t n, double level)
{
    for (size_t at = 0; at < n;) {
        size_t len = (size_t)((0.1 + any()) * RATE);
        double hz = 220 * pow(2, floor(any() * 24) / 12);

        for (size_t i = 0; i < len && at + i < n; i++) {
            double t = (double)i / RATE;

            v[at + i] += (float)(level * fmin(1, t * 30) * exp(-2 * t) *
                                 sin(2 * M_PI * hz * t + 3 * sin(35 * t)));
        }
        at += (size_t)((double)len * (1 + any()));
    }
}

static struct sound *
bounce(const struct trial *t)
{
    struct song all = t->song;
    auto_timeline struct timeline *line = NULL;
    auto_free float *v = NULL, *part = NULL;
    size_t first = (size_t)(t->before * RATE), n, have, end;

    all.missing = 0;
    all.clips = 0;
    line = song_timeline(&all);
    for (size_t i = 0; i < line->track_count && t->jitter > 0; i++)
        for (size_t k = 0; k < line->tracks[i].hit_count; k++) {
            struct timeline_hit *h = &line->tracks[i].hits[k];
            double by = t->jitter * (2 * any() - 1);

            h->sec = fmax(0, h->sec + by);
            h->end += by;
        }
    v = song_play(line, RATE, &have);
    end = first + (size_t)(t->sec * t->slower * RATE);
    n = end + (size_t)(t->tail * RATE);
    part = xcalloc(n, sizeof(*part));
    for (size_t i = first; i < end; i++) {
        double at = t->from * RATE + (double)(i - first) / t->slower;
        size_t k = (size_t)at;

        if (k + 1 < have)
            part[i] = (float)((1 - (at - (double)k)) * (double)v[k] +
                              (at - (double)k) * (double)v[k + 1]);
    }
    if (t->voice > 0)
        sing(part + first, end - first, t->voice);
    if (t->tail > 0)
        sing(part + end, n - end, 0.3);
    return hear(part, n);
}

static struct trial
trial_of(uint32_t number)
{
    struct trial t = {.slower = 1};
    auto_timeline struct timeline *line = NULL;

    seed = number * 7919 + 77;
    for (int i = 0; i < 5; i++)
        (void)any();
    t.song = (struct song){.seed = number, .bpm = 70 + 110 * any()};
    t.song.bars = 24 + (int)(any() * 40);
    if (chance(0.4)) {
        t.song.bpm2 = t.song.bpm * (0.7 + 0.6 * any());
        t.song.ramp = chance(0.6);
    }
    t.song.meters = chance(0.3);
    t.song.pause = chance(0.3) ? (int)(any() * 9) : 0;
    t.song.behind = chance(0.3) ? 20 + (int)(any() * 60) : 0;
    if (chance(0.4))
        t.song.missing = 1u << (int)(any() * 6) | 1u << (int)(any() * 6) |
                         1u << (int)(any() * 6);
    line = song_timeline(&t.song);
    t.sec = line->end;
    if (t.song.behind)
        t.sec *= 0.45;
    if (chance(0.5)) {
        double len = 20 + any() * 50;

        t.from = fmax(0, t.sec - len) * any();
        t.sec = fmin(len, t.sec - t.from);
    }
    t.before = chance(0.4) ? any() * 6 : 0;
    t.tail = chance(0.3) ? any() * 15 : 0;
    if (chance(0.4))
        t.slower = chance(0.5)   ? chance(0.5) ? 1.001 : 0.999
                   : chance(0.5) ? 1.005
                                 : 0.995;
    t.jitter = chance(0.4) ? 0.015 * any() : 0;
    t.voice = chance(0.4) ? 0.05 + 0.3 * any() : 0;
    return t;
}

static double
place_of(const struct trial *t)
{
    return t->from - t->before / t->slower;
}

static void
show(uint32_t number, const char *what, const struct trial *t,
     const struct alignment *a)
{
    print_message(
        "%3u %s: %s at %.3f not %.3f, score %.2f, margin %.2f, coverage %.2f, "
        "drift %.4f; %.0f BPM to %.0f%s, %d bars, meters %d, pause %d, behind "
        "%d, missing %x; %.1f s behind %.1f, tail %.1f, slower %.3f, jitter "
        "%.3f, voice %.2f\n",
        number, what, align_verdict_name(a->verdict), a->offset, place_of(t),
        a->score, a->margin, a->coverage, a->drift, t->song.bpm, t->song.bpm2,
        t->song.ramp ? " evenly" : "", t->song.bars, t->song.meters,
        t->song.pause, t->song.behind, t->song.missing, t->sec, t->before,
        t->tail, t->slower, t->jitter, t->voice);
}

/* ---- sets with notes ---- */

struct score {
    int trials, right, same, wrong, another, first;
    int others, taken, taken_by_tempo;
};

static int
many(int few)
{
    return getenv("TRAINMODE_TEST_LONG") != NULL ? 20 * few : few;
}

/* Others: of any tempo; of its tempo; of its tempo, changes of tempo,
 * meters and length. */
static void
try_others(uint32_t number, const struct trial *t, struct align *a, double own,
           struct score *score)
{
    double best = -1;

    for (uint32_t k = 0; k < OTHERS; k++) {
        struct song song = {.bpm = k % 3 == 0 ? 70 + 110 * any() : t->song.bpm,
                            .bars = t->song.bars};
        auto_timeline struct timeline *other = NULL;
        struct alignment r;

        if (k % 3 == 2)
            song = t->song;
        song.seed = 10000 + number * 100 + k;
        other = song_timeline(&song);
        align_with(a, other, false, &r);
        best = fmax(best, r.score);
        if (k < 3)
            align_with(a, other, true, &r);
        score->others++;
        if (r.verdict != ALIGN_SAME)
            continue;
        score->taken++;
        score->taken_by_tempo += k % 3 != 0;
        show(number, "another", t, &r);
    }
    score->first += own > best;
}

static void
try_one(uint32_t number, struct score *score)
{
    struct trial t = trial_of(number);
    auto_sound struct sound *s = bounce(&t);
    auto_align struct align *a = align_open(s);
    auto_timeline struct timeline *own = song_timeline(&t.song);
    struct alignment quick, r;
    bool right;

    align_with(a, own, false, &quick);
    align_with(a, own, true, &r);
    right = fabs(r.offset - place_of(&t)) <= WITHIN + t.jitter / 2;
    score->trials++;
    score->right += right;
    score->same += right && r.verdict == ALIGN_SAME;
    score->wrong += !right && r.verdict == ALIGN_SAME;
    score->another += r.verdict == ALIGN_ANOTHER;
    if (!right || r.verdict != ALIGN_SAME)
        show(number, "own", &t, &r);
    try_others(number, &t, a, quick.score, score);
}

static void
test_any_song(void **state)
{
    struct score s = {0};

    (void)state;
    for (uint32_t i = 1; i <= (uint32_t)many(TRIALS); i++)
        try_one(i, &s);
    print_message("%d bounces: %d at their place, %d of them surely; %d surely "
                  "beside it, %d called another's; %d before %d others each; "
                  "%d of %d others taken for their set, %d by one tempo\n",
                  s.trials, s.right, s.same, s.wrong, s.another, s.first,
                  OTHERS, s.taken, s.others, s.taken_by_tempo);
    assert_true(s.right >= s.trials * 0.9 && s.same >= s.trials * 0.8);
    assert_true(s.wrong <= s.trials * 0.05 && s.another == 0);
    assert_true(s.first >= s.trials * 0.95);
    assert_true(s.taken == s.taken_by_tempo && s.taken <= s.others * 0.01);
}

/* ---- sets of audio clips ---- */

static void
test_clips(void **state)
{
    int told = 0, right = 0, trials = many(TRIALS);

    (void)state;
    for (uint32_t i = 1; i <= (uint32_t)trials; i++) {
        struct trial t = trial_of(i);
        auto_timeline struct timeline *own = NULL;
        auto_align struct align *a = NULL;
        auto_sound struct sound *s = NULL;
        struct alignment r;

        t.song.clips = 1;
        t.song.missing = 0;
        t.tail = t.voice = 0;
        s = bounce(&t);
        a = align_open(s);
        own = song_timeline(&t.song);
        align_with(a, own, true, &r);
        assert_int_equal(r.verdict, ALIGN_TOO_LITTLE);
        assert_int_not_equal(r.by, ALIGN_BY_NOTES);
        assert_true(r.by != ALIGN_BY_NOTHING || r.offset == 0);
        told += r.by == ALIGN_BY_LOUDNESS;
        right += r.by == ALIGN_BY_LOUDNESS &&
                 fabs(r.offset - place_of(&t)) <= WITHIN_BY_LOUDNESS;
    }
    print_message("%d bounces of sets of clips: of %d a place is told, of %d "
                  "within a second\n",
                  trials, told, right);
    assert_true(told >= trials * 0.2 && right >= told * 0.8);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_song),
        cmocka_unit_test(test_clips),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
