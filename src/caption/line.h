/*
 * The caption line, taken out of a model's answer while it is still being
 * written. The answer is the JSON object that we asked for, of which the
 * member `description` (or `caption`, `prompt`) is the line; or, from a model
 * that does not do as it is told, plain text, perhaps behind <think> or a
 * ``` fence. What has been given out never changes afterwards: the line only
 * grows.
 */
#ifndef CAPTION_LINE_H
#define CAPTION_LINE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { LINE_ANSWER_MAX = 32 * 1024, LINE_TEXT_MAX = 8 * 1024 };

enum line_state {
    LINE_PROLOGUE, /* not known yet what it is */
    LINE_PLAIN,
    LINE_JSON,    /* outside a string */
    LINE_KEY,     /* within a string that may be a member's name */
    LINE_STRING,  /* within any other string */
    LINE_CAPTION, /* within the caption's string */
};

struct line {
    struct buf answer; /* all of it */
    struct buf text;   /* the line as it was written, not yet one line */
    enum line_state state;
    size_t at; /* bytes of answer that were read */
    int depth;
    bool escape, wants_key, found;
    int hex_left; /* of a \uXXXX */
    unsigned hex, high;
    char key[16];
    size_t key_len;
};

#define LINE_INIT                                                              \
    ((struct line){.answer = BUF_INIT(LINE_ANSWER_MAX),                        \
                   .text = BUF_INIT(LINE_TEXT_MAX)})

/* More of the answer; it may be cut anywhere. -1 where it grows past the
 * maximum. */
int line_feed(struct line *l, const char *data, size_t len);
/* The answer is over: what was held back in doubt is decided. */
int line_end(struct line *l);

/* The line so far, one line, whole code points. The caller frees it. Each
 * result starts with all that an earlier one said. */
char *line_text(const struct line *l);
/* The answer as JSON; NULL where it is none. The caller puts it. */
json_object *line_json(const struct line *l);
void line_release(struct line *l);

#endif
