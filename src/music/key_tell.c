/* Determines the key from notes; see key_tell.h. */
#include "music/key_tell.h"

#include <math.h>
#include <string.h>

/* The weights were chosen on songs with known keys, most of them written for
 * this purpose, so that at most one key in fifty is wrong. */
#define BASS_TONIC 0.45
#define BASS_FIFTH 0.15
#define PHRASES 0.4
#define LAST 0.1
#define TONIC 0.3
#define MARGIN 0.25
#define MARGIN_OPEN 0.6     /* below it, no other triad may sound more */
#define MARGIN_RELATIVE 0.5 /* below it, the bass must end on the tonic */

#define NOTES_MIN 32
#define CLASSES_MIN 5
#define MARGIN_SURE 0.8 /* from it on, a bare triad is enough... */
#define NOTES_SURE 24
#define CLASSES_SURE 3
#define MARGIN_OWN 1.0    /* ...and from this on, one without its fifth, */
#define LIKE_OWN 0.8      /* if it resembles the key so much */
#define SOUNDS 0.01       /* of the whole: less may be a slip */
#define THIRD 0.03        /* share that the third needs, */
#define THIRD_REST 0.1    /* or of all but the tonic */
#define FIFTH 0.035       /* share that the fifth needs */
#define OTHER_TRIAD 0.03  /* the most by which another triad may lead */
#define OTHER_THIRD 0.6   /* of the third: most that the other third may have */
#define BETTER_SCALE 0.02 /* the most by which another scale may fit better */
#define LIKE 0.6          /* correlation that the key needs */

/* Krumhansl and Kessler 1982: how well each step fits a key. */
static const double profiles[2][12] = {
    {6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88},
    {6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17},
};

struct candidate {
    int root;
    bool minor;
    double score;
    double correlation;
};

static double
total(const double v[12])
{
    double sum = 0;

    for (int i = 0; i < 12; i++)
        sum += v[i];
    return sum;
}

static double
share(const double v[12], int step)
{
    double sum = total(v);

    return sum > 0 ? v[(step % 12 + 12) % 12] / sum : 0;
}

/* Pearson's correlation of the sums with a profile that begins at root. */
static double
correlate(const double sums[12], const double profile[12], int root)
{
    double mean_x = total(sums) / 12, mean_y = total(profile) / 12;
    double xy = 0, xx = 0, yy = 0;

    for (int i = 0; i < 12; i++) {
        double x = sums[(i + root) % 12] - mean_x;
        double y = profile[i] - mean_y;

        xy += x * y;
        xx += x * x;
        yy += y * y;
    }
    return xx > 0 ? xy / sqrt(xx * yy) : 0;
}

/* The share in a major scale. */
static double
scale_share(const double all[12], int root)
{
    static const int steps[] = {0, 2, 4, 5, 7, 9, 11};
    double sum = 0;

    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
        sum += share(all, root + steps[i]);
    return sum;
}

double
key_fit(struct key k, const double all[12])
{
    int parent = key_parent(k);

    if (parent < 0 || total(all) <= 0)
        return 1;
    return fmin(scale_share(all, parent) +
                    (k.mode == KEY_MINOR ? share(all, k.root + 11) : 0),
                1);
}

double
key_likeness(struct key k, const double all[12])
{
    int parent = key_parent(k);

    if (k.mode == KEY_MAJOR || k.mode == KEY_MINOR)
        return correlate(all, profiles[k.mode == KEY_MINOR], k.root);
    if (parent < 0) /* a root alone, or a scale that is neither */
        return fmax(correlate(all, profiles[0], k.root),
                    correlate(all, profiles[1], k.root));
    return fmax(correlate(all, profiles[0], parent),
                correlate(all, profiles[1], (parent + 9) % 12));
}

static void
score(const struct key_heard *h, struct candidate *c)
{
    c->correlation = correlate(h->all, profiles[c->minor], c->root);
    c->score = c->correlation + BASS_TONIC * share(h->bass, c->root) +
               BASS_FIFTH * share(h->bass, c->root + 7) +
               PHRASES * share(h->phrases, c->root) +
               LAST * share(h->last, c->root) + TONIC * share(h->all, c->root);
}

