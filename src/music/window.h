/*
 * A track cut into windows for a trainer: whole bars of the set, as long as
 * they can be under a maximum, at places where a section begins or what
 * sounds changes; and what sounds in each. Without a sure alignment nothing
 * is known of when what sounds: then the cuts go by the audio's own clock.
 */
#ifndef MUSIC_WINDOW_H
#define MUSIC_WINDOW_H

#include <stdbool.h>
#include <stddef.h>

#include "music/timeline.h"

#define WINDOW_MAX_SEC 30.0
#define WINDOW_MIN_SEC 10.0

struct window_rule {
    double max_sec; /* no window is longer; a window of just that length is
                     * taken (16 bars at 128 BPM are 30 s) */
    double min_sec; /* a rest that is shorter joins its neighbor... */
    bool drop;      /* ...or is left out, as some trainers do */
};

struct window_cut {
    double start_sec; /* in the audio */
    double end_sec;
    double start_bar; /* of the set, from 1; NaN: not aligned. 4.5 where the
                       * audio begins in the middle of bar 4 */
    double bars;      /* NaN: not aligned */
};

struct window_cuts {
    struct window_cut *v;
    size_t n;
};
void window_cuts_release(struct window_cuts *c);
#define auto_window_cuts auto_cleanup(window_cuts_release)

/*
 * t NULL: not aligned. offset: where in the set, in seconds, the audio begins
 * (negative: it begins with silence). sections: beats at which one begins,
 * sorted.
 *
 * - Silence before the first bar that sounds is in no window.
 * - Audio that begins in the middle of a bar (a pickup) begins its first
 *   window there, if anything sounds before the bar line, else at the line.
 * - A bar longer than the maximum is cut at its beats.
 * - Bars go on behind the set's end with its last tempo and meter; what rings
 *   on after the last whole bar belongs to the last window, if it has room.
 * - Audio shorter than the minimum is one window, or with `drop` none.
 */
void window_cut(const struct timeline *t, double offset, double audio_sec,
                const double *sections, size_t n_sections,
                const struct window_rule *rule, struct window_cuts *ret);

#endif
