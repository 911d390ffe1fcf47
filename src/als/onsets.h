/*
 * Whether notes keep to the beat of a tempo, drawn or played.
 */
#ifndef ALS_ONSETS_H
#define ALS_ONSETS_H

#include <stddef.h>

#include "als/play.h"

#define ALS_ONSETS_MIN 8 /* fewer are on a grid, or off it, by chance */

enum als_onsets {
    ALS_ONSETS_FEW,    /* to be sure */
    ALS_ONSETS_FOLLOW, /* most are exact, or nearer to it than chance allows */
    ALS_ONSETS_FREE,
};

/* Of hits sorted by time. ret_onsets: how many there are, those at once as
 * one. */
enum als_onsets als_onsets_judge(const struct als_hit *hits, size_t n,
                                 double bpm, size_t *ret_onsets);

#endif
