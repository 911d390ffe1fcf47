/*
 * What of the onsets' similarity is not explained by the beat alone. Songs of
 * one tempo share most of what repeats in every bar; so each side's mean bar is
 * subtracted from it before both are compared. Bars rarely are whole frames, so
 * both sides are read between frames, at the same places of each bar.
 */
#include <math.h>

#include "base/mem.h"
#include "music/align_parts.h"

#define PLACES_LEAST 8 /* of a bar */
#define PLACES_MOST 400
#define READ_MOST 16 /* times; a tempo that leaps may ask for more */

struct bars {
    size_t places; /* of each bar */
    size_t n;      /* places of all of them */
    float *audio, *set;
    bool *covered; /* by both */
};

static void
bars_release(struct bars *b)
{
    free(b->audio);
    free(b->set);
    free(b->covered);
}

static float
between(const float *v, double at)
{
    size_t i = (size_t)at;
    float part = (float)(at - (double)i);

    return (1 - part) * v[i] + part * v[i + 1];
}

static double
bar_at(const struct timeline *t, double frame)
{
    return timeline_bar(t, timeline_beat(t, fmax(0, frame) / SOUND_FPS));
}

static double
frame_of(const struct timeline *t, double bar)
{
    return timeline_seconds(t, timeline_bar_beat(t, bar)) * SOUND_FPS;
}

/* n stays 0 if there is nothing to compare. */
static void
read_bars(const struct align_place *at, const struct timeline *t,
          struct bars *b)
{
    double to = fmin(at->frame + (double)at->audio->n, (double)at->set->n);
    double first = floor(bar_at(t, at->frame)), last = floor(bar_at(t, to));
    double middle = floor(bar_at(t, (fmax(0, at->frame) + to) / 2));
    double frames = ceil(frame_of(t, middle + 1) - frame_of(t, middle));
    double most = (double)(READ_MOST * at->audio->n);

    frames = fmin(PLACES_MOST, frames);
    if (frames < PLACES_LEAST || to <= at->frame || to <= 0 ||
        (last - first + 1) * frames > most)
        return;
    b->places = (size_t)frames;
    b->n = (size_t)(last - first + 1) * b->places;
    b->audio = xcalloc(b->n, sizeof(*b->audio));
    b->set = xcalloc(b->n, sizeof(*b->set));
    b->covered = xcalloc(b->n, sizeof(*b->covered));
    for (size_t i = 0; i < b->n; i++) {
        double set = frame_of(t, first + (double)i / frames);
        double audio = set - at->frame;

        b->covered[i] = set >= 0 && set < (double)at->set->n - 1 &&
                        audio >= 0 && audio < (double)at->audio->n - 1;
        if (!b->covered[i])
            continue;
        b->audio[i] = between(at->audio->stream[STREAM_ALL], audio);
        b->set[i] = between(at->set->stream[STREAM_ALL], set);
    }
}

static void
subtract_mean(const struct bars *b, float *v)
{
    for (size_t place = 0; place < b->places; place++) {
        double sum = 0;
        size_t n = 0;

        for (size_t i = place; i < b->n; i += b->places) {
            n += b->covered[i];
            sum += (double)v[i];
        }
        for (size_t i = place; i < b->n; i += b->places)
            if (b->covered[i])
                v[i] -= (float)(sum / (double)n);
    }
}

double
align_beyond(const struct align_place *at, const struct timeline *t)
{
    auto_cleanup(bars_release) struct bars b = {0};
    double xx = 0, yy = 0, xy = 0;

    read_bars(at, t, &b);
    subtract_mean(&b, b.audio);
    subtract_mean(&b, b.set);
    for (size_t i = 0; i < b.n; i++) {
        xx += (double)(b.audio[i] * b.audio[i]);
        yy += (double)(b.set[i] * b.set[i]);
        xy += (double)(b.audio[i] * b.set[i]);
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 0;
}
