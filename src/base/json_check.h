/*
 * JSON's grammar (RFC 8259), enforced before json-c reads a text: what json-c
 * accepts beyond it, or refuses within it, varies by version and flag.
 */
#ifndef BASE_JSON_CHECK_H
#define BASE_JSON_CHECK_H

#include <stddef.h>

#include "base/err.h"

/* Nesting depth of objects and arrays, including the outermost. */
#define JSON_DEPTH_MAX 64

/*
 * 0 if the text is one JSON value with nothing but white space around it:
 * well-formed UTF-8, no control character in a string, no comment, no trailing
 * comma, no single quotes, no NaN, at most JSON_DEPTH_MAX deep. Otherwise -1
 * with ERR_INVALID_JSON, which says what is wrong and at which byte (counted
 * from 0).
 */
int json_check(const char *text, size_t len, struct err *err);

#endif
