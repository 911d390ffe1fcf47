/*
 * Takes the caption line out of a model's answer while it is still being
 * written. If an answer begins with its JSON object, perhaps after spelled-out
 * thoughts or a ``` fence, the caption is shown as it grows; plain text is
 * shown as long as it could be a caption. The final line (answer.h) may differ:
 * at first, thoughts that are not marked as such look like a caption.
 */
#ifndef CAPTION_LINE_H
#define CAPTION_LINE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "caption/scan.h"

enum { LINE_ANSWER_MAX = 32 * 1024, LINE_EACH_MAX = 4 * 1024 };

enum line_state {
    LINE_PROLOGUE, /* its kind is not known yet */
    LINE_PLAIN,    /* shown while it could be a caption */
    LINE_HELD,     /* nothing more of it is shown */
    LINE_OBJECT,   /* an object is being written */
    LINE_SEVERAL,  /* several captions are wanted, so nothing is shown */
};

struct line {
    struct buf answer; /* the complete text */
    enum line_state state;
    size_t at; /* bytes of answer that have been read */
    struct scan scan;
    char *plain; /* plain text shown so far; NULL: none */
    /* Set once the answer is over: */
    char *final; /* the line; NULL: none */
    json_object *object;
    const char *fault; /* why there is no line; static, NULL if there is one */
};

#define LINE_INIT                                                              \
    ((struct line){.answer = BUF_INIT(LINE_ANSWER_MAX), .scan = SCAN_INIT})

/* Call first if several captions are wanted, in one array. Nothing is shown
 * while they grow, and line_json returns the array at the end. */
void line_expect(struct line *l, size_t captions);
/* More of the answer; it may be cut anywhere. -1 if it grows past the
 * maximum. */
int line_feed(struct line *l, const char *data, size_t len);
/* The answer is over: decide what it is. */
void line_end(struct line *l);

/* The line as shown while it grows: one line, whole code points. The caller
 * frees it. Each result starts with the previous one. */
char *line_shown(const struct line *l);
/* The line once the answer is over, "" if there is a fault. The caller frees
 * it. */
char *line_text(const struct line *l);
/* Why the finished answer is not a caption, as the end of a sentence that
 * begins with "it"; NULL if it is one. */
const char *line_fault(const struct line *l);
/* The answer as JSON; NULL if it is not JSON. The caller puts it. */
json_object *line_json(const struct line *l);
/* Whether the answer is empty. */
bool line_blank(const struct line *l);
void line_release(struct line *l);

#endif
