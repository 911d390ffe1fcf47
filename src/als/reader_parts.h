/*
 * Shared by the reader's files: reader.c takes XML apart, reader_begin.c
 * handles opening elements, reader_value.c puts a leaf's attribute into its
 * field. Names and attributes are expat's: UTF-8, valid until the handler
 * returns. A list of attributes is name, value, name, value, NULL.
 */
#ifndef ALS_READER_PARTS_H
#define ALS_READER_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "als/grammar.h"
#include "als/limits.h"
#include "als/set.h"
#include "base/err.h"

struct XML_ParserStruct;

struct reader {
    struct als_set *set;
    const struct als_limits *limits;
    struct err *err;
    struct XML_ParserStruct *parser;
    struct als_grammar *grammar; /* NULL until the root gives the version */
    bool failed;
    int skip;  /* open elements inside a skipped one */
    int depth; /* open elements outside of skipped ones */
    int64_t elements;
    uint8_t nodes[ALS_DEPTH_MAX + 1]; /* enum als_node of each open element */
    int branch;            /* innermost open chain of a rack, or -1 */
    int device;            /* innermost open device, or -1 */
    int dial;              /* enum als_dial, the open one */
    int slot;              /* row of the clip-slot grid */
    size_t key_first;      /* notes from here on wait for their pitch */
    size_t envelope_first; /* first envelope of the open track */
};

/* Stop the parser with ERR_NOT_ALS and this text; the first text is kept. */
void reader_refuse(struct reader *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The value of an attribute, borrowed; NULL if absent. */
const char *reader_attribute(const char **atts, const char *name);
/* A text as a number. If it is not one, returns false and refuses the set,
 * naming `where` (the element or attribute). */
bool reader_number(struct reader *r, const char *where, const char *text,
                   double *ret);
/* The same without refusing the set, for values that do not matter enough. */
bool reader_try_number(const char *text, double *ret);
/* A warp marker of the last clip. */
void reader_warp(struct reader *r, const char **atts);
bool reader_whole_number(struct reader *r, const char *where, const char *text,
                         int *ret);
/* A text in the form that we keep: one line of bounded length; NULL if it has
 * nothing visible. The caller frees it. */
char *reader_text(const char *text);

/* Store a leaf's attribute in its owner's field. */
void reader_put(struct reader *r, const struct als_rule *rule,
                const char **atts);
/* An element that we read opens. */
void reader_begin(struct reader *r, const struct als_rule *rule,
                  const char *element, const char **atts);
/* The track ends: keep only the automation that matters to us. */
void reader_end_track(struct reader *r);

#endif
