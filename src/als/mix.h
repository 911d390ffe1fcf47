/*
 * The positions, over the song, of the faders and switches between a track and
 * the speakers: its own, those of its groups and of the main track.
 */
#ifndef ALS_MIX_H
#define ALS_MIX_H

#include "als/play.h"
#include "als/set.h"

#define ALS_MIX_LANES 34 /* deeper groups are ignored */

struct als_mix {
    const struct als_set *set;
    int lane_count;
    struct {
        const struct als_envelope *moves; /* NULL: the fader does not move */
        double stands;
    } lanes[ALS_MIX_LANES];
    /* When the track cannot be heard: it is switched off, or a fader is at the
     * bottom. Sorted, not overlapping; the last one may have no end. */
    ALS_LIST(struct als_span) silences;
};

/* automated false: use the positions saved with the set; a set that is played
 * as scenes has no automation. Release it afterwards; the set must outlive
 * it. */
void als_mix_init(struct als_mix *m, const struct als_set *set, size_t track,
                  bool automated);
void als_mix_release(struct als_mix *m);

/* All faders at a beat, multiplied; linear, 1 = 0 dB. */
double als_mix_fader(const struct als_mix *m, double beat);

#define auto_als_mix auto_cleanup(als_mix_release)

#endif
