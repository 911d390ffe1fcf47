/* Tempo and meter as they are felt; see tempo.h. */
#include "music/tempo.h"

#include <math.h>
#include <stddef.h>

#define SLOWEST 60
#define FASTEST 200
#define UNIT_MAX 32

double
tempo_plausible(double bpm)
{
    return bpm >= 10 && bpm <= 1000 ? bpm : 0;
}

/* The bar lasts as long as before, its beats twice as long. */
static void
halve(int *beats, int *unit)
{
    if (*beats % 2 == 0)
        *beats /= 2;
    else if (*unit < UNIT_MAX)
        *unit *= 2;
}

static void
twice(int *beats, int *unit)
{
    if (*unit > 4)
        *unit /= 2;
    else
        *beats *= 2;
}

double
tempo_felt(double bpm, int *beats, int *unit)
{
    int b = 4, u = 4;

    if (beats == NULL || unit == NULL) {
        beats = &b;
        unit = &u;
    }
    for (; bpm > FASTEST; bpm /= 2)
        halve(beats, unit);
    for (; bpm > 0 && bpm < SLOWEST; bpm *= 2)
        twice(beats, unit);
    return round(bpm);
}
