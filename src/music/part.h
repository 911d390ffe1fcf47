/*
 * What a track is in the music, judged by what we know of it: the names that
 * people gave, its instrument, its samples, its notes. The rules of evidence
 * are only here: als/ calls them as it writes a summary, and facts.h for
 * summaries that were written without an answer.
 */
#ifndef MUSIC_PART_H
#define MUSIC_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strs.h"
#include "music/evidence.h"
#include "music/words.h"

enum vocals {
    VOCALS_UNKNOWN,
    VOCALS_NO, /* every source that sounds is known not to be a voice */
    VOCALS_YES,
};

/* "yes", "no", "unknown". */
const char *vocals_name(enum vocals v);

struct part_pad {     /* a pad of a kit that is hit */
    const char *name; /* NULL: no name */
    int pitch;
    int hits;
};

/* All that we know of a track that sounds. Texts may be NULL and are borrowed;
 * the caller releases the lists. */
struct part_hints {
    const char *name;  /* without Live's number */
    bool typed;        /* by a person; otherwise Live made it up */
    const char *group; /* as typed, else NULL */
    bool outsider;     /* recorded from a track outside of that group */
    const char *role;  /* what another parser calls it */
    bool audio;        /* recorded sound; otherwise notes */
    bool kit;          /* a drum rack or another device of pads */
    bool library;      /* its preset comes with Live */
    bool vocoder;
    bool kick_mic;       /* named as a microphone of the recorded kick drum */
    struct strs devices; /* instruments, by name */
    struct strs presets; /* presets of the devices, and names that a person
                          * gave the devices */
    struct strs folders; /* in which Live's browser has the presets */
    struct strs samples; /* samples that the devices or audio clips play */
    struct strs clips;   /* names of the clips that play */
    struct part_pad *pads;
    size_t n_pads;
    size_t notes; /* 0: unknown, as are the members below */
    int pitches;  /* distinct */
    int pitch_min, pitch_max, pitch_median; /* MIDI numbers */
    double polyphony;                       /* mean while it sounds */
    double classes;                         /* of pitches, likewise */
    double length;                          /* mean, in beats */
    bool even;    /* on a grid of eighths or sixteenths */
    bool retimed; /* by an arpeggiator or the like */
};

void part_hints_release(struct part_hints *h);

#define PART_WORDS 8
#define PART_SAID 240

struct part_word {
    int row;
    enum evidence evidence;
};

struct part {
    struct part_word words[PART_WORDS]; /* what sounds, most certain first */
    size_t n;
    const char *role;       /* "bass", ..., "other"; static */
    enum evidence evidence; /* for the role */
    const char *from; /* "trackName", "drumRack", ...; "nothing"; static */
    char said[PART_SAID + 1]; /* the words that it was read from, or "" */
    bool tones;               /* its pitches are tones, not pads */
    bool known;               /* something tells what it sounds like */
    bool click;               /* a metronome for the players, no music */
    enum vocals vocals;
};

void part_judge(const struct part_hints *h, struct part *ret);

#define auto_part_hints auto_cleanup(part_hints_release)

#endif
