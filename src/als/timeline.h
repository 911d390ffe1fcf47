/*
 * Converts beats to seconds by the tempo automation, and beats to bars by the
 * changes of time signature. Tempo is linear in beats between two events of its
 * automation, and jumps if two events share a time; a Bezier segment is cut
 * into short linear ones.
 */
#ifndef ALS_TIMELINE_H
#define ALS_TIMELINE_H

#include "als/set.h"
#include "base/err.h"

struct als_tempo_piece {
    double beat; /* start; the piece ends where the next one begins */
    double sec;
    double bpm;  /* at its beginning */
    double bpm2; /* at its end */
};

struct als_meter {
    double beat; /* where it begins */
    double bar;  /* bars before it */
    int numerator;
    int denominator;
};

struct als_timeline {
    ALS_LIST(struct als_tempo_piece)
    tempo; /* at least one; the first at
            * beat 0 */
    ALS_LIST(struct als_meter)
    meters;      /* at least one; the first at
                  * beat 0 */
    bool curved; /* some Bezier segment was approximated */
};

/* -1 with ERR_NOT_ALS for a tempo that Live cannot have. Release it in either
 * case. */
int als_timeline_init(struct als_timeline *t, const struct als_set *set,
                      struct err *err);
void als_timeline_release(struct als_timeline *t);

double als_seconds(const struct als_timeline *t, double beat); /* beat >= 0 */
double als_bars(const struct als_timeline *t, double beat);
double als_bpm_at(const struct als_timeline *t, double beat);

/* The piece of t->tempo that the beat is in; the first for beats before it. */
const struct als_tempo_piece *als_tempo_piece_at(const struct als_timeline *t,
                                                 double beat);

/* The tempo that lasts longest between 0 and the beat, to 0.01 BPM. */
double als_bpm_main(const struct als_timeline *t, double end_beat);

/* The share of that time, 0 to 1, with a tempo within 2 % of bpm. */
double als_bpm_share(const struct als_timeline *t, double end_beat, double bpm);

#define auto_als_timeline auto_cleanup(als_timeline_release)

#endif
