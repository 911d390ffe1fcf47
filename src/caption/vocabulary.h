/*
 * The words for instruments and roles: vocabulary.txt, embedded, read once.
 * A row is a small number; sets of rows are bits. All functions may be called
 * by many threads at once.
 */
#ifndef CAPTION_VOCABULARY_H
#define CAPTION_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VOCABULARY_ROWS 64

typedef uint64_t rows; /* bit n = row n */

struct said {
    int row;
    size_t start, end; /* bytes */
};

int vocabulary_size(void);
const char *vocabulary_says(int row); /* "hi-hats"; NULL: it is never said */
/* The row of that name ("hat"); -1 where there is none. */
int vocabulary_row(const char *name);

/* The next phrase at or behind byte `from` that speaks of a row; phrases that
 * only look so are passed over. */
bool vocabulary_find(const char *text, size_t from, struct said *ret);

/* The rows that a name in a set shows by its words, without what follows from
 * them. 0: nothing known is in it. */
rows vocabulary_shown(const char *name);
/* With all rows that those show in turn. */
rows vocabulary_closure(rows shown);

#endif
