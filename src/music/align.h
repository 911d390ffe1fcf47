/*
 * Aligns a bounce with its set's timeline: where in the set the audio begins,
 * and how sure it is that the audio is the set's at all. The times at which
 * notes begin are slid along the onsets heard in the audio, in four streams
 * (low, middle, high, all); the best places are compared with the pitch
 * classes, beat by beat.
 *
 * score: similarity of the onsets plus that of the pitch classes if it is
 * positive; not limited to 1. How high it must be, and what else must hold:
 * docs/audio.md.
 */
#ifndef MUSIC_ALIGN_H
#define MUSIC_ALIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "music/sound.h"
#include "music/timeline.h"

enum align_verdict {
    ALIGN_SAME,    /* it is this set, from the offset on */
    ALIGN_ANOTHER, /* it is not this set */
    ALIGN_UNSURE,
    ALIGN_TOO_LITTLE,  /* too few notes in the set to decide */
    ALIGN_NO_TIMELINE, /* the summary is older than timelines */
};

/* How the place was found. */
enum align_by {
    ALIGN_BY_NOTHING,  /* it is unknown */
    ALIGN_BY_NOTES,    /* the notes may prove it: see the verdict */
    ALIGN_BY_LOUDNESS, /* by how many tracks sound: the place to about a
                        * second if the audio is the set's, but no proof that
                        * it is */
};

struct alignment {
    enum align_verdict verdict;
    enum align_by by;
    double offset; /* seconds into the set at which the audio begins;
                    * negative: it begins with something else, or silence */
    double score;
    double margin;   /* how far the score is above the next best place's */
    double coverage; /* 0 to 1: the share of the set's notes in that stretch
                      * that are heard, corrected for chance */
    double played;   /* 0 to 1: the share of the audio in which the set plays */
    int start_bar;   /* counted from 1 */
    double drift;    /* how much slower the audio is than the set: 0.001 */
    /* The longest stretch of the audio, in seconds, in which what the set plays
     * is not heard although most of the rest is; both 0 if there is none. */
    double stray_from;
    double stray_to;
    double end; /* seconds into the set at which its last clip ends */
};

/* Audio prepared for comparison with many sets; for one thread. Borrows the
 * sound. */
struct align;
struct align *align_open(const struct sound *s);
void align_close(struct align *a);

/* t NULL: ALIGN_NO_TIMELINE. Takes 0.8 ms of CPU on average, 2.7 at most, and
 * more for the first set of each length (docs/audio.md). thorough: also tries
 * audio that runs up to one percent faster or slower, which takes nine times as
 * long. */
void align_with(struct align *a, const struct timeline *t, bool thorough,
                struct alignment *ret);

/* "notes", "loudness"; NULL: the place is unknown. */
const char *align_by_name(enum align_by by);

/* "same", "another", "unsure", "too_little", "no_timeline". */
const char *align_verdict_name(enum align_verdict verdict);

AUTO_DEFINE(auto_align_p, struct align *, align_close)
#define auto_align auto_cleanup(auto_align_p)

#endif
