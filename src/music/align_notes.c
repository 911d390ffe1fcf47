/*
 * For a place that was found: which of the set's notes are heard, where they
 * are not, and whether both sides keep step.
 */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "music/align_parts.h"

#define NEAR 1         /* frames around a note's place */
#define NOTE_LEAST 0.2 /* seconds that a pitch is listened to */
#define WINDOW (8 * SOUND_FPS)
#define WINDOW_STEP (4 * SOUND_FPS)
#define WINDOW_NOTES 16    /* less say nothing about a window */
#define STRAY 0.6          /* of what windows fit by, what strays has less */
#define STRAY_WINDOWS 2    /* in a row; less is chance */
#define MOSTLY 0.5         /* of all notes, before a stretch stands out */
#define DRIFT_LEAST 0.0004 /* less is the measure's own error */
#define MOMENT 3           /* frames; notes that begin within them are one */

/* Seconds by which the notes are moved to measure what is heard by chance. */
static const double astray[] = {3.37, 6.71, 11.13, 16.57, 21.89, 29.41};
#define ASTRAY (sizeof(astray) / sizeof(astray[0]))

static const enum align_stream stream_of[TIMELINE_KINDS] = {
    [TIMELINE_KICK] = STREAM_LOW,    [TIMELINE_SNARE] = STREAM_MID,
    [TIMELINE_CLAP] = STREAM_MID,    [TIMELINE_HAT] = STREAM_HIGH,
    [TIMELINE_CYMBAL] = STREAM_HIGH, [TIMELINE_PERCUSSION] = STREAM_MID,
    [TIMELINE_BASS] = STREAM_LOW,    [TIMELINE_PITCHED] = STREAM_MID,
    [TIMELINE_AUDIO] = STREAM_MID,   [TIMELINE_TRANSIENT] = STREAM_MID,
};

/* Does something begin there, more than around it on the mean? */
static bool
begins(const struct align_side *audio, enum align_stream stream, double frame)
{
    size_t at = (size_t)lround(frame);
    size_t from = at > NEAR ? at - NEAR : 0;

    for (size_t i = from; i <= at + NEAR && i < audio->n; i++)
        if (audio->stream[stream][i] > 0 || audio->stream[STREAM_ALL][i] > 0)
            return true;
    return false;
}

/* Is its pitch there while it lasts, more than in the audio as a whole? */
static bool
sounds(const struct align_place *at, const struct timeline_hit *h, double sec)
{
    const struct align_pitches *p = at->pitches;
    double len = fmax(h->end - h->sec, NOTE_LEAST) * at->stretch;
    double from = at->from + sec * at->stretch;
    int pitch = h->pitch % 12;
    double there;

    if (h->kind != TIMELINE_BASS && h->kind != TIMELINE_PITCHED)
        return false;
    there = align_pitches_before(p, from + len, pitch) -
            align_pitches_before(p, from, pitch);
    return there / (len * ALIGN_CHROMA_FPS) >
           p->sum[p->n][pitch] / (double)p->n;
}

/* A note that is moved by some seconds, around the ends. */
static bool
is_heard(const struct align_place *at, const struct timeline_hit *h,
         double moved)
{
    double n = (double)at->audio->n;
    double frame = fmod(h->sec * SOUND_FPS - at->frame + moved * SOUND_FPS, n);

    if (frame < 0 || frame > n - 1)
        frame = frame < 0 ? 0 : n - 1;
    return begins(at->audio, stream_of[h->kind], frame) ||
           sounds(at, h, frame / SOUND_FPS);
}

/* Notes of a stretch, how many of them are heard, and how many would be by
 * chance. */
struct tally {
    size_t notes, heard, chance;
};

/* The share of notes that are heard, corrected for chance. */
static double
share(const struct tally *t, const struct tally *all)
{
    double by_chance, heard;

    if (t->notes == 0)
        return 0;
    by_chance = (double)all->chance / (double)(all->notes * ASTRAY);
    heard = (double)t->heard / (double)t->notes;
    return by_chance < 1 ? fmax(0, (heard - by_chance) / (1 - by_chance)) : 0;
}

static void
count_window(struct tally *windows, size_t n, size_t place, bool heard)
{
    for (size_t w = place / WINDOW_STEP + 1;
         w-- > 0 && w * WINDOW_STEP + WINDOW > place;)
        if (w < n) {
            windows[w].notes++;
            windows[w].heard += heard;
        }
}

/* Returns the number of moments. */
static size_t
count(const struct align_place *at, const struct timeline *t, struct tally *all,
      struct tally *windows, size_t window_count)
{
    double from = at->frame / SOUND_FPS;
    double to = from + (double)at->audio->n / SOUND_FPS;
    auto_free bool *begun = xcalloc(at->audio->n / MOMENT + 2, sizeof(*begun));
    size_t moments = 0;

