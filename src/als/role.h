/*
 * What part a track has in the music, and what says so.
 */
#ifndef ALS_ROLE_H
#define ALS_ROLE_H

#include "als/play.h"
#include "als/set.h"

enum als_role {
    ALS_ROLE_NONE, /* nothing says what it is */
    ALS_KICK,
    ALS_SNARE,
    ALS_HAT,
    ALS_PERCUSSION,
    ALS_DRUMS,
    ALS_BASS,
    ALS_LEAD,
    ALS_PAD,
    ALS_CHORDS,
    ALS_KEYS,
    ALS_PIANO,
    ALS_ORGAN,
    ALS_GUITAR,
    ALS_STRINGS,
    ALS_BRASS,
    ALS_WIND,
    ALS_VOCAL,
    ALS_ARP,
    ALS_PLUCK,
    ALS_FX,
    ALS_LOOP,
    ALS_ROLE_COUNT,
};

enum als_evidence {
    ALS_BY_NOTHING,
    ALS_BY_TRACK_NAME,
    ALS_BY_DRUM_RACK,
    ALS_BY_PRESET,
    ALS_BY_DEVICE,
    ALS_BY_SAMPLE,
    ALS_BY_CLIP_NAME,
    ALS_BY_GROUP_NAME,
    ALS_BY_NOTES,
};

/* Numbers about the notes that a track sounds. */
struct als_stats {
    size_t notes;
    int pitch_min; /* MIDI numbers, 60 = middle C */
    int pitch_max;
    int pitch_median;
    int pitches; /* distinct */
    double polyphony_mean; /* while it sounds */
    int polyphony_max;
    double velocity_mean;
    double velocity_deviation;
    double length_mean; /* beats */
    const char *grid;   /* "1/4" ... "1/32", "1/8T", "1/16T", "free" */
};

struct als_role_guess {
    enum als_role role;
    enum als_evidence evidence;
    double confidence; /* 0 to 1 */
    char said[ALS_TEXT_MAX + 1]; /* the words it was read from, or "" */
};

void als_stats_of(const struct als_play *play, size_t track,
                  struct als_stats *ret_stats);

void als_role_guess(const struct als_set *set, const struct als_play *play,
                    size_t track, const struct als_stats *stats,
                    struct als_role_guess *ret_guess);

const char *als_role_name(enum als_role role);         /* "bass"; "other" */
const char *als_evidence_name(enum als_evidence from); /* "trackName" */
bool als_role_is_drums(enum als_role role);

/* The role that a word in the text names, or ALS_ROLE_NONE. Case is no
 * matter; Latin words count whole, others also within a text. */
enum als_role als_role_in(const char *text);

#endif
