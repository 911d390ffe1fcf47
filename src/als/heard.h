/*
 * What of a track's notes and stretches can be heard after its faders, switches
 * and outputs.
 */
#ifndef ALS_HEARD_H
#define ALS_HEARD_H

#include "als/play.h"

/* Remove everything that the track's mix hides. Its stretches must be the last
 * ones of the play. */
void als_leave_heard(const struct als_set *set, size_t track,
                     struct als_play *play);

/* Set `doubtful` of all parts. */
void als_find_doubtful(const struct als_set *set, struct als_play *play);

/* Set `faint` of all parts, once they are played; what is faint is doubtful. */
void als_find_faint(const struct als_set *set, struct als_play *play);

#endif
