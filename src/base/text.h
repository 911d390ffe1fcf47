/*
 * Text is UTF-8 (RFC 3629: shortest forms only, no surrogates, nothing past
 * U+10FFFF). Nothing here depends on a locale.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The code point at *p, which is moved past it; 0 at the end. A bad byte counts
 * as U+FFFD and is one byte long. */
uint32_t text_next(const char **p);

/* c, at most U+10FFFF, as UTF-8 without a NUL. Returns the number of bytes. */
size_t text_put(uint32_t c, char ret[4]);

/* UTF-8 without NUL; reads these bytes and no more. */
bool text_valid(const char *s, size_t len);
size_t text_count(const char *s);                /* code points */
size_t text_count_to(const char *s, size_t len); /* in its first bytes */

/* Whether c belongs to a word: an ASCII letter, or a byte of any other
 * character. */
bool text_letter(char c);
/* The bytes of the first of the words (in any case, ASCII) with which s begins,
 * and not within a longer word; 0 if there is none. The list ends with NULL. */
size_t text_begins(const char *s, const char *const *words);

/* The length of s before this ending, in any case (ASCII); 0 if s ends
 * otherwise, or is only the ending. */
size_t text_before(const char *s, const char *ending);

/* The length of the longest prefix of s that has at most max bytes and ends on
 * a whole code point. */
size_t text_cut(const char *s, size_t max);

/* One line: each run of white space and control characters (line ends, tabs,
 * U+2028, bidirectional controls) becomes one blank, and the ends are trimmed.
 * The caller frees it. */
char *text_one_line(const char *s);

/* Base64 (RFC 4648) with its padding. The caller frees it. */
char *text_base64(const void *data, size_t len);

/* The bytes of a base64 text; NULL if the text is not base64: other characters,
 * no padding. A NUL that is not counted follows. The caller frees it. */
void *text_unbase64(const char *text, size_t *ret_len);

#define TEXT_MINUTES 16

/* 200 seconds are "3:20". Negative values give "0:00"; values above a million
 * seconds are shown as a million. */
void text_minutes(double sec, char ret[TEXT_MINUTES]);

bool text_blank(const char *s); /* it has nothing visible */

#endif
