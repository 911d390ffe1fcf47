/* Notes against the beat; see offbeat.h. */
#include "music/offbeat.h"

#include <math.h>
#include <stdbool.h>

#define NEAR 0.06 /* beats: a note this close to a beat is on it */

static bool
is_on(double beat)
{
    return fabs(beat - round(beat)) <= NEAR;
}

/* Whether any note begins on this beat; i is one within a beat of it. */
static bool
strikes(const double *beats, size_t n, size_t i, double beat)
{
    while (i > 0 && beats[i - 1] >= beat - NEAR)
        i--;
    while (i < n && beats[i] < beat - NEAR)
        i++;
    return i < n && beats[i] <= beat + NEAR;
}

double
offbeat_share(const double *beats, size_t n)
{
    size_t off = 0;

    for (size_t i = 0; i < n; i++)
        off += !is_on(beats[i]) && !(strikes(beats, n, i, floor(beats[i])) &&
                                     strikes(beats, n, i, ceil(beats[i])));
    return n > 0 ? (double)off / (double)n : 0;
}
