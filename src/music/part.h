/*
 * What one track is in the music, judged by what is known of it: the names
 * that people gave, its instrument, its samples, its notes. The rules of
 * evidence stand here and nowhere else: als/ asks as it writes a summary,
 * facts.h asks for summaries that were written without an answer.
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
    VOCALS_NO, /* each source that sounds is known to be no voice */
    VOCALS_YES,
};

/* "yes", "no", "unknown". */
const char *vocals_name(enum vocals v);

struct part_pad {     /* of a kit, that is hit */
    const char *name; /* NULL: it has none */
    int pitch;
};

/* All that is known of a track that sounds. Texts may be NULL and are
 * borrowed; the caller releases the lists. */
struct part_hints {
    const char *name;  /* without Live's number */
    bool typed;        /* by a person; else Live made it up */
    const char *group; /* as it was typed, else NULL */
    const char *role;  /* what another parser says that it is */
    bool audio;        /* recorded sound; else notes */
    bool kit;          /* a drum rack or another device of pads */
    bool library;      /* its preset is one of Live's own */
    bool vocoder;
    struct strs devices; /* instruments by their names */
    struct strs presets; /* of them, and names that a person gave them */
    struct strs samples; /* that they, or the audio clips, play */
    struct strs clips;   /* names of clips that play */
    struct part_pad *pads;
    size_t n_pads;
    size_t notes; /* 0: unknown, and so is what follows */
    int pitches;  /* distinct */
    int pitch_min, pitch_max, pitch_median; /* MIDI numbers */
    double polyphony;                       /* mean, while it sounds */
    double length;                          /* mean, beats */
    bool even; /* on a grid of eighths or sixteenths */
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
    enum evidence evidence; /* of the role */
    const char *from; /* "trackName", "drumRack", ...; "nothing"; static */
    char said[PART_SAID + 1]; /* the words that it was read from, or "" */
    bool tones;               /* its pitches are tones, no pads */
    bool known;               /* what it sounds like is told by something */
    enum vocals vocals;
};

void part_judge(const struct part_hints *h, struct part *ret);

#define auto_part_hints auto_cleanup(part_hints_release)

#endif
