/*
 * Sets without enough notes: compares how many tracks sound with how loud the
 * audio is, and where clips begin and end with where the sound changes. If the
 * audio is the set's, that gives its beginning to about a second; it proves
 * nothing.
 */
#include <math.h>

#include "base/mem.h"
#include "music/align_parts.h"
#include "music/shape.h"

#define LEVEL_CELLS ALIGN_LEVEL_CELLS
#define CELL (SOUND_LEVEL_SEC / LEVEL_CELLS) /* seconds, of the set */
#define LEAD_CELLS 60 /* by which the audio may begin before the set */
#define SILENCE 0.6   /* seconds of it, at least, that are not counted */
#define LEVELS_LEAST 30
#define OVERLAP 0.5    /* of the shorter side, at least */
#define QUIET 24.0f    /* dB below the loudest; no quieter than that */
#define NONE 0.25f     /* a track that sounds; what silence counts as */
#define SIDE 6         /* levels before and after a change */
#define BLUR 5         /* cells around a clip's beginning or end */
#define CLIP 0.5f      /* of a change: another clip on the same track */
#define FEATURES 4     /* loudness, and that of the bands */
#define LIKE_LEAST 1.0 /* of all three similarities; less gives no place */
#define MARGIN 0.25    /* nor does what fits elsewhere nearly as well */
#define NEAR_TIE 0.1   /* then it is one that is wished for */
#define NEAR 1.0       /* seconds; nearer places are the same */

/* Cells from LEAD_CELLS before the set to as many after it as the audio may
 * reach, or the levels of the audio. */
struct course {
    float *loud; /* how much sounds */
    float *rise; /* how much is new in it, */
    float *fall; /* and how much has left it */
    size_t n;
};

static void
course_init(struct course *c, size_t n)
{
    c->n = n;
    c->loud = xcalloc(n + 1, sizeof(*c->loud));
    c->rise = xcalloc(n + 1, sizeof(*c->rise));
    c->fall = xcalloc(n + 1, sizeof(*c->fall));
}

static void
course_release(struct course *c)
{
    free(c->loud);
    free(c->rise);
    free(c->fall);
}
#define auto_course auto_cleanup(course_release)

static void
add_change(float *to, size_t n, double sec, float weight)
{
    long at = lround(sec / CELL) + LEAD_CELLS;

    for (long i = at - BLUR; i <= at + BLUR; i++)
        if (i >= 0 && i < (long)n)
            to[i] += weight * (1 - (float)labs(i - at) / (float)(BLUR + 1));
}

static void
add_span(struct course *c, const struct timeline_span *s)
{
    long from = lround(s->sec / CELL) + LEAD_CELLS;
    long to = lround(s->end / CELL) + LEAD_CELLS;

    for (long i = from < 0 ? 0 : from; i < to && i < (long)c->n; i++)
        c->loud[i] += 1;
    add_change(c->rise, c->n, s->sec, 1);
    add_change(c->fall, c->n, s->end, 1);
}

/* A doubling of what sounds is a step. */
static void
course_of_set(const struct timeline *t, size_t behind, struct course *ret)
{
    course_init(ret, LEAD_CELLS + (size_t)ceil(t->end / CELL) + behind);
    for (size_t i = 0; i < t->track_count; i++) {
        const struct timeline_track *track = &t->tracks[i];

        for (size_t k = 0; k < track->span_count; k++)
            add_span(ret, &track->spans[k]);
        for (size_t k = 0; k < track->hit_count; k++)
            if (track->hits[k].kind == TIMELINE_AUDIO) {
                add_change(ret->rise, ret->n, track->hits[k].sec, CLIP);
                add_change(ret->fall, ret->n, track->hits[k].sec, CLIP);
            }
    }
    for (size_t i = 0; i < ret->n; i++) {
        ret->loud[i] = log2f(ret->loud[i] + NONE);
        ret->rise[i] = sqrtf(ret->rise[i]);
        ret->fall[i] = sqrtf(ret->fall[i]);
    }
}

