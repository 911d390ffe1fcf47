/*
 * A bounce on its set's timeline: where in the set the audio begins, and how
 * sure it is that it is the set's at all. When each note begins is slid over
 * when something is heard to begin, in four streams (low, middle, high, all);
 * the best places are held against the pitch classes, beat by beat.
 *
 * score: likeness of the onsets plus that of the pitch classes, where it is
 * positive; not bounded by 1. The thresholds were measured on 24 true pairs
 * and 14,370 false ones: docs/audio.md.
 */
#ifndef MUSIC_ALIGN_H
#define MUSIC_ALIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "music/sound.h"
#include "music/timeline.h"

enum align_verdict {
    ALIGN_SAME,    /* it is this set, from that place on */
    ALIGN_ANOTHER, /* it is not */
    ALIGN_UNSURE,
    ALIGN_TOO_LITTLE,  /* too few notes in the set to tell by */
    ALIGN_NO_TIMELINE, /* the set was read before there were timelines */
};

/* What the place was found by. */
enum align_by {
    ALIGN_BY_NOTHING,  /* it is not known */
    ALIGN_BY_NOTES,    /* it may be proved by them: see the verdict */
    ALIGN_BY_LOUDNESS, /* by how many tracks sound: a place to about a second,
                        * if it is the set's audio, and no proof that it is */
};

struct alignment {
    enum align_verdict verdict;
    enum align_by by;
    double offset; /* where in the set, in seconds, the audio begins;
                    * negative: it begins with something else, or silence */
    double score;
    double margin;   /* of the score, to the next best place in the set */
    double coverage; /* 0 to 1: the set's notes in that stretch that are
                      * heard, chance taken out */
    double played;   /* 0 to 1: the audio's stretches in which the set plays */
    int start_bar;   /* counted from 1 */
    double drift;    /* the audio is so much slower than the set: 0.001 */
    /* The longest stretch of the audio, in seconds, in which what the set
     * plays is not heard while most of the rest is; none: both 0. */
    double stray_from;
    double stray_to;
    double end; /* of the set, in seconds: where its last clip ends */
};

/* Audio as it is held against many sets; used by one thread. The sound is
 * borrowed. */
struct align;
struct align *align_open(const struct sound *s);
void align_close(struct align *a);

/* t NULL: ALIGN_NO_TIMELINE. 0.8 ms of CPU on the mean, 2.7 at most, and more
 * for the first set of a length (docs/audio.md).
 * thorough: audio that runs up to one percent faster or slower is tried too,
 * which takes nine times as long. */
void align_with(struct align *a, const struct timeline *t, bool thorough,
                struct alignment *ret);

/* "notes", "loudness"; NULL: by nothing. */
const char *align_by_name(enum align_by by);

/* "same", "another", "unsure", "too_little", "no_timeline". */
const char *align_verdict_name(enum align_verdict verdict);

AUTO_DEFINE(auto_align_p, struct align *, align_close)
#define auto_align auto_cleanup(auto_align_p)

#endif
