/* Smoothing, and taking away what changes slowly. */
#include "music/shape.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

#define SIDE 5    /* frames on either side that a moment is smeared over */
#define SIGMA 1.3 /* frames */
#define MEAN 200  /* frames */
#define ENDS_DB 60
#define LEVEL_FRAMES ((size_t)(SOUND_FPS * SOUND_LEVEL_SEC))
#define BEFORE (SOUND_FPS / 4) /* frames kept before the first sound */

static void
smooth(const float *v, size_t n, float *ret)
{
    float kernel[SIDE + 1];

    for (int k = 0; k <= SIDE; k++)
        kernel[k] = expf(-0.5f * (float)(k * k) / (float)(SIGMA * SIGMA));
    for (size_t i = 0; i < n; i++) {
        float sum = v[i];

        for (size_t k = 1; k <= SIDE; k++) {
            if (i >= k)
                sum += kernel[k] * v[i - k];
            if (i + k < n)
                sum += kernel[k] * v[i + k];
        }
        ret[i] = sum;
    }
}

/* The place of i in n values that go on in mirrors at both ends; i is less
 * than n away from them. */
static size_t
mirrored(ptrdiff_t i, size_t n)
{
    if (i < 0)
        i = -i;
    if (i >= (ptrdiff_t)n)
        i = 2 * ((ptrdiff_t)n - 1) - i;
    return i < 0 ? 0 : i >= (ptrdiff_t)n ? n - 1 : (size_t)i;
}

void
shape_onsets(float *v, size_t n)
{
    auto_free float *smoothed = xcalloc(n, sizeof(*smoothed));
    double sum = 0;

    if (n == 0)
        return;
    smooth(v, n, smoothed);
    for (ptrdiff_t i = -MEAN / 2; i < MEAN / 2; i++)
        sum += (double)smoothed[mirrored(i, n)];
    for (ptrdiff_t i = 0; i < (ptrdiff_t)n; i++) {
        v[i] = smoothed[i] - (float)(sum / MEAN);
        sum += (double)smoothed[mirrored(i + MEAN / 2, n)] -
               (double)smoothed[mirrored(i - MEAN / 2, n)];
    }
}

void
shape_sum(const struct sound *s, size_t from, size_t n, float *ret)
{
    for (size_t i = 0; i < n; i++)
        ret[i] = (3 * s->onset[SOUND_LOW][from + i] +
                  15 * s->onset[SOUND_MID][from + i] +
                  3 * s->onset[SOUND_HIGH][from + i]) /
                 21;
}

void
shape_ends(const struct sound *s, size_t *ret_from, size_t *ret_n)
{
    float most = SOUND_SILENT;
    size_t first = 0, last = s->levels, from, to;

    for (size_t i = 0; i < s->levels; i++)
        most = fmaxf(most, s->level[i].loudness);
    *ret_from = *ret_n = 0;
    if (most <= SOUND_SILENT)
        return;
    while (s->level[first].loudness < most - ENDS_DB)
        first++;
    while (s->level[last - 1].loudness < most - ENDS_DB)
        last--;
    from = first * LEVEL_FRAMES;
    from = from > BEFORE ? from - BEFORE : 0;
    to = last * LEVEL_FRAMES + BEFORE;
    to = to < s->frames ? to : s->frames;
    *ret_from = from < to ? from : to;
    *ret_n = to - *ret_from;
}
