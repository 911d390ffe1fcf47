/* What the notes of one window are like; within music/ only. */
#ifndef MUSIC_WINDOW_NOTES_H
#define MUSIC_WINDOW_NOTES_H

#include <json-c/json.h>

#include "music/timeline.h"

/* A track's `midi` with the numbers of this window (seconds of the set) in the
 * place of the whole track's: notes, pitches, register, length, polyphony and
 * motion. What is held into it counts. The caller puts it. */
json_object *window_midi(json_object *midi, const struct timeline *t,
                         const struct timeline_track *track, double from,
                         double to);

/* "off-beat", "quarter", "eighth", "sixteenth" where nine of ten hi-hats of
 * the window lie so and they are that many; NULL: none of them. */
const char *window_hats(const struct timeline *t, double from, double to);

#endif
