/*
 * Text is UTF-8 (RFC 3629: shortest forms only, no surrogates, nothing past
 * U+10FFFF). Nothing here knows a locale.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The code point at *p, which moves behind it; 0 at the end. A bad byte is
 * U+FFFD and one byte long. */
uint32_t text_next(const char **p);

bool text_valid(const char *s, size_t len); /* UTF-8 without NUL */
size_t text_count(const char *s);           /* code points */

/* Bytes of s that hold at most max bytes and end on a whole code point. */
size_t text_cut(const char *s, size_t max);

/* One line: runs of white space and control characters (line ends, tabs,
 * U+2028, bidirectional controls) become one blank, the ends are trimmed.
 * The caller frees it. */
char *text_one_line(const char *s);

/* Base64 (RFC 4648) with its padding. The caller frees it. */
char *text_base64(const void *data, size_t len);

/* The bytes of a base64 text, NULL where it is none: other characters, no
 * padding. A NUL that does not count follows. The caller frees it. */
void *text_unbase64(const char *text, size_t *ret_len);

#define TEXT_MINUTES 16

/* "3:20" of 200 seconds; what is less than none is "0:00", and what is beyond
 * a million seconds that many. */
void text_minutes(double sec, char ret[TEXT_MINUTES]);

bool text_blank(const char *s); /* nothing to see in it */

#endif
