/* Finds the best place, and how good it is. */
#include "music/align.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "music/align_parts.h"
#include "music/shape.h"

#define PEAKS 6
#define WISHES 4      /* places at which a bounce usually begins */
#define PEAK_SIDE 6   /* frames around a peak that belong to it */
#define WISH_SIDE 3   /* frames around a wished place; 60 ms */
#define NEAR_TIE 0.04 /* of the rank */
#define APART 0.1     /* seconds; nearer places are the same */
#define HEAVY 0.8     /* of the curve: enough notes to decide */
#define WORTH 0.5     /* of the score: less is never the set, whatever else */
/* Twelve hours: a set's frames take memory for the length that it claims. */
#define SET_SEC_MAX 43200.0
#define FRAMES_MIN 150
#define STRETCHES 4 /* to either side */
#define STRETCH_STEP 0.0025
#define STRETCH_WORTH 0.05 /* of the score, that one must bring */
#define BAR_PART 0.06      /* so little before a bar line is the bar */
#define HALF_LAG 0.5       /* frames; a rise shows so much late on the mean */

struct align {
    const struct sound *sound;
    size_t from, n; /* without the silence at the ends */
    struct align_pitches pitches;
    struct align_side sides[2 * STRETCHES + 1]; /* filled when wanted */
    struct align_cache cache[2 * STRETCHES + 1];
};

struct peak {
    double frame; /* of the set, at the audio's first sound */
    double on, pitch, score, rank, both;
    bool heavy;
    bool wished;
    bool pitched; /* there were beats enough to compare */
};

struct align *
align_open(const struct sound *s)
{
    struct align *a = xcalloc(1, sizeof(*a));

    a->sound = s;
    shape_ends(s, &a->from, &a->n);
    /* SOUND_CHROMA_HOP frames have one frame of pitch classes. */
    a->n += a->from % SOUND_CHROMA_HOP;
    a->from -= a->from % SOUND_CHROMA_HOP;
    align_pitches_of(s, &a->pitches);
    return a;
}

void
align_close(struct align *a)
{
    for (int i = 0; i <= 2 * STRETCHES; i++) {
        align_side_release(&a->sides[i]);
        align_cache_release(&a->cache[i]);
    }
    align_pitches_release(&a->pitches);
    free(a);
}

const char *
align_verdict_name(enum align_verdict verdict)
{
    static const char *const names[] = {
        [ALIGN_SAME] = "same",
        [ALIGN_ANOTHER] = "another",
        [ALIGN_UNSURE] = "unsure",
        [ALIGN_TOO_LITTLE] = "too_little",
        [ALIGN_NO_TIMELINE] = "no_timeline",
    };

    return names[verdict];
}

const char *
align_by_name(enum align_by by)
{
    static const char *const names[] = {
        [ALIGN_BY_NOTES] = "notes",
        [ALIGN_BY_LOUDNESS] = "loudness",
    };

    return by == ALIGN_BY_NOTHING ? NULL : names[by];
}

static double
stretch_of(int i)
{
    return 1 + (i - STRETCHES) * STRETCH_STEP;
}

/* One set under comparison. */
struct bout {
    struct align *a;
    const struct timeline *t;
    struct align_side set;
    struct align_beats beats;
    double wishes[WISHES]; /* seconds; the first is 0 */
};

static double
first_sound(const struct timeline *t)
{
    double first = t->end;

    for (size_t i = 0; i < t->track_count; i++)
        if (t->tracks[i].span_count > 0)
            first = fmin(first, t->tracks[i].spans[0].sec);
    return first;
}

static void
bout_init(struct bout *b, struct align *a, const struct timeline *t)
{
    *b = (struct bout){.a = a, .t = t};
    align_expected(t, &b->set);
    align_beats_of(t, &b->beats);
    b->wishes[1] = first_sound(t);
    b->wishes[2] = t->loop_beats > 0 ? timeline_seconds(t, t->loop_beat) : 0;
    b->wishes[3] = fmax(0, t->end - (double)a->sound->frames / SOUND_FPS);
}

static void
bout_release(struct bout *b)
{
    align_side_release(&b->set);
    align_beats_release(&b->beats);
}
#define auto_bout auto_cleanup(bout_release)