static struct key
key_of(const struct candidate *c)
{
    return (struct key){c->root, c->minor ? KEY_MINOR : KEY_MAJOR};
}

/* Whether the third that makes it major or minor is there and is the one. */
static bool
third_sounds(const struct key_heard *h, const struct candidate *c)
{
    double third = share(h->all, c->root + (c->minor ? 3 : 4));
    double other = share(h->all, c->root + (c->minor ? 4 : 3));
    double rest = 1 - share(h->all, c->root);

    return third > 0 && third >= fmin(THIRD, THIRD_REST * rest) &&
           other <= OTHER_THIRD * third;
}

static double
triad(const struct key_heard *h, const struct candidate *c)
{
    return share(h->all, c->root) + share(h->all, c->root + 7) +
           share(h->all, c->root + (c->minor ? 3 : 4));
}

/* Where the lead is small, the tonic's chord has to sound the most: in a song
 * of D minor and B flat, F, A and D are more than F, A and C. */
static bool
triad_leads(const struct key_heard *h, const struct candidate *best,
            const struct candidate list[24])
{
    for (int i = 0; i < 24; i++)
        if (triad(h, &list[i]) > triad(h, best) + OTHER_TRIAD)
            return false;
    return true;
}

/* A key and its relative have the same notes: if they are close, the bass at
 * the end decides. */
static bool
ends_on(const struct key_heard *h, const struct candidate *c)
{
    return share(h->last, c->root) > 0;
}

static bool
settled(const struct key_heard *h, const struct candidate *best,
        const struct candidate list[24], const struct key_told *told)
{
    if (told->margin < MARGIN_OPEN && !triad_leads(h, best, list))
        return false;
    return told->margin >= MARGIN_RELATIVE ||
           key_parent(told->key) != key_parent(told->runner_up) ||
           ends_on(h, best);
}

static bool
fifth_sounds(const struct key_heard *h, const struct candidate *best,
             const struct candidate list[24], double margin)
{
    return share(h->all, best->root + 7) > FIFTH ||
           (margin >= MARGIN_OWN && best->correlation >= LIKE_OWN &&
            triad_leads(h, best, list));
}

static bool
best_scale(const struct key_heard *h, double fit)
{
    for (int i = 0; i < 12; i++)
        if (scale_share(h->all, i) > fit + BETTER_SCALE)
            return false;
    return true;
}

static int
classes(const double all[12])
{
    int n = 0;

    for (int i = 0; i < 12; i++)
        n += share(all, i) > SOUNDS;
    return n;
}

static bool
enough(const struct key_heard *h, double margin)
{
    bool sure = margin >= MARGIN_SURE;

    return h->notes >= (sure ? NOTES_SURE : NOTES_MIN) &&
           classes(h->all) >= (sure ? CLASSES_SURE : CLASSES_MIN);
}

void
key_tell(const struct key_heard *h, struct key_told *ret)
{
    struct candidate best = {.score = -9};
    struct candidate second = {.score = -9};
    struct candidate list[24];

    *ret = (struct key_told){.key = KEY_UNKNOWN, .runner_up = KEY_UNKNOWN};
    if (total(h->all) <= 0)
        return;
    for (int i = 0; i < 24; i++) {
        struct candidate c = {.root = i / 2, .minor = i % 2 == 1};

        score(h, &c);
        list[i] = c;
        if (c.score > best.score)
            best = c;
    }
    /* Its third distinguishes it from the other mode with its root. */
    for (int i = 0; i < 24; i++)
        if (list[i].root != best.root && list[i].score > second.score)
            second = list[i];
    ret->key = key_of(&best);
    ret->runner_up = key_of(&second);
    ret->fit = key_fit(ret->key, h->all);
    ret->confidence = fmin(fmax(best.correlation, 0), 1);
    ret->margin = best.score - second.score;
    ret->clear = enough(h, ret->margin) && ret->fit >= KEY_FIT &&
                 third_sounds(h, &best) &&
                 fifth_sounds(h, &best, list, ret->margin) &&
                 best_scale(h, ret->fit) && best.correlation >= LIKE &&
                 ret->margin >= MARGIN && settled(h, &best, list, ret);
}
