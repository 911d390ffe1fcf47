/*
 * The caption out of a JSON object that is still being written: the string of
 * its first member `description`, `caption` or `prompt`. Reads leniently, as
 * small models write: raw line ends within strings and commas too many do no
 * harm. What was given out never changes, it only grows.
 */
#ifndef CAPTION_SCAN_H
#define CAPTION_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { SCAN_TEXT_MAX = 8 * 1024 }; /* bytes of a caption */

enum scan_state {
    SCAN_JSON,    /* outside a string */
    SCAN_KEY,     /* within a string that may be a member's name */
    SCAN_STRING,  /* within any other string */
    SCAN_CAPTION, /* within the caption's string */
};

struct scan {
    struct buf text; /* the caption as it was written, not yet one line */
    enum scan_state state;
    int depth;
    bool escape, wants_key;
    bool found, whole; /* the caption's string has begun, has ended */
    int hex_left;      /* of a \uXXXX */
    unsigned hex, high;
    char key[16];
    size_t key_len;
};

#define SCAN_INIT ((struct scan){.text = BUF_INIT(SCAN_TEXT_MAX)})

/* More of the object, from its brace on; it may be cut anywhere. -1 when the
 * caption grows past its maximum. */
int scan_feed(struct scan *s, const char *data, size_t len);

/* The caption so far, one line, whole code points. The caller frees it. Each
 * result starts with all that an earlier one said. */
char *scan_text(const struct scan *s);

/* Whether a member of this name is the caption. */
bool scan_is_caption(const char *name);

/* Bytes of a text without a last code point that is not whole yet. */
size_t scan_whole(const char *s, size_t len);

void scan_release(struct scan *s);
#define auto_scan auto_cleanup(scan_release)

#endif
