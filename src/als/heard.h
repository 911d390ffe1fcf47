/*
 * What of a track's notes and stretches is heard behind its faders, switches
 * and outputs.
 */
#ifndef ALS_HEARD_H
#define ALS_HEARD_H

#include "als/play.h"

/* Take from the track, whose stretches are the last ones of the play, all that
 * its mix hides. */
void als_leave_heard(const struct als_set *set, size_t track,
                     struct als_play *play);

#endif
