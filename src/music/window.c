/* Where a track is cut; see window.h. */
#include "music/window.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"

#define EVEN 1e-6        /* seconds: a window of just the maximum fits */
#define POINTS_MAX 20000 /* bar lines; 10 hours of 4/4 at 128 BPM */

/* The cost of cuts. A window costs 1, so windows are as long as possible; a
 * place where nothing changes is worse than the beginning of a section. */
#define COST_WINDOW 1.0
#define COST_NOTHING 0.5  /* starts where nothing changes */
#define COST_CHANGE 0.1   /* starts where what sounds changes */
#define COST_CROSSED 0.35 /* for each section that begins inside */
#define COST_ODD 0.1      /* bars that are not a multiple of four */
#define COST_SHORT 3.0    /* under the minimum, if nothing else fits */
#define NEVER 1e300

struct point {  /* a possible cut */
    double sec; /* in the audio */
    double bar; /* of the set, from 0 */
    bool section;
    bool change;
    size_t sections; /* that begin up to here, this point included */
};

struct cutter {
    const struct timeline *t;
    double offset;
    double audio_sec;
    const struct window_rule *rule;
    struct point *points;
    size_t n;
};

void
window_cuts_release(struct window_cuts *c)
{
    free(c->v);
    *c = (struct window_cuts){0};
}

/* ---- possible cuts ---- */

static void
add_point(struct cutter *c, double sec, double bar)
{
    if (c->n > 0 && sec <= c->points[c->n - 1].sec + EVEN)
        return;
    c->points[c->n++] = (struct point){.sec = sec, .bar = bar};
}

/* The tracks that sound in the bar from this beat on, as bits; with many
 * tracks several share one. */
static uint64_t
sounding(const struct timeline *t, double from, double to)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < t->track_count; i++)
        if (timeline_coverage(&t->tracks[i], from, to) >= 0.5)
            bits |= UINT64_C(1) << i % 64;
    return bits;
}

/* Something begins in these seconds of the set. */
static bool
begins(const struct timeline *t, double from, double to)
{
    for (size_t i = 0; i < t->track_count; i++) {
        size_t n;

        (void)timeline_hits(&t->tracks[i], from, to, &n);
        if (n > 0 || timeline_coverage(&t->tracks[i], from, to) > 0.1)
            return true;
    }
    return false;
}

/* Bar lines, and beats within bars that are too long for a window. */
static void
add_bars(struct cutter *c, double first_bar)
{
    const struct timeline *t = c->t;

    for (double bar = first_bar; c->n < POINTS_MAX; bar++) {
        double beat = timeline_bar_beat(t, bar);
        double next = timeline_bar_beat(t, bar + 1);
        double sec = timeline_seconds(t, beat) - c->offset;
        double end = timeline_seconds(t, next) - c->offset;

        if (sec > c->audio_sec + EVEN)
            break;
        add_point(c, sec, bar);
        for (double b = beat + 1; end - sec > c->rule->max_sec + EVEN &&
                                  b < next && c->n < POINTS_MAX;
             b++)
            if (timeline_seconds(t, b) - c->offset <= c->audio_sec)
                add_point(c, timeline_seconds(t, b) - c->offset,
                          bar + (b - beat) / (next - beat));
    }
}

static void
mark_points(struct cutter *c, const double *sections, size_t n_sections)
{
    uint64_t before = 0;
    size_t seen = 0;

    for (size_t i = 0; i < c->n; i++) {
        struct point *p = &c->points[i];
        double from = p->sec + c->offset;
        double to = i + 1 < c->n ? p[1].sec + c->offset : from + 1;
        uint64_t now = sounding(c->t, from, to);

        p->change = i == 0 || now != before;
        before = now;
        for (; seen < n_sections &&
               timeline_seconds(c->t, sections[seen]) <= from + 0.05;
             seen++)
            p->section = true;
        p->sections = seen;
    }
}

/* Where the audio's first window may begin: not in silence. */
static void
find_points(struct cutter *c, const double *sections, size_t n_sections)
{
    const struct timeline *t = c->t;
    double at = timeline_bar(t, timeline_beat(t, fmax(c->offset, 0)));
    double bar = ceil(at - 1e-3);
    double line = timeline_seconds(t, timeline_bar_beat(t, bar));

    c->points = xcalloc(POINTS_MAX + 2, sizeof(*c->points));
    if (bar > at + 1e-3 && begins(t, c->offset, line - 0.02)) {
        add_point(c, 0, at); /* a pickup, or it begins in mid-bar */
    } else {
        for (; line - c->offset < c->audio_sec; bar++) {
            double next = timeline_seconds(t, timeline_bar_beat(t, bar + 1));

            if (begins(t, line, next) || line >= t->end)
                break;
            line = next;
        }
        if (line - c->offset >= c->audio_sec || line >= t->end)
            bar = ceil(at - 1e-3); /* all of it is silent as the set has it */
    }
    add_bars(c, bar);
    mark_points(c, sections, n_sections);
}

