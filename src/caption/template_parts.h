/* Shared by template.c and template_sounds.c; within caption/ only. */
#ifndef CAPTION_TEMPLATE_PARTS_H
#define CAPTION_TEMPLATE_PARTS_H

#include "base/buf.h"
#include "caption/style.h"
#include "music/facts.h"

/* A line in progress. */
struct draft {
    const struct facts *f;
    const struct style *s;
    unsigned seed;
    struct buf line;
    struct strs moods, keywords;
    struct strs words;   /* the nouns of the parts, for the fields */
    struct strs phrases; /* the parts as they are said */
    const char *late;    /* what comes in later; NULL: nothing */
    struct word_set said;
    char *genre; /* owned; NULL: unknown */
};

/* In lower case, except for words spelled in capitals, such as "UK" or "IDM".
 * The caller frees it. */
char *template_plain(const char *phrase);
/* Whether a phrase of the schema may be used in a line about this set: short,
 * plain words, and nothing that the set contradicts. */
bool template_usable(const struct draft *d, const char *phrase);
/* Copy the usable phrases of a list, at most max. */
void template_take(struct draft *d, struct strs *to, const struct strs *from,
                   size_t max);

/* Fill words and phrases with what sounds. */
void template_parts(struct draft *d);
/* Find what is among them and comes in after the beginning. */
void template_late(struct draft *d);

#endif
