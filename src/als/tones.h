/*
 * Applies the MIDI devices before the instrument: the pitches that sound are
 * not always those in the clip.
 */
#ifndef ALS_TONES_H
#define ALS_TONES_H

#include "als/play.h"

/* Put the track's hits, which are the last ones of the play, through its
 * devices: Pitch moves them, Chord adds to them, Scale maps them; Random and
 * the like make the part unsure. -1 with ERR_NOT_ALS if chords make more than
 * `max` notes. */
int als_tones(const struct als_set *set, size_t track, struct als_play *play,
              size_t max, struct err *err);

#endif
