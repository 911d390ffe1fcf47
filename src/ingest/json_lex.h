/*
 * JSON tokens (RFC 8259) from a reader, one at a time; nothing is kept. Inside
 * ingest/ only. Strict: any error is ERR_INVALID_JSON with the byte's offset.
 */
#ifndef INGEST_JSON_LEX_H
#define INGEST_JSON_LEX_H

#include "ingest/reader.h"

#define LEX_DEPTH_MAX 64 /* including the outermost object */

/* Skip white space; returns the next byte without taking it, or READER_END or
 * READER_FAILED as reader_peek does. */
int lex_next(struct reader *r, struct err *err);
/* The same at the very start of the body, where a byte order mark is allowed.
 * ERR_UNSUPPORTED_MEDIA_TYPE if the body is compressed. */
int lex_begin(struct reader *r, struct err *err);
/* Skip white space and take the byte c; fails if another byte comes. */
int lex_take(struct reader *r, char c, struct err *err);

/* After the opening quote: one character as UTF-8. Returns its length, 0 after
 * the closing quote, -1 on failure. */
int lex_char(struct reader *r, char ret[4], struct err *err);

/* Skip one whole value and the white space before it. */
int lex_skip(struct reader *r, struct err *err);

/* "not valid JSON: what (byte N)" */
int lex_fail(const struct reader *r, const char *what, struct err *err);

#endif