    for (size_t i = 0; i < t->track_count; i++) {
        size_t n;
        const struct timeline_hit *h =
            timeline_hits(&t->tracks[i], from, to, &n);

        for (; n > 0; n--, h++) {
            bool heard = is_heard(at, h, 0);
            double frame = fmax(0, h->sec * SOUND_FPS - at->frame);

            moments += !begun[(size_t)frame / MOMENT];
            begun[(size_t)frame / MOMENT] = true;
            all->notes++;
            all->heard += heard;
            for (size_t k = 0; k < ASTRAY; k++)
                all->chance += is_heard(at, h, astray[k]);
            count_window(windows, window_count, (size_t)frame, heard);
        }
    }
    return moments;
}

/* How similar both are in a window, by all onsets; at most 1. */
static double
likeness(const struct align_place *at, size_t window)
{
    size_t from = window * WINDOW_STEP;
    double set = 0, audio = 0;

    for (size_t i = from; i < from + WINDOW; i++) {
        double x = (double)at->audio->stream[STREAM_ALL][i];
        long k = (long)i + lround(at->frame);

        audio += x * x;
        if (k >= 0 && k < (long)at->set->n) {
            double y = (double)at->set->stream[STREAM_ALL][k];

            set += y * y;
        }
    }
    return align_products(at->audio, at->set, lround(at->frame), from,
                          from + WINDOW) /
           (sqrt(audio * set) + 1e-9);
}

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* How well each window fits, by its notes and its onsets; below 0: too few
 * notes. Returns the median. */
static double
fit_windows(const struct align_place *at, const struct tally *windows, size_t n,
            const struct tally *all, double *fit)
{
    auto_free double *sorted = xcalloc(n + 1, sizeof(*sorted));
    size_t counted = 0;

    for (size_t i = 0; i < n; i++) {
        fit[i] = -1;
        if (windows[i].notes < WINDOW_NOTES)
            continue;
        fit[i] = share(&windows[i], all) + fmax(0, likeness(at, i));
        sorted[counted++] = fit[i];
    }
    qsort(sorted, counted, sizeof(*sorted), by_size);
    return sorted[counted / 2];
}

static void
find_stray(const struct align_place *at, const struct tally *windows, size_t n,
           const struct tally *all, struct alignment *ret)
{
    auto_free double *fit = xcalloc(n + 1, sizeof(*fit));
    double usual = fit_windows(at, windows, n, all, fit);
    size_t begun = n;

    for (size_t i = 0; i <= n; i++) {
        bool strays = i < n && fit[i] >= 0 && fit[i] < STRAY * usual;

        if (strays && begun == n)
            begun = i;
        if (strays || begun == n)
            continue;
        if (i - begun >= STRAY_WINDOWS &&
            (double)((i - 1 - begun) * WINDOW_STEP + WINDOW) / SOUND_FPS >
                ret->stray_to - ret->stray_from) {
            ret->stray_from = (double)(begun * WINDOW_STEP) / SOUND_FPS;
            ret->stray_to =
                (double)((i - 1) * WINDOW_STEP + WINDOW) / SOUND_FPS;
        }
        begun = n;
    }
}

/* The share of the windows in which the set plays. */
static double
share_played(const struct tally *windows, size_t n)
{
    size_t played = 0;

    for (size_t i = 0; i < n; i++)
        played += windows[i].notes > 0;
    return n > 0 ? (double)played / (double)n : 1;
}

size_t
align_notes(const struct align_place *at, const struct timeline *t,
            struct alignment *ret)
{
    size_t n = at->audio->n;
    size_t windows_n = n >= WINDOW ? (n - WINDOW) / WINDOW_STEP + 1 : 0;
    auto_free struct tally *windows = xcalloc(windows_n, sizeof(*windows));
    struct tally all = {0};
    double first;
    size_t moments = count(at, t, &all, windows, windows_n);

    ret->coverage = share(&all, &all);
    if (ret->coverage >= MOSTLY)
        find_stray(at, windows, windows_n, &all, ret);
    ret->played = share_played(windows, windows_n);
    ret->drift = -align_drift(at->audio, at->set, lround(at->frame), &first);
    /* The place fits the middle; if the audio drifts, the beginning is
     * elsewhere. */
    if (fabs(ret->drift) >= DRIFT_LEAST)
        ret->offset +=
            (first + (double)lround(at->frame) - at->frame) / SOUND_FPS;
    return moments;
}
