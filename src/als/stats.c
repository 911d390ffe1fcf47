/* Numbers about the notes of a track that sound; see role.h. */
#include "als/role.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "music/spacing.h"

#define ON_GRID 0.02 /* beats from a line that still count as on it */
#define MOST 0.9     /* of the notes, before a grid is the track's */

static int
by_number(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The most notes at once, and the mean over the time with any. */
static void
polyphony(const struct als_hit *hits, size_t n, struct als_stats *s)
{
    auto_free double *ends = xcalloc(n, sizeof *ends);
    double total = 0, sounding = 0, until = -1;
    size_t ended = 0;

    for (size_t i = 0; i < n; i++) {
        double from = fmax(hits[i].time, until);

        ends[i] = hits[i].time + hits[i].length;
        total += hits[i].length;
        until = fmax(until, ends[i]);
        sounding += fmax(0, until - from);
    }
    qsort(ends, n, sizeof ends[0], by_number);
    for (size_t i = 0; i < n; i++) {
        while (ended < i && ends[ended] <= hits[i].time + 1e-6)
            ended++;
        if ((int)(i + 1 - ended) > s->polyphony_max)
            s->polyphony_max = (int)(i + 1 - ended);
    }
    for (size_t i = 0; i < n; i++)
        ends[i] = hits[i].length;
    qsort(ends, n, sizeof ends[0], by_number);
    s->length_low = ends[n / 10];
    s->length_median = ends[n / 2];
    s->length_high = ends[n - 1 - n / 10];
    for (size_t i = 0; i < n; i++)
        ends[i] = hits[i].time;
    s->spacing_median = spacing_median(ends, n);
    s->polyphony_mean = sounding > 0 ? total / sounding : 1;
    s->length_mean = total / (double)n;
}

/* The pitch classes at a time, in the mean over the time with any note: octaves
 * are one. */
static double
classes(const struct als_hit *hits, size_t n)
{
    double total = 0, sounding = 0, until = -INFINITY;
    double until_of[12];

    for (size_t i = 0; i < 12; i++)
        until_of[i] = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        double end = hits[i].time + hits[i].length;
        double *of = &until_of[hits[i].pitch % 12];

        total += fmax(0, end - fmax(hits[i].time, *of));
        sounding += fmax(0, end - fmax(hits[i].time, until));
        *of = fmax(*of, end);
        until = fmax(until, end);
    }
    return sounding > 0 ? total / sounding : 1;
}

static const char *
grid_of(const struct als_hit *hits, size_t n)
{
    static const struct {
        const char *name;
        double beats;
    } grids[] = {{"1/4", 1},     {"1/8", 0.5},       {"1/8T", 1.0 / 3},
                 {"1/16", 0.25}, {"1/16T", 1.0 / 6}, {"1/32", 0.125}};

    for (size_t g = 0; g < sizeof grids / sizeof grids[0]; g++) {
        size_t on = 0;

        for (size_t i = 0; i < n; i++) {
            double off = fmod(hits[i].time, grids[g].beats);

            on += fmin(off, grids[g].beats - off) <= ON_GRID;
        }
        if ((double)on >= MOST * (double)n)
            return grids[g].name;
    }
    return "free";
}

void
als_stats_of(const struct als_play *play, size_t track,
             struct als_stats *ret_stats)
{
    const struct als_part *part = &play->parts[track];
    const struct als_hit *hits = als_from(play->hits, part->hit_first);
    struct als_stats s = {.notes = part->hit_count, .grid = "free"};
    size_t per_pitch[128] = {0};
    size_t seen = 0;
    double sum = 0, squares = 0;

    *ret_stats = s;
    if (s.notes == 0)
        return;
    s.pitch_min = 127;
    for (size_t i = 0; i < s.notes; i++) {
        per_pitch[hits[i].pitch & 127]++;
        sum += hits[i].velocity;
        squares += hits[i].velocity * hits[i].velocity;
    }
    for (int p = 0; p < 128; p++) {
        if (per_pitch[p] == 0)
            continue;
        s.pitch_min = s.pitches == 0 ? p : s.pitch_min;
        s.pitch_max = p;
        s.pitches++;
        if (seen * 2 < s.notes)
            s.pitch_median = p;
        seen += per_pitch[p];
    }
    s.velocity_mean = sum / (double)s.notes;
    s.velocity_deviation = sqrt(
        fmax(0, squares / (double)s.notes - s.velocity_mean * s.velocity_mean));
    polyphony(hits, s.notes, &s);
    s.classes_mean = classes(hits, s.notes);
    s.grid = grid_of(hits, s.notes);
    *ret_stats = s;
}
