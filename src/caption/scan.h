/*
 * Extracts the caption from a JSON object that is still being written: the
 * string of its first member `description`, `caption` or `prompt`. Reads
 * leniently, because small models write raw line ends within strings and extra
 * commas. Text that was returned never changes, it only grows.
 */
#ifndef CAPTION_SCAN_H
#define CAPTION_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { SCAN_TEXT_MAX = 8 * 1024 }; /* bytes of a caption */

enum scan_state {
    SCAN_JSON,    /* outside a string */
    SCAN_KEY,     /* in a string that may be a member's name */
    SCAN_STRING,  /* in any other string */
    SCAN_CAPTION, /* in the caption's string */
};

struct scan {
    struct buf text; /* the caption as written, not yet one line */
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

/* More of the object, from its brace on; it may be cut anywhere. -1 if the
 * caption grows past its maximum. */
int scan_feed(struct scan *s, const char *data, size_t len);

/* The caption so far: one line, whole code points. The caller frees it. Each
 * result starts with the previous one. */
char *scan_text(const struct scan *s);

/* Whether a member with this name is the caption. */
bool scan_is_caption(const char *name);

/* The length of a text without an incomplete last code point. */
size_t scan_whole(const char *s, size_t len);

void scan_release(struct scan *s);
#define auto_scan auto_cleanup(scan_release)

#endif
