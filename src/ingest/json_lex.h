/*
 * JSON's words (RFC 8259) from a reader: one at a time, nothing kept. Inside
 * ingest/ only. All of it is strict; what is wrong is ERR_INVALID_JSON with
 * the byte's offset.
 */
#ifndef INGEST_JSON_LEX_H
#define INGEST_JSON_LEX_H

#include "ingest/reader.h"

#define LEX_DEPTH_MAX 64 /* with the outermost object */

/* Pass over white space; the next byte, not taken. READER_END, READER_FAILED
 * as reader_peek. */
int lex_next(struct reader *r, struct err *err);
/* The same at the body's very start, where a byte order mark may stand.
 * ERR_UNSUPPORTED_MEDIA_TYPE for what is packed. */
int lex_begin(struct reader *r, struct err *err);
/* Pass over white space and take the byte c, else fail. */
int lex_take(struct reader *r, char c, struct err *err);

/* After the opening quote: one character as UTF-8. Its length, 0 after the
 * closing quote, -1. */
int lex_char(struct reader *r, char ret[4], struct err *err);

/* Pass over one whole value, which begins after white space. */
int lex_skip(struct reader *r, struct err *err);

/* "not valid JSON: what (byte N)" */
int lex_fail(const struct reader *r, const char *what, struct err *err);

#endif
