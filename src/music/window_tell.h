/*
 * All it takes to caption a track in windows: where it is cut, and what may be
 * said of any stretch of its audio. The one place that knows both the clock of
 * the audio and that of the set.
 */
#ifndef MUSIC_WINDOW_TELL_H
#define MUSIC_WINDOW_TELL_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/auto.h"
#include "music/window.h"

struct window_track {
    json_object *summary; /* of its set; an empty object if it has none */
    bool foreign;         /* the audio is not this set's: none of its facts
                           * hold */
    bool placed;          /* the audio surely is the set's, and is placed at: */
    double offset;        /* seconds into the set at which the audio begins */
    double drift;         /* how much slower than the set it is: 0.001 */
    double audio_sec;
    const char *sound; /* what it sounds like (music/sound.h); or NULL */
};

struct window_told {           /* what is known of one stretch */
    double start_bar;          /* of the set, from 1; NaN: unknown */
    double bars;               /* NaN likewise */
    char *section;             /* where most of it is; NULL: none */
    json_object *summary;      /* of what may be said, for facts.h */
    json_object *contradicted; /* names of what the audio does not contain */
    json_object *first, *last; /* of its first and last quarter; NULL: it is
                                * unknown what sounds when */
    double energy_db;          /* relative to all of the audio; NaN: unknown, or
                                * silent */
    bool silent;               /* the audio is silent there */
};
void window_told_release(struct window_told *t);
#define auto_window_told auto_cleanup(window_told_release)

struct window_teller;

/* The summary is borrowed until the teller is closed; the rest is copied. */
struct window_teller *window_teller_open(const struct window_track *track);
void window_teller_close(struct window_teller *w);

/* Whether it knows what sounds when. If not, all stretches are described alike,
 * with only what holds for the whole track. */
bool window_teller_knows(const struct window_teller *w);

void window_teller_cut(const struct window_teller *w,
                       const struct window_rule *rule, struct window_cuts *ret);

/* Where bars of the set are in the audio, in seconds; false if they are not in
 * it, or if that is unknown. */
bool window_teller_place(const struct window_teller *w, double start_bar,
                         double bars, double *ret_from, double *ret_to);

/* from, to: seconds of the audio. */
void window_teller_tell(const struct window_teller *w, double from, double to,
                        struct window_told *ret);

AUTO_DEFINE(auto_window_teller_p, struct window_teller *, window_teller_close)
#define auto_window_teller auto_cleanup(auto_window_teller_p)

#endif
