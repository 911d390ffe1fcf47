/* Tempo and meter of one window; within music/ only. */
#ifndef MUSIC_WINDOW_CLOCK_H
#define MUSIC_WINDOW_CLOCK_H

#include <json-c/json.h>

#include "music/timeline.h"

/* `tempo` of a summary for from..to (seconds of the set). whole: that of the
 * set; tracks: those that sound in the window, because where nothing does,
 * nothing follows the tempo. The caller puts it. */
json_object *window_tempo(const struct timeline *t, double from, double to,
                          json_object *whole, json_object *tracks);

/* `meter` at `from`. The caller puts it. */
json_object *window_meter(const struct timeline *t, double from);

#endif
