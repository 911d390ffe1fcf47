/* What is heard, and what the set makes us expect, as streams of the same
 * kind. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "music/align_parts.h"
#include "music/shape.h"

#define HELD 5 /* frames that a note is held for at least */
/* More simultaneous notes of one class add nothing. */
#define CHROMA_MOST 1.5f
#define CHROMA_QUIET 0.3f

/* How much of an onset is in each stream. */
static const float weights[TIMELINE_KINDS][STREAMS] = {
    [TIMELINE_KICK] = {1, 0.3f, 0, 1},
    [TIMELINE_SNARE] = {0, 1, 0.7f, 1},
    [TIMELINE_CLAP] = {0, 1, 0.7f, 1},
    [TIMELINE_HAT] = {0, 0, 1, 1},
    [TIMELINE_CYMBAL] = {0, 0, 1, 1},
    [TIMELINE_PERCUSSION] = {0, 1, 0.7f, 1},
    [TIMELINE_BASS] = {0.7f, 0.5f, 0, 1},
    [TIMELINE_PITCHED] = {0, 1, 0, 1},
    [TIMELINE_AUDIO] = {0, 0.3f, 0, 0.5f},
    [TIMELINE_TRANSIENT] = {0, 0.15f, 0, 0.25f},
};

static void
side_init(struct align_side *s, size_t n)
{
    *s = (struct align_side){.n = n, .chroma_n = n / SOUND_CHROMA_HOP + 1};
    for (int k = 0; k < STREAMS; k++)
        s->stream[k] = xcalloc(n, sizeof(float));
    s->chroma = xcalloc(s->chroma_n, sizeof(*s->chroma));
}

void
align_side_release(struct align_side *s)
{
    for (int k = 0; k < STREAMS; k++)
        free(s->stream[k]);
    free(s->chroma);
    *s = (struct align_side){0};
}

/* Normalize each frame's pitch classes by length, then subtract each class's
 * mean. quiet: frames of this length or less are pulled toward zero. */
static void
side_finish(struct align_side *s, float quiet)
{
    double mean[12] = {0};

    for (int k = 0; k < STREAMS; k++) {
        shape_onsets(s->stream[k], s->n);
        for (size_t i = 0; i < s->n; i++)
            s->energy[k] += (double)(s->stream[k][i] * s->stream[k][i]);
    }
    for (size_t i = 0; i < s->chroma_n; i++) {
        float square = 0;

        for (int p = 0; p < 12; p++)
            square += s->chroma[i][p] * s->chroma[i][p];
        for (int p = 0; p < 12; p++) {
            s->chroma[i][p] /= sqrtf(square) + quiet;
            mean[p] += (double)s->chroma[i][p];
        }
    }
    for (size_t i = 0; i < s->chroma_n; i++)
        for (int p = 0; p < 12; p++)
            s->chroma[i][p] -= (float)(mean[p] / (double)s->chroma_n);
}

/* A value between two frames. */
static float
between(const float *v, size_t n, double at)
{
    size_t i = (size_t)at;
    float part = (float)(at - (double)i);

    if (i + 1 >= n)
        return n > 0 ? v[n - 1] : 0;
    return (1 - part) * v[i] + part * v[i + 1];
}

void
align_heard(const struct sound *s, size_t from, size_t n, double stretch,
            struct align_side *ret)
{
    auto_free float *all = xcalloc(n, sizeof(*all));
    const float *bands[STREAMS] = {s->onset[SOUND_LOW] + from,
                                   s->onset[SOUND_MID] + from,
                                   s->onset[SOUND_HIGH] + from, all};

    shape_sum(s, from, n, all);
    side_init(ret, (size_t)((double)n / stretch));
    for (int k = 0; k < STREAMS; k++)
        for (size_t i = 0; i < ret->n; i++)
            ret->stream[k][i] = between(bands[k], n, (double)i * stretch);
    for (size_t i = 0; i < ret->chroma_n; i++) {
        size_t at =
            from / SOUND_CHROMA_HOP + (size_t)lround((double)i * stretch);

        if (at < s->chroma_frames)
            memcpy(ret->chroma[i], s->chroma[at], sizeof(ret->chroma[i]));
    }
    side_finish(ret, 1e-6f);
}

/* A note's pitch class in the frames that it touches, by how much. */
static void
add_pitch(struct align_side *s, const struct timeline_hit *h)
{
    double from = h->sec * ALIGN_CHROMA_FPS + 0.5;
    double to =
        fmax(h->end, h->sec + (double)HELD / SOUND_FPS) * ALIGN_CHROMA_FPS +
        0.5;

    for (double i = floor(from); i < to && i < (double)s->chroma_n; i++) {
        double share = fmin(to, i + 1) - fmax(from, i);
        float *cell = &s->chroma[(size_t)i][h->pitch % 12];

        *cell = fminf(CHROMA_MOST, *cell + h->weight * (float)share);
    }
}

static void
add_hit(struct align_side *s, const struct timeline_hit *h)
{
    double at = floor(h->sec * SOUND_FPS);
    float part = (float)(h->sec * SOUND_FPS - at);
    size_t i = (size_t)at;

    if (at < 0 || i + 1 >= s->n)
        return;
    for (int k = 0; k < STREAMS; k++) {
        float weight = weights[h->kind][k] * h->weight;

        s->stream[k][i] += weight * (1 - part);
        s->stream[k][i + 1] += weight * part;
    }
    if (h->kind == TIMELINE_BASS || h->kind == TIMELINE_PITCHED)
        add_pitch(s, h);
}

void
align_expected(const struct timeline *t, struct align_side *ret)
{
    side_init(ret, (size_t)(t->end * SOUND_FPS) + ALIGN_TAIL + 2);
    for (size_t i = 0; i < t->track_count; i++)
        for (size_t k = 0; k < t->tracks[i].hit_count; k++)
            add_hit(ret, &t->tracks[i].hits[k]);
    for (int k = 0; k < STREAMS; k++)
        for (size_t i = 0; i < ret->n; i++)
            ret->stream[k][i] = sqrtf(ret->stream[k][i]);
    side_finish(ret, CHROMA_QUIET);
}