static float
feature(const struct sound_level *level, int f)
{
    return f == 0 ? level->loudness : level->band[f - 1];
}

/* One feature over time, nowhere much below its loudest. */
static void
feature_of(const struct sound *s, int f, float *ret)
{
    float most = SOUND_SILENT;

    for (size_t i = 0; i < s->levels; i++)
        most = fmaxf(most, feature(&s->level[i], f));
    for (size_t i = 0; i < s->levels; i++)
        ret[i] = fmaxf(feature(&s->level[i], f), most - QUIET);
}

static float
mean(const float *v, size_t from, size_t to)
{
    float sum = 0;

    for (size_t i = from; i < to; i++)
        sum += v[i];
    return to > from ? sum / (float)(to - from) : 0;
}

/* Rises and falls are at the beginning of a level. */
static void
course_of_sound(const struct sound *s, struct course *ret)
{
    size_t n = s->levels;
    auto_free float *v = xcalloc(n, sizeof(*v));

    course_init(ret, n);
    for (int f = FEATURES - 1; f >= 0; f--) { /* loudness is left in v */
        feature_of(s, f, v);
        for (size_t i = 1; i < n; i++) {
            float past = mean(v, i > SIDE ? i - SIDE : 0, i);
            float next = mean(v, i, i + SIDE < n ? i + SIDE : n);

            ret->rise[i] += fmaxf(0, next - past);
            ret->fall[i] += fmaxf(0, past - next);
        }
    }
    for (size_t i = 0; i < n; i++)
        ret->loud[i] = mean(v, i > 2 ? i - 2 : 0, i + 3 < n ? i + 3 : n);
}

/* Where the audio's first level would begin. */
static double
seconds(size_t first)
{
    return ((double)first - LEAD_CELLS) * CELL;
}

/* The best place except those near `but`; *ret_like is its score. */
static size_t
best_of(const float *like, size_t n, double but, float *ret_like)
{
    size_t best = 0;

    *ret_like = -2;
    for (size_t i = 0; i < n; i++)
        if (like[i] > *ret_like && fabs(seconds(i) - but) > NEAR) {
            *ret_like = like[i];
            best = i;
        }
    return best;
}

static size_t
choose(const float *like, size_t n, const double *wishes, size_t wish_count,
       bool *ret_known)
{
    float most, second;
    size_t best = best_of(like, n, -1e9, &most);

    (void)best_of(like, n, seconds(best), &second);
    *ret_known = most >= LIKE_LEAST && most - second >= MARGIN;
    for (size_t i = 0; i < n; i++)
        for (size_t w = 0; w < wish_count; w++)
            if (fabs(seconds(i) - wishes[w]) < CELL / 2 && most >= LIKE_LEAST &&
                like[i] > most - NEAR_TIE) {
                *ret_known = true;
                return i;
            }
    return best;
}

bool
align_loudness(const struct sound *s, const struct timeline *t,
               const double *wishes, size_t wish_count, double *ret_offset)
{
    size_t cells = s->levels * LEVEL_CELLS, end, n, from, sounding;
    auto_course struct course set = {0}, audio = {0};
    auto_free float *like = NULL;
    bool known;

    if (s->levels < LEVELS_LEAST || t->end <= 0)
        return false;
    course_of_set(t, cells, &set);
    course_of_sound(s, &audio);
    end = set.n - cells;
    n = end - (size_t)(OVERLAP * (double)(end < cells ? end : cells));
    like = xcalloc(n, sizeof(*like));
    shape_ends(s, &from, &sounding);
    align_likeness(set.loud + LEVEL_CELLS / 2, audio.loud, s->levels, like, n);
    align_likeness(set.rise, audio.rise, s->levels, like, n);
    align_likeness(set.fall, audio.fall, s->levels, like, n);
    for (size_t i = 0; i < n; i++)
        if (seconds(i) < -SILENCE - (double)from / SOUND_FPS)
            like[i] = -2; /* what sounds would be before the set */
    *ret_offset = seconds(choose(like, n, wishes, wish_count, &known));
    return known;
}
