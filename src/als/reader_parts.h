/*
 * What the reader's files share: reader.c takes XML apart, reader_begin.c
 * knows what opens where, reader_value.c puts a leaf's attribute into its
 * field. Names and attributes are expat's: UTF-8, theirs until the handler
 * returns; a list of attributes is name, value, name, value, NULL.
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
    struct als_grammar *grammar; /* NULL until the root told the version */
    bool failed;
    int skip;  /* elements open inside one that is not for us */
    int depth; /* elements open outside of such */
    int64_t elements;
    uint8_t nodes[ALS_DEPTH_MAX + 1]; /* enum als_node of those */
    int branch;            /* innermost open chain of a rack, or -1 */
    int device;            /* innermost open device, or -1 */
    int dial;              /* enum als_dial, the open one */
    int slot;              /* row of the clip-slot grid */
    size_t key_first;      /* notes since then wait for their pitch */
    size_t envelope_first; /* of the open track */
};

/* Stop the parser with ERR_NOT_ALS and this text; the first one stays. */
void reader_refuse(struct reader *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The value of an attribute, borrowed; NULL where there is none. */
const char *reader_attribute(const char **atts, const char *name);
/* A text as a number; false where it is none, and the set is refused with
 * `where` (the element or attribute) named. */
bool reader_number(struct reader *r, const char *where, const char *text,
                   double *ret);
/* The same without a refusal, for what is not worth one. */
bool reader_try_number(const char *text, double *ret);
bool reader_whole_number(struct reader *r, const char *where, const char *text,
                         int *ret);
/* A text as we keep it, one line of bounded length; NULL where there is
 * nothing to see in it. The caller frees it. */
char *reader_text(const char *text);

/* A leaf's attribute into its owner's field. */
void reader_put(struct reader *r, const struct als_rule *rule,
                const char **atts);
/* A place that is for us opens. */
void reader_begin(struct reader *r, const struct als_rule *rule,
                  const char *element, const char **atts);
/* The track ends: of its automation, what concerns us stays. */
void reader_end_track(struct reader *r);

#endif
