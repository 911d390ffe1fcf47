/*
 * What part a track plays in the music: computes numbers about its notes and
 * passes everything known about it to music/part.h.
 */
#ifndef ALS_ROLE_H
#define ALS_ROLE_H

#include "als/play.h"
#include "als/set.h"
#include "music/part.h"

/* Numbers about the notes of a track that sound. */
struct als_stats {
    size_t notes;
    int pitch_min; /* MIDI numbers, 60 = middle C */
    int pitch_max;
    int pitch_median;
    int pitches;           /* distinct */
    double polyphony_mean; /* while it sounds */
    double classes_mean;   /* of pitches, likewise */
    int polyphony_max;
    double velocity_mean;
    double velocity_deviation;
    double length_mean; /* beats */
    double length_low;  /* a tenth of the notes are shorter */
    double length_median;
    double length_high;    /* a tenth are longer */
    double spacing_median; /* beats from note to note */
    const char *grid;      /* "1/4" ... "1/32", "1/8T", "1/16T", "free" */
};

void als_stats_of(const struct als_play *play, size_t track,
                  struct als_stats *ret_stats);

void als_part_of(const struct als_set *set, const struct als_play *play,
                 size_t track, const struct als_stats *stats,
                 struct part *ret_part);

#endif
