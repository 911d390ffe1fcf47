/* Notes and their distances; see spacing.h. */
#include "music/spacing.h"

#include <stdlib.h>

#include "base/mem.h"

#define TOGETHER 0.05 /* beats from the first to another note of a chord */

static int
by_length(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double
spacing_median(const double *beats, size_t n)
{
    auto_free double *spaces = xcalloc(n + 1, sizeof(*spaces));
    size_t count = 0, first = 0;

    for (size_t i = 1; i < n; i++) {
        if (beats[i] - beats[first] <= TOGETHER)
            continue;
        spaces[count++] = beats[i] - beats[first];
        first = i;
    }
    qsort(spaces, count, sizeof(*spaces), by_length);
    return count > 0 ? spaces[count / 2] : 0;
}

bool
spacing_even(uint16_t grid)
{
    uint32_t twice = (uint32_t)grid << 16 | grid;
    int hits = __builtin_popcount(grid);

    return hits > 0 && 16 % hits == 0 && (twice >> 16 / hits & 0xffff) == grid;
}
