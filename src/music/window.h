/*
 * Cuts a track into windows for a trainer: whole bars of the set, as long as
 * possible under a maximum, at places where a section begins or where what
 * sounds changes. Without a sure alignment it is unknown what sounds when, so
 * the cuts follow the audio's own clock.
 */
#ifndef MUSIC_WINDOW_H
#define MUSIC_WINDOW_H

#include <stdbool.h>
#include <stddef.h>

#include "music/timeline.h"

#define WINDOW_MAX_SEC 30.0
#define WINDOW_MIN_SEC 10.0

struct window_rule {
    double max_sec; /* no window is longer; a window of exactly this length
                     * is taken (16 bars at 128 BPM are 30 s) */
    double min_sec; /* a shorter rest joins its neighbor... */
    bool drop;      /* ...or is left out, as some trainers do */
};

struct window_cut {
    double start_sec; /* in the audio */
    double end_sec;
    double start_bar; /* of the set, from 1; NaN: not aligned. 4.5 if the
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
 * t NULL: not aligned. offset: seconds into the set at which the audio begins
 * (negative: it begins with silence). sections: the beats at which sections
 * begin, sorted.
 * - Silence before the first bar that sounds is in no window.
 * - If audio begins in the middle of a bar (a pickup), its first window begins
 *   there if anything sounds before the bar line, otherwise at the bar line.
 * - A bar longer than the maximum is cut at its beats.
 * - Bars go on after the set's end with its last tempo and meter; a tail after
 *   the last whole bar belongs to the last window, if it fits.
 * - Audio shorter than the minimum is one window, or none with `drop`.
 */
void window_cut(const struct timeline *t, double offset, double audio_sec,
                const double *sections, size_t n_sections,
                const struct window_rule *rule, struct window_cuts *ret);

#endif
