/* The dictionary in memory; within music/ only. */
#ifndef MUSIC_WORDS_PARTS_H
#define MUSIC_WORDS_PARTS_H

#include "music/words.h"

/* The dictionary's file, embedded at build (see Makefile.inc). */
extern const char words_text[]; /* words.txt */

/* Phrases that belong to no row. */
enum { WORDS_PASS_OVER = -1, WORDS_FILLER = -2 };

struct word_phrase {
    char *text;
    size_t len;
    int row;   /* or one of the values above */
    bool said; /* captions may say it; otherwise it only counts as evidence */
};

/* Phrases sorted by their first byte, then the longest first. */
struct word_list {
    struct word_phrase *v;
    size_t n;
    size_t starts[257]; /* where the phrases with each first byte begin */
};

struct word_row {
    char *name;
    const char *says;         /* the first phrase; borrowed from a list */
    const char *role;         /* owned; NULL: none of its own */
    struct word_set shown_by; /* other rows that show this one */
    struct word_set kinds;    /* rows that it is directly a kind of */
    bool weak;
    bool device; /* its phrases only name devices */
};

struct words {
    struct word_row rows[WORDS_ROWS];
    int n;
    struct word_list said;    /* as in captions */
    struct word_list names;   /* folded as names are, without devices */
    struct word_list devices; /* folded */
};

const struct words *words_all(void);

/*
 * A name in lower case with one blank before, between and after its words. A
 * digit next to a letter is a separate word ("Kick2"), and so are the parts of
 * "SubBass" if each of them is known. Of other characters only & + / and ,
 * stay, as words of their own. The caller frees it.
 */
char *words_fold(const char *name);

#endif
