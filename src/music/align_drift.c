/*
 * Whether both sides keep step: parts of the audio are slid a little, and a
 * line is fitted through the places where they match. First one line for all of
 * them, since a part alone matches just as well a sixteenth off.
 */
#include <math.h>

#include "music/align_parts.h"

#define PARTS 8
#define LAGS 12        /* frames that a part may be off its place */
#define SLOPE 0.003    /* at most, besides the stretches that are tried */
#define SLOPE_STEPS 30 /* to either side */
#define FIRST 4.0      /* frames by which the middle may be off */
#define FIRST_STEP 0.25
#define SIDES 1.5 /* frames that a part may be off the line */

/* Four sums, which the processor adds at once. */
double
align_products(const struct align_side *audio, const struct align_side *set,
               long at, size_t from, size_t to)
{
    const float *a = audio->stream[STREAM_ALL];
    const float *b = set->stream[STREAM_ALL];
    float sum[4] = {0};
    long i = (long)from, end = (long)to;

    if (i + at < 0)
        i = -at;
    if (end + at > (long)set->n)
        end = (long)set->n - at;
    for (; i + 4 <= end; i += 4)
        for (int k = 0; k < 4; k++)
            sum[k] += a[i + k] * b[i + at + k];
    for (; i < end; i++)
        sum[0] += a[i] * b[i + at];
    return (double)(sum[0] + sum[1] + sum[2] + sum[3]);
}

struct parts {
    double mid[PARTS]; /* frames, from the middle of the audio */
    double fit[PARTS][2 * LAGS + 1];
};

static void
measure(const struct align_side *audio, const struct align_side *set, long at,
        struct parts *p)
{
    for (size_t i = 0; i < PARTS; i++) {
        size_t from = audio->n * i / PARTS, to = audio->n * (i + 1) / PARTS;

        p->mid[i] = (double)(from + to) / 2 - (double)audio->n / 2;
        for (int lag = 0; lag <= 2 * LAGS; lag++)
            p->fit[i][lag] =
                align_products(audio, set, at + lag - LAGS, from, to);
    }
}

/* How well all parts fit along a line. */
static double
fit_along(const struct parts *p, double first, double slope)
{
    double sum = 0;

    for (size_t i = 0; i < PARTS; i++) {
        double lag = first + slope * p->mid[i] + LAGS;
        int k = (int)floor(lag);

        if (k >= 0 && k < 2 * LAGS)
            sum += p->fit[i][k] + (lag - k) * (p->fit[i][k + 1] - p->fit[i][k]);
    }
    return sum;
}

static void
best_line(const struct parts *p, double *ret_first, double *ret_slope)
{
    double most = 0;

    *ret_first = *ret_slope = 0;
    for (int k = -SLOPE_STEPS; k <= SLOPE_STEPS; k++)
        for (double first = -FIRST; first <= FIRST; first += FIRST_STEP) {
            double slope = SLOPE * k / SLOPE_STEPS;
            double fit = fit_along(p, first, slope);

            if (fit > most) {
                most = fit;
                *ret_first = first;
                *ret_slope = slope;
            }
        }
}

/* The place near `place` where a part matches best, by the parabola through the
 * peak and its neighbors; *ret_weight: how significant the peak is, 0 if there
 * is none. */
static double
top_near(const double *fit, double place, double *ret_weight)
{
    int from = (int)ceil(place + LAGS - SIDES);
    int to = (int)floor(place + LAGS + SIDES), best = from;
    double bend;

    *ret_weight = 0;
    if (from < 1 || to > 2 * LAGS - 1)
        return 0;
    for (int k = from; k <= to; k++)
        if (fit[k] > fit[best])
            best = k;
    bend = fit[best - 1] - 2 * fit[best] + fit[best + 1];
    if (fit[best] <= 0 || fit[best] < fmax(fit[best - 1], fit[best + 1]))
        return 0;
    *ret_weight = fit[best];
    return best - LAGS +
           (bend < 0 ? (fit[best - 1] - fit[best + 1]) / (2 * bend) : 0);
}

double
align_drift(const struct align_side *audio, const struct align_side *set,
            long at, double *ret_first)
{
    double w = 0, x = 0, y = 0, xx = 0, xy = 0, first, slope;
    struct parts p;

    measure(audio, set, at, &p);
    best_line(&p, &first, &slope);
    for (size_t i = 0; i < PARTS; i++) {
        double weight, place = first + slope * p.mid[i];
        double lag = top_near(p.fit[i], place, &weight);

        w += weight;
        x += weight * p.mid[i];
        y += weight * lag;
        xx += weight * p.mid[i] * p.mid[i];
        xy += weight * p.mid[i] * lag;
    }
    *ret_first = 0;
    if (w <= 0 || xx * w - x * x <= 0)
        return 0;
    slope = (xy * w - x * y) / (xx * w - x * x);
    *ret_first = (y - slope * x) / w - slope * (double)audio->n / 2;
    return slope;
}
