/*
 * How much of the music certain stretches of it are, each moment counted once.
 */
#ifndef ALS_COVERED_H
#define ALS_COVERED_H

#include <stdbool.h>
#include <stddef.h>

#include "als/play.h"
#include "base/auto.h"

struct als_covered {
    ALS_LIST(struct als_span) all;
    ALS_LIST(struct als_span) certain;
};

/* Something sounds from..to, in beats; certain: and it is one of those asked
 * for. */
void als_covered_add(struct als_covered *c, double from, double to,
                     bool certain);

/* Those asked for, 0 to 1 of all; 1 if nothing sounds. Sorts the stretches. */
double als_covered_share(struct als_covered *c);

void als_covered_release(struct als_covered *c);

#define auto_als_covered auto_cleanup(als_covered_release)

#endif
