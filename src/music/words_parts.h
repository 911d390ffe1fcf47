/* The dictionary as it is held; within music/ only. */
#ifndef MUSIC_WORDS_PARTS_H
#define MUSIC_WORDS_PARTS_H

#include "music/words.h"

/* The dictionary's file, embedded at build (see Makefile.inc). */
extern const char words_text[]; /* words.txt */

/* Phrases that are no row's. */
enum { WORDS_PASS_OVER = -1, WORDS_FILLER = -2 };

struct word_phrase {
    char *text;
    size_t len;
    int row;   /* or one of the above */
    bool said; /* by captions, besides that it shows */
};

/* Phrases by their first byte, those with the same one the longest first. */
struct word_list {
    struct word_phrase *v;
    size_t n;
    size_t starts[257]; /* where those with each first byte begin */
};

struct word_row {
    char *name;
    const char *says;         /* the first phrase; borrowed from a list */
    const char *role;         /* owned; NULL: none of its own */
    struct word_set shown_by; /* by what other rows */
    struct word_set kinds;    /* rows that it is a kind of, directly */
    bool weak;
    bool device; /* its phrases are names of devices and of nothing else */
};

struct words {
    struct word_row rows[WORDS_ROWS];
    int n;
    struct word_list said;    /* as captions have them */
    struct word_list names;   /* folded as names are, devices left out */
    struct word_list devices; /* folded */
};

const struct words *words_all(void);

/*
 * A name in lower case with one blank before, between and behind its words;
 * a digit beside a letter is a word apart ("Kick2"), and so are the parts of
 * "SubBass" if each of them is known. Of other marks only & + / and , stay,
 * as words of their own. The caller frees it.
 */
char *words_fold(const char *name);

#endif
