/*
 * The dictionary of instruments and roles: words.txt, embedded, read once. A
 * row is a small number. All functions are thread-safe.
 */
#ifndef MUSIC_WORDS_H
#define MUSIC_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORDS_ROWS 256

struct word_set { /* of rows */
    uint64_t bits[WORDS_ROWS / 64];
};

/* Row -1 is in no set; adding it does nothing. */
bool word_set_has(struct word_set set, int row);
bool word_set_has_name(struct word_set set, const char *name);
bool word_set_empty(struct word_set set);
void word_set_add(struct word_set *set, int row);
void word_set_join(struct word_set *set, struct word_set more);

/* ---- rows ---- */

int words_size(void);
const char *words_name(int row); /* as in the file, "hat" */
const char *words_says(int row); /* "hi-hats"; NULL: never said */
const char *words_role(int row); /* "hat", "drums", ...; NULL: none */
/* The row of that name ("hat"); -1 if there is none. */
int words_row(const char *name);
/* Whether the row says what is played rather than on what: "lead", "chords". */
bool words_weak(int row);
/* Whether the row has that name, or is a kind of it, directly or indirectly. */
bool words_is(int row, const char *name);
/* Whether the row is directly a kind of the other one. */
bool words_kind(int row, int of);
/* What may be claimed about music with these rows: the rows themselves, their
 * kinds in both directions, and what they may be playing. */
struct word_set words_closure(struct word_set shown);

/* ---- captions ---- */

struct said {
    int row;
    size_t start, end; /* bytes */
};

/* The next phrase at or after byte `from` that means a row; phrases that only
 * look like one are skipped. */
bool words_find(const char *text, size_t from, struct said *ret);

/* ---- names in a set ---- */

/* What a name says about the sound. Of adjacent words the last one names the
 * thing ("Singing Percussion" is percussion), unless it is weak; "and" and the
 * like separate two things. */
struct word_names {
    struct word_set nouns;
    struct word_set weak;
    bool voice;      /* it mentions a voice, which may not be what it names */
    bool effect;     /* it mentions an effect, such as a riser */
    bool number_808; /* "808": a drum machine, or the bass made of its kick */
    int known, unknown; /* words */
};

void words_in_name(const char *name, struct word_names *ret);

/* The row of a device or plug-in by its name ("synths" for "Serum_x64"); -1 if
 * unknown. */
int words_device(const char *name);

/* Whether a plug-in with that name, if it is not in the dictionary, makes or
 * passes on notes: "Chord Generator", "MIDI bridge". */
bool words_tool(const char *name);

/* Whether it is the name of a metronome that the players hear: "CLICK",
 * "Click 2", "Metronome". */
bool words_click(const char *name);

/* Whether a file has the number that Live gives its recordings, "0002
 * Piano.aif", which is four digits and a space before the name of the track. */
bool words_recorded(const char *file);

/* The row of a drum pad by its name or two-letter abbreviation ("BD", "OH"); -1
 * if unknown. */
int words_pad(const char *name);

/* The row that General MIDI assigns to a pitch of a kit; -1: none. */
int words_pad_pitch(int pitch);

#endif
