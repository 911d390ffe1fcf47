/*
 * Where the faders and switches between a track and the speakers stand over
 * the song: its own, those of the groups around it and of the main track.
 */
#ifndef ALS_MIX_H
#define ALS_MIX_H

#include "als/play.h"
#include "als/set.h"

#define ALS_MIX_LANES 34 /* deeper groups are not asked */

struct als_mix {
    const struct als_set *set;
    int lane_count;
    struct {
        const struct als_envelope *moves; /* NULL: the fader stands */
        double stands;
    } lanes[ALS_MIX_LANES];
    /* Where the track cannot be heard: switched off, or a fader at the
     * bottom. Sorted, apart from each other; the last may have no end. */
    ALS_LIST(struct als_span) silences;
};

/* automated false: as all stood when the set was saved; a set that is played
 * as scenes has no automation. Release after; the set must outlive it. */
void als_mix_init(struct als_mix *m, const struct als_set *set, size_t track,
                  bool automated);
void als_mix_release(struct als_mix *m);

/* All faders at a beat, multiplied: linear, 1 = 0 dB. */
double als_mix_fader(const struct als_mix *m, double beat);

#define auto_als_mix auto_cleanup(als_mix_release)

#endif
