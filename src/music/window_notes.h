/* The notes of one window; within music/ only. */
#ifndef MUSIC_WINDOW_NOTES_H
#define MUSIC_WINDOW_NOTES_H

#include <json-c/json.h>
#include <stdbool.h>

#include "music/timeline.h"

/* A track's `midi` with the numbers of this window (seconds of the set) instead
 * of the whole track's: notes, pitches, register, length, polyphony and motion.
 * Notes held into the window count. The caller puts it. */
json_object *window_midi(json_object *midi, const struct timeline *t,
                         const struct timeline_track *track, double from,
                         double to);

/* "off-beat", "quarter", "eighth", "sixteenth" if nine of ten hi-hats of the
 * window are on that grid and there are enough of them; otherwise NULL. */
const char *window_hats(const struct timeline *t, double from, double to);

/* Whether any of these tracks of a summary may play hi-hats unseen. */
bool window_hats_hidden(const struct timeline *t, json_object *tracks);

/* Whether a note sounds in from..to (seconds), or none in the whole set: a key
 * that notes state is not heard without them. */
bool window_has_tones(const struct timeline *t, double from, double to);

#endif