/* Between frames, by the parabola through a top and its neighbors. */
static double
finer(const struct align_curve *c, size_t i)
{
    double bend;

    if (i == 0 || i + 1 >= c->n)
        return 0;
    bend = (double)(c->on[i - 1] - 2 * c->on[i] + c->on[i + 1]);
    if (bend >= 0)
        return 0;
    return fmin(0.5,
                fmax(-0.5, (double)(c->on[i - 1] - c->on[i + 1]) / (2 * bend)));
}

static struct peak
peak_at(const struct bout *b, const struct align_curve *c, size_t i,
        double stretch)
{
    const struct align *a = b->a;
    struct peak p = {.frame = c->first + (double)i + finer(c, i) + HALF_LAG,
                     .on = (double)c->on[i],
                     .both = (double)c->both[i],
                     .heavy = (double)c->heavy[i] >= HEAVY};
    double start = p.frame / SOUND_FPS - (double)a->from / SOUND_FPS / stretch;
    size_t beats;

    p.pitch = align_pitch(&b->beats, &a->pitches, start,
                          (double)a->sound->frames / SOUND_FPS / stretch,
                          stretch, &beats);
    p.pitched = beats > 0;
    p.score = p.on + fmax(p.pitch, 0);
    p.rank = p.on + fmax(p.pitch, 0) / 2;
    for (int w = 0; w < WISHES; w++)
        if (fabs(start - b->wishes[w]) * SOUND_FPS <= WISH_SIDE + 0.5)
            p.wished = true;
    return p;
}

static size_t
top(const float *v, size_t from, size_t to)
{
    size_t best = from;

    for (size_t i = from; i < to; i++)
        if (v[i] > v[best])
            best = i;
    return best;
}

/* The highest places, and the best ones near the wished ones. */
static size_t
peaks_of(const struct bout *b, const struct align_curve *c, double stretch,
         struct peak *peaks)
{
    auto_free float *left = xcalloc(c->n, sizeof(*left));
    double from = (double)b->a->from / stretch;
    size_t n = 0;

    memcpy(left, c->both, c->n * sizeof(*left));
    for (; n < PEAKS; n++) {
        size_t i = top(left, 0, c->n);

        if (left[i] < -1)
            break;
        peaks[n] = peak_at(b, c, i, stretch);
        for (size_t k = i > PEAK_SIDE ? i - PEAK_SIDE : 0;
             k <= i + PEAK_SIDE && k < c->n; k++)
            left[k] = -9;
    }
    for (int w = 0; w < WISHES; w++) {
        double at = b->wishes[w] * SOUND_FPS + from - c->first;
        size_t i;

        if (at < WISH_SIDE || at + WISH_SIDE + 1 > (double)c->n)
            continue;
        i = top(c->both, (size_t)(at - WISH_SIDE),
                (size_t)(at + WISH_SIDE + 1));
        peaks[n++] = peak_at(b, c, i, stretch);
    }
    return n;
}

/* The best one; if one where bounces usually begin is nearly as good, that
 * one; of several such the one that the pitches fit best. */
static const struct peak *
choose(const struct peak *peaks, size_t n)
{
    const struct peak *best = &peaks[0], *wished = NULL;

    for (size_t i = 1; i < n; i++)
        if (peaks[i].rank > best->rank)
            best = &peaks[i];
    for (size_t i = 0; i < n; i++)
        if (peaks[i].wished && peaks[i].rank > best->rank - NEAR_TIE &&
            (wished == NULL || peaks[i].score > wished->score))
            wished = &peaks[i];
    return wished != NULL ? wished : best;
}

static int
bar_of(const struct timeline *t, double sec)
{
    double bar = timeline_bar(t, timeline_beat(t, fmax(sec, 0)));

    return (int)floor(bar + BAR_PART) + 1;
}

static void
tell(const struct bout *b, int i, const struct peak *peaks, size_t n,
     struct alignment *ret)
{
    const struct align *a = b->a;
    const struct peak *best = choose(peaks, n);
    double second = 0, stretch = stretch_of(i);
    size_t moments;
    struct align_place place = {.audio = &a->sides[i],
                                .set = &b->set,
                                .pitches = &a->pitches,
                                .frame = best->frame,
                                .from = (double)a->from / SOUND_FPS,
                                .stretch = stretch};