/* ---- which of them ---- */

static double
cost_of(const struct cutter *c, size_t i, size_t k)
{
    const struct point *a = &c->points[i];
    const struct point *b = &c->points[k];
    double sec = b->sec - a->sec;
    double bars = b->bar - a->bar;
    size_t crossed = b->sections - a->sections - (b->section ? 1 : 0);
    double cost = COST_WINDOW + COST_CROSSED * (double)crossed;

    if (i > 0 && !a->section)
        cost += a->change ? COST_CHANGE : COST_NOTHING;
    if (fabs(fmod(bars + 0.01, 4) - 0.01) > 0.02)
        cost += COST_ODD;
    return sec < c->rule->min_sec - EVEN ? cost + COST_SHORT : cost;
}

/* The cheapest way to each point: from[k] is the start of its last window. */
static void
find_ways(const struct cutter *c, double *best, size_t *from)
{
    best[0] = 0;
    for (size_t k = 1; k < c->n; k++) {
        best[k] = NEVER;
        for (size_t i = k; i-- > 0;) {
            double cost;

            if (c->points[k].sec - c->points[i].sec > c->rule->max_sec + EVEN)
                break;
            cost = best[i] + cost_of(c, i, k);
            if (cost < best[k]) {
                best[k] = cost;
                from[k] = i;
            }
        }
    }
}

/* The last cut: the last bar line of the audio, or with `drop` the best one
 * that leaves less than the minimum. */
static size_t
last_point(const struct cutter *c, const double *best)
{
    size_t last = c->n - 1;

    for (size_t k = c->n; c->rule->drop && k-- > 1;) {
        if (c->audio_sec - c->points[k].sec >= c->rule->min_sec)
            break;
        if (best[k] < best[last] - EVEN)
            last = k;
    }
    return last;
}

/* A tail belongs to the last window if it fits. */
static void
add_tail(const struct cutter *c, struct window_cuts *ret)
{
    struct window_cut *last = &ret->v[ret->n - 1];
    double tail = c->audio_sec - last->end_sec;

    if (tail > 0 && tail < c->rule->min_sec && !c->rule->drop &&
        c->audio_sec - last->start_sec <= c->rule->max_sec + EVEN) {
        last->bars =
            timeline_bar(c->t, timeline_beat(c->t, c->audio_sec + c->offset)) -
            last->start_bar + 1;
        last->end_sec = c->audio_sec;
    }
}

static void
cut_bars(struct cutter *c, struct window_cuts *ret)
{
    auto_free double *best = xcalloc(c->n, sizeof(*best));
    auto_free size_t *from = xcalloc(c->n, sizeof(*from));
    size_t k, n = 0;

    find_ways(c, best, from);
    k = last_point(c, best);
    for (size_t i = k; i > 0; i = from[i])
        n++;
    ret->v = xcalloc(n, sizeof(*ret->v));
    ret->n = n;
    for (; k > 0; k = from[k]) {
        const struct point *a = &c->points[from[k]];
        const struct point *b = &c->points[k];

        ret->v[--n] =
            (struct window_cut){a->sec, b->sec, a->bar + 1, b->bar - a->bar};
    }
    if (ret->n > 0)
        add_tail(c, ret);
}

/* By the audio's own clock: equal parts, none longer than the maximum. */
static void
cut_clock(double audio_sec, const struct window_rule *rule,
          struct window_cuts *ret)
{
    double n = ceil(audio_sec / rule->max_sec - EVEN);

    if (n < 1 || n > POINTS_MAX)
        return;
    ret->n = (size_t)n;
    ret->v = xcalloc(ret->n, sizeof(*ret->v));
    for (size_t i = 0; i < ret->n; i++)
        ret->v[i] = (struct window_cut){audio_sec * (double)i / n,
                                        audio_sec * (double)(i + 1) / n,
                                        (double)NAN, (double)NAN};
}

void
window_cut(const struct timeline *t, double offset, double audio_sec,
           const double *sections, size_t n_sections,
           const struct window_rule *rule, struct window_cuts *ret)
{
    struct cutter c = {
        .t = t, .offset = offset, .audio_sec = audio_sec, .rule = rule};

    *ret = (struct window_cuts){0};
    if (!(audio_sec > 0) || (rule->drop && audio_sec < rule->min_sec))
        return;
    if (t == NULL) {
        cut_clock(audio_sec, rule, ret);
        return;
    }
    find_points(&c, sections, n_sections);
    if (c.n > 1)
        cut_bars(&c, ret);
    else
        cut_clock(audio_sec, rule, ret); /* it is not as long as a bar */
    free(c.points);
}
