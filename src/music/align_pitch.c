/*
 * Beat by beat, which pitch classes the set plays and which are heard. Means
 * are subtracted, so that a chord that never changes means nothing, and only
 * beats count in which the set plays notes.
 */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "music/align_parts.h"

#define NOTE_LEAST 0.1 /* seconds that a note counts for at least */
#define BEATS_LEAST 15
#define CHANGE_LEAST 1e-3 /* of a beat's square on the mean */
#define BEATS_MOST 100000

void
align_beats_release(struct align_beats *b)
{
    free(b->sec);
    free(b->want);
    *b = (struct align_beats){0};
}

static void
add_note(struct align_beats *b, const struct timeline_hit *h)
{
    double end = fmax(h->end, h->sec + NOTE_LEAST);
    size_t i = h->beat > 0 ? (size_t)h->beat : 0;

    for (; i < b->n && b->sec[i] < end; i++) {
        double share = fmin(end, b->sec[i + 1]) - fmax(h->sec, b->sec[i]);

        if (share > 0)
            b->want[i][h->pitch % 12] += h->weight * (float)share;
    }
}

void
align_beats_of(const struct timeline *t, struct align_beats *ret)
{
    double n = fmin(ceil(t->end_beat), BEATS_MOST);

    ret->n = n > 0 ? (size_t)n : 0;
    ret->sec = xcalloc(ret->n + 1, sizeof(*ret->sec));
    ret->want = xcalloc(ret->n, sizeof(*ret->want));
    for (size_t i = 0; i <= ret->n; i++)
        ret->sec[i] = timeline_seconds(t, (double)i);
    for (size_t i = 0; i < t->track_count; i++)
        for (size_t k = 0; k < t->tracks[i].hit_count; k++) {
            const struct timeline_hit *h = &t->tracks[i].hits[k];

            if (h->kind == TIMELINE_BASS || h->kind == TIMELINE_PITCHED)
                add_note(ret, h);
        }
}

void
align_pitches_of(const struct sound *s, struct align_pitches *ret)
{
    ret->n = s->chroma_frames;
    ret->sum = xcalloc(ret->n + 1, sizeof(*ret->sum));
    for (size_t i = 0; i < ret->n; i++) {
        float square = 0;

        for (int p = 0; p < 12; p++)
            square += s->chroma[i][p] * s->chroma[i][p];
        for (int p = 0; p < 12; p++)
            ret->sum[i + 1][p] =
                ret->sum[i][p] +
                (double)(s->chroma[i][p] / (sqrtf(square) + 1e-6f));
    }
}

void
align_pitches_release(struct align_pitches *p)
{
    free(p->sum);
    *p = (struct align_pitches){0};
}

double
align_pitches_before(const struct align_pitches *p, double sec, int pitch)
{
    /* A frame is about its moment, so it reaches half a hop before it. */
    double at = fmin(fmax(sec * ALIGN_CHROMA_FPS + 0.5, 0), (double)p->n);
    size_t i = (size_t)at;
    double next = i < p->n ? p->sum[i + 1][pitch] : p->sum[i][pitch];

    return p->sum[i][pitch] + (at - (double)i) * (next - p->sum[i][pitch]);
}

/* The pitch classes of both sides in one beat; false if the set plays none. */
static bool
beat(const struct align_beats *b, const struct align_pitches *p, size_t i,
     double offset, double stretch, double *have, double *want)
{
    double from = (b->sec[i] - offset) * stretch;
    double to = (b->sec[i + 1] - offset) * stretch;
    double total = 0;

    for (int k = 0; k < 12; k++)
        total += (double)b->want[i][k];
    if (total <= 0)
        return false;
    for (int k = 0; k < 12; k++) {
        want[k] = (double)b->want[i][k] / total;
        have[k] = (align_pitches_before(p, to, k) -
                   align_pitches_before(p, from, k)) /
                  ((to - from) * ALIGN_CHROMA_FPS);
    }
    return true;
}

double
align_pitch(const struct align_beats *b, const struct align_pitches *p,
            double offset, double sec, double stretch, size_t *ret_beats)
{
    double have[12], want[12], sum_h[12] = {0}, sum_w[12] = {0};
    double hh = 0, ww = 0, hw = 0;
    size_t n = 0;

    for (size_t i = 0; i < b->n && b->sec[i + 1] <= offset + sec; i++) {
        if (b->sec[i] < offset || !beat(b, p, i, offset, stretch, have, want))
            continue;
        n++;
        for (int k = 0; k < 12; k++) {
            sum_h[k] += have[k];
            sum_w[k] += want[k];
            hh += have[k] * have[k];
            ww += want[k] * want[k];
            hw += have[k] * want[k];
        }
    }
    *ret_beats = 0;
    if (n < BEATS_LEAST)
        return 0;
    for (int k = 0; k < 12; k++) {
        hh -= sum_h[k] * sum_h[k] / (double)n;
        ww -= sum_w[k] * sum_w[k] / (double)n;
        hw -= sum_h[k] * sum_w[k] / (double)n;
    }
    if (ww <= CHANGE_LEAST * (double)n || hh <= 0)
        return 0;
    *ret_beats = n;
    return hw / sqrt(hh * ww);
}
