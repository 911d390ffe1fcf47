/* Shared by part.c and part_*.c; within music/ only. */
#ifndef MUSIC_PART_PARTS_H
#define MUSIC_PART_PARTS_H

#include "music/part.h"

#define MONO 1.3      /* mean polyphony of a single line */
#define SEVERAL 1.7   /* notes at a time, on average, make no single line */
#define PART_CHORDS 3 /* notes at a time, on average */
#define HELD 2        /* beats that notes last, on average: they are not hit */
#define BASS_MAX                                                               \
    55 /* G3: the median of a bass that only a preset names is                 \
        * below this */

/* A judgment in progress. */
struct judge {
    const struct part_hints *h;
    bool typed; /* a person chose the track's name */
    struct part *p;
    struct word_set weak; /* what it plays, by the names read so far */
    enum evidence weak_evidence;
    const char *weak_from;
    const char *weak_said;
    int weak_unknown; /* words beside it that nobody knows */
    bool voice;       /* a name mentions a voice */
    bool number_808;
    bool verse;               /* recorded, and called a verse */
    int device;               /* row of the first device that we know, or -1 */
    struct word_set imitated; /* what a synthesizer is called */
};

bool part_has_word(const struct part *p, int row);
/* Adds each word once; rows that captions never say are left out. */
void part_add_word(struct judge *j, int row, enum evidence evidence);
/* The first role that is set stays. */
void part_set_role(struct judge *j, const char *role, enum evidence evidence,
                   const char *from, const char *said);
bool part_is_drum(int row);
bool part_has_weak(const struct judge *j, const char *name);
/* Read one name, or all. True once something that sounds is known. */
bool part_take_name(struct judge *j, const char *name, enum evidence evidence,
                    const char *from);
bool part_take_names(struct judge *j, const struct strs *list,
                     enum evidence evidence, const char *from);
/* The group's name, unless the recording's own contradicts it; effects only if
 * the track's own name says so. */
bool part_take_group(struct judge *j);

/* Whether its first known instrument is a synthesizer. */
bool part_only_synths(const struct judge *j);

/* Whether it is an instrument of wood, metal or strings, other than drums,
 * which synthesizers imitate. */
bool part_is_acoustic(int row);
/* Whether it is a synthesizer, but no model of strings or bodies. */
bool part_synthesizes(const struct judge *j);
/* Drop what a synthesizer or a model only imitates, and add it at the end as a
 * guess. */
void part_drop_imitated(struct judge *j);
void part_guess_imitated(struct judge *j);

/* Whether the notes, or chords, are above those of a bass. */
bool part_above_bass(const struct part_hints *h);

/* Whether what a name says it plays is not what the notes show. */
bool part_played_otherwise(const struct judge *j, const char *name);
/* Whether the instrument and its notes deny what the name of a track or group
 * says. */
bool part_denied(const struct judge *j, int row, const char *from);
/* Whether its notes are held. */
bool part_held(const struct part_hints *h);
/* Whether an instrument plays notes of several pitches. */
bool part_tuneful(const struct part_hints *h);
/* Whether a Simpler plays its sample so high or low, or so far up and down,
 * that it is another sound. */
bool part_far_from_root(const struct part_hints *h);
/* Drop what names say of other instruments and registers. */
void part_drop_beside(struct judge *j);

bool part_kit_plays(const struct judge *j);
void part_judge_kit(struct judge *j);

#endif