    for (size_t k = 0; k < n; k++)
        if (fabs(peaks[k].frame - best->frame) > APART * SOUND_FPS)
            second = fmax(second, peaks[k].score);
    *ret = (struct alignment){
        .by = ALIGN_BY_NOTES,
        .offset = (best->frame - (double)a->from / stretch) / SOUND_FPS,
        .score = best->score,
        .margin = best->score - second,
        .end = b->t->end};
    moments = align_notes(&place, b->t, ret);
    ret->verdict = align_judge(&(struct align_evidence){
        .sec = (double)a->sound->frames / SOUND_FPS,
        .score = best->score,
        .pitch = best->pitch,
        .margin = ret->margin,
        .coverage = ret->coverage,
        .played = ret->played,
        .beyond = best->score >= WORTH ? align_beyond(&place, b->t) : 0,
        .moments = moments,
        .heavy = best->heavy,
        .pitched = best->pitched,
        .usual = best->wished});
    ret->start_bar = bar_of(b->t, ret->offset);
    if (ret->stray_to > 0) {
        ret->stray_from =
            ret->stray_from * stretch + (double)a->from / SOUND_FPS;
        ret->stray_to = ret->stray_to * stretch + (double)a->from / SOUND_FPS;
    }
    ret->drift += stretch - 1;
    if (ret->verdict == ALIGN_TOO_LITTLE)
        ret->coverage = ret->margin = 0; /* meaningless with so few */
}

static void
align_at(const struct bout *b, int i, struct alignment *ret)
{
    auto_align_curve struct align_curve curve = {0};
    struct peak peaks[PEAKS + WISHES];
    struct align *a = b->a;
    size_t n;

    if (a->sides[i].n == 0)
        align_heard(a->sound, a->from, a->n, stretch_of(i), &a->sides[i]);
    align_slide(&a->cache[i], &a->sides[i], &b->set, &curve);
    n = peaks_of(b, &curve, stretch_of(i), peaks);
    tell(b, i, peaks, n, ret);
}

/* Audio clips only tell when they begin, which proves no set. */
static bool
has_notes(const struct timeline *t)
{
    for (size_t i = 0; i < t->track_count; i++)
        for (size_t k = 0; k < t->tracks[i].hit_count; k++)
            if (t->tracks[i].hits[k].kind != TIMELINE_AUDIO &&
                t->tracks[i].hits[k].kind != TIMELINE_TRANSIENT)
                return true;
    return false;
}

/* The fallback if there are too few notes. */
static void
place_by_loudness(const struct bout *b, bool thorough, struct alignment *ret)
{
    double offset;

    *ret = (struct alignment){
        .verdict = ALIGN_TOO_LITTLE, .start_bar = 1, .end = b->t->end};
    if (!thorough ||
        !align_loudness(b->a->sound, b->t, b->wishes, WISHES - 1, &offset))
        return;
    ret->by = ALIGN_BY_LOUDNESS;
    ret->offset = offset;
    ret->start_bar = bar_of(b->t, offset);
}

/* Try other speeds, if one of them is worth it. */
static void
try_speeds(const struct bout *b, struct alignment *ret)
{
    double level = ret->score + STRETCH_WORTH;

    for (int i = 0; i <= 2 * STRETCHES; i++) {
        struct alignment other;

        if (i == STRETCHES)
            continue;
        align_at(b, i, &other);
        if (other.score > level && other.verdict != ALIGN_TOO_LITTLE) {
            level = other.score;
            *ret = other;
        }
    }
}

void
align_with(struct align *a, const struct timeline *t, bool thorough,
           struct alignment *ret)
{
    auto_bout struct bout b = {0};

    *ret = (struct alignment){.verdict = ALIGN_NO_TIMELINE};
    if (t == NULL)
        return;
    ret->verdict = ALIGN_TOO_LITTLE;
    ret->start_bar = 1;
    ret->end = t->end;
    if (a->n < FRAMES_MIN || !(t->end > 0 && t->end <= SET_SEC_MAX))
        return;
    bout_init(&b, a, t);
    if (has_notes(t))
        align_at(&b, STRETCHES, ret);
    if (ret->verdict != ALIGN_TOO_LITTLE && thorough)
        try_speeds(&b, ret);
    if (ret->verdict == ALIGN_TOO_LITTLE)
        place_by_loudness(&b, thorough, ret);
}
