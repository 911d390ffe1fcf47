/*
 * The set's summary reduced to one window: what sounds there and nothing else.
 * Any reader of a summary (facts.h, and through it every writer of captions)
 * then describes the window by the same rules and in the same words as the
 * whole, and only what sounds in it.
 */
#ifndef MUSIC_WINDOW_SUMMARY_H
#define MUSIC_WINDOW_SUMMARY_H

#include <json-c/json.h>

#include "music/timeline.h"

struct sound; /* of music/sound.h */

/*
 * from, to: seconds of the set. The caller puts the summary. A track sounds in
 * the window if it does so for 4 s or a quarter of it and, if it has notes, one
 * of them is played or held there. Of a kit, the pieces that are hit at least
 * twice stay. Tempo, length, sections, the patterns of kick and hi-hats, and
 * the numbers of `midi` are the window's own. heard: the audio; the window
 * begins `at` seconds into it. NULL: unknown. Instruments that the audio
 * contradicts (a kick or a bass with nothing below 130 Hz, hats with nothing
 * above 5 kHz) are left out, and their names go to *ret_contradicted, an array
 * that the caller puts; it may be empty.
 */
json_object *window_summary(json_object *summary, const struct timeline *t,
                            double from, double to, const struct sound *heard,
                            double at, json_object **ret_contradicted);

/*
 * For audio whose place in the set is unknown: a summary of what holds at any
 * moment. It keeps tempo and meter if they never change, and the tracks and kit
 * pieces that sound in each 10 s of the set. t NULL: no track is known to.
 * summary NULL: nothing holds. The caller puts it.
 */
json_object *window_summary_throughout(json_object *summary,
                                       const struct timeline *t);

/* "four-on-floor" if a kick falls on nine of ten quarter notes in from..to and
 * hardly anywhere else; otherwise NULL. */
const char *window_kick(const struct timeline *t, double from, double to);

#endif
