/*
 * What a set says of one window of it: its summary again, with what sounds
 * there and nothing else. Whoever reads a summary (facts.h, and through it
 * every writer of captions) then speaks of the window by the same rules and
 * in the same words as of the whole, and only of what sounds in it.
 */
#ifndef MUSIC_WINDOW_SUMMARY_H
#define MUSIC_WINDOW_SUMMARY_H

#include <json-c/json.h>

#include "music/timeline.h"

struct sound; /* of music/sound.h */

/*
 * from, to: seconds of the set. The caller puts the summary.
 *
 * A track sounds in the window where it does for 4 s or a quarter of it, and,
 * if it has notes, any of them is played or held there. Of a kit those pieces
 * stay that are hit twice or more. Tempo, length, sections, what kick and
 * hi-hats play, and the numbers of `midi` are the window's own.
 *
 * heard: the audio, at `at` seconds of which the window begins; NULL: unknown.
 * What it contradicts (a kick or a bass, and nothing lies below 130 Hz; hats,
 * and nothing above 5 kHz) is left out, and its names go to *ret_contradicted,
 * an array that the caller puts; empty: nothing is.
 */
json_object *window_summary(json_object *summary, const struct timeline *t,
                            double from, double to, const struct sound *heard,
                            double at, json_object **ret_contradicted);

/*
 * For audio of which it is not known where in the set it lies: a summary of
 * what holds at any moment. Of tempo and meter what never changes; of the
 * tracks and their pieces what sounds in each 10 s of the set. t NULL: no
 * track is known to. summary NULL: nothing holds. The caller puts it.
 */
json_object *window_summary_throughout(json_object *summary,
                                       const struct timeline *t);

/* "four-on-floor" where a kick falls on nine of ten quarter notes from..to
 * and hardly anywhere else; NULL: another one, or none. */
const char *window_kick(const struct timeline *t, double from, double to);

#endif
