/*
 * The dictionary of instruments and roles: words.txt, embedded, read once. A
 * row is a small number. All functions may be called by many threads at once.
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

/* Row -1 is in no set and adds nothing. */
bool word_set_has(struct word_set set, int row);
bool word_set_has_name(struct word_set set, const char *name);
bool word_set_empty(struct word_set set);
void word_set_add(struct word_set *set, int row);
void word_set_join(struct word_set *set, struct word_set more);

/* ---- rows ---- */

int words_size(void);
const char *words_name(int row); /* as the file has it, "hat" */
const char *words_says(int row); /* "hi-hats"; NULL: it is never said */
const char *words_role(int row); /* "hat", "drums", ...; NULL: none */
/* The row of that name ("hat"); -1 if there is none. */
int words_row(const char *name);
/* Whether the row says what is played, not on what: "lead", "chords". */
bool words_weak(int row);
/* Whether the row is of that name, or a kind of it at any remove. */
bool words_is(int row, const char *name);
/* Whether the row is directly a kind of the other one. */
bool words_kind(int row, int of);
/* What may be claimed of music that has these: those themselves, what they
 * are kinds of and what are kinds of them, what they may be playing. */
struct word_set words_closure(struct word_set shown);

/* ---- captions ---- */

struct said {
    int row;
    size_t start, end; /* bytes */
};

/* The next phrase at or behind byte `from` that speaks of a row; phrases that
 * only look so are passed over. */
bool words_find(const char *text, size_t from, struct said *ret);

/* ---- names in a set ---- */

/* What a name says of what sounds. Of words beside each other the last one is
 * what is named ("Singing Percussion" is percussion), unless it is weak; "and"
 * and its like set two things beside each other. */
struct word_names {
    struct word_set nouns;
    struct word_set weak;
    bool voice; /* a voice is spoken of, though it may not be what is named */
    bool number_808; /* "808": a drum machine, or the bass made of its kick */
    int known, unknown; /* words */
};

void words_in_name(const char *name, struct word_names *ret);

/* The nouns, and the weak words if there are none: what a list of names by
 * some other parser shows, devices included. Empty: nothing known is in it. */
struct word_set words_shown(const char *name);

/* The row of a device or plug-in by its name ("synths" for "Serum_x64"); -1
 * if we do not know it. */
int words_device(const char *name);

/* Whether a plug-in of that name, which is none of ours, makes notes or
 * carries them: "Chord Generator", "MIDI bridge". */
bool words_tool(const char *name);

/* The row of a drum pad by its name, also in the two letters that pads have
 * ("BD", "OH"); -1 if nothing is known. */
int words_pad(const char *name);

/* The row that General MIDI has a pitch for in a kit; -1: none. */
int words_pad_pitch(int pitch);

#endif
