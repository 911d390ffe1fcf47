/* Whether notes keep to a beat; see onsets.h. */
#include "als/onsets.h"

#include <math.h>

#include "music/tempo.h"

#define SAME 0.01    /* beats between onsets that are one */
#define EXACT 0.005  /* beats from a line: drawn or quantized */
#define PHASES 480   /* of one beat, that are told apart */
#define PLAYED_MIN 8 /* different phases, if none is exact */
#define PLAYED_MANY 16

/* From the nearest line. */
static double
distance(double beat, double grid)
{
    double off = fmod(beat, grid);

    return fmin(off, grid - off);
}

/* What the mean distance of these phases is, of what chance would make it. */
static double
by_chance(const bool phases[PHASES], size_t n, double grid)
{
    double sum = 0;

    for (int i = 0; i < PHASES; i++)
        if (phases[i])
            sum += distance((double)i / PHASES, grid);
    return sum / (double)n / (grid / 4);
}

/* Lines of what people play, in beats. */
static const double grids[] = {1, 0.5, 1.0 / 3, 0.25, 1.0 / 6};

/* Whether the phases are nearer to the lines of a grid than chance allows: the
 * fewer they are, the nearer. Repeated ones show nothing, so each counts
 * once. */
static bool
is_played_to(const bool phases[PHASES])
{
    size_t n = 0;

    for (int i = 0; i < PHASES; i++)
        n += phases[i];
    if (n < PLAYED_MIN)
        return false;
    for (size_t g = 0; g < sizeof grids / sizeof grids[0]; g++)
        if (by_chance(phases, n, grids[g]) <= (n < PLAYED_MANY ? 0.35 : 0.6))
            return true;
    return false;
}

/* Whether a set counts too fast to be felt. Its tempo is then halved, which
 * only whole beats can show: it may as well be a third. */
static bool
is_halved(double bpm)
{
    return tempo_felt(bpm, NULL, NULL) < bpm - 1;
}

static bool
is_exact(double beat, double bpm)
{
    if (is_halved(bpm))
        return distance(beat, 1) <= EXACT;
    return distance(beat, 0.25) <= EXACT || distance(beat, 1.0 / 3) <= EXACT ||
           distance(beat, 1.0 / 6) <= EXACT;
}

enum als_onsets
als_onsets_judge(const struct als_hit *hits, size_t n, double bpm,
                 size_t *ret_onsets)
{
    bool phases[PHASES] = {false};
    double last = -1;
    size_t onsets = 0, exact = 0;

    for (size_t i = 0; i < n; i++) {
        double beat = hits[i].time;

        if (beat - last < SAME)
            continue;
        last = beat;
        onsets++;
        exact += is_exact(beat, bpm);
        phases[lrint(fmod(beat, 1) * PHASES) % PHASES] = true;
    }
    *ret_onsets = onsets;
    if (onsets < ALS_ONSETS_MIN)
        return ALS_ONSETS_FEW;
    if (exact * 3 >= onsets * 2)
        return ALS_ONSETS_FOLLOW;
    return !is_halved(bpm) && is_played_to(phases) ? ALS_ONSETS_FOLLOW
                                                   : ALS_ONSETS_FREE;
}
