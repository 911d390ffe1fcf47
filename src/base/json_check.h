/*
 * JSON's grammar (RFC 8259), held to the letter before json-c reads a text:
 * what json-c takes beyond it, or refuses within it, differs from version to
 * version and from flag to flag.
 */
#ifndef BASE_JSON_CHECK_H
#define BASE_JSON_CHECK_H

#include <stddef.h>

#include "base/err.h"

/* Objects and arrays inside each other, the outermost counted. */
#define JSON_DEPTH_MAX 64

/*
 * 0 when the text is one JSON value and nothing but white space around it:
 * in well-formed UTF-8, no control character in a string, no comment, no
 * trailing comma, no single quotes, no NaN, at most JSON_DEPTH_MAX deep.
 * -1 with ERR_INVALID_JSON, which says what was wrong and at which byte
 * (counted from 0).
 */
int json_check(const char *text, size_t len, struct err *err);

#endif
