/*
 * The caption line, taken out of a model's answer while it is still being
 * written. An answer that begins with its JSON object, perhaps behind spelled
 * out thoughts or a ``` fence, shows its caption as it grows; plain text is
 * shown as long as it could be a caption. What the line is in the end
 * (answer.h) may be another one: thoughts without a mark before them look like
 * a caption at first.
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
    LINE_PROLOGUE, /* not known yet what it is */
    LINE_PLAIN,    /* shown while it could be a caption */
    LINE_HELD,     /* no more of it is shown */
    LINE_OBJECT,   /* an object is being written */
    LINE_SEVERAL,  /* several captions are wanted, nothing is shown */
};

struct line {
    struct buf answer; /* all of it */
    enum line_state state;
    size_t at; /* bytes of answer that were read */
    struct scan scan;
    char *plain; /* what was shown of plain text; NULL for nothing */
    /* Once it is over: */
    char *final; /* the line; NULL for none */
    json_object *object;
    const char *fault; /* why there is no line; static, NULL if there is one */
};

#define LINE_INIT                                                              \
    ((struct line){.answer = BUF_INIT(LINE_ANSWER_MAX), .scan = SCAN_INIT})

/* At first: so many captions are wanted, in one array. Nothing of them is
 * shown while they grow, and line_json is the array in the end. */
void line_expect(struct line *l, size_t captions);
/* More of the answer; it may be cut anywhere. -1 when it grows past the
 * maximum. */
int line_feed(struct line *l, const char *data, size_t len);
/* The answer is over: decide what it is. */
void line_end(struct line *l);

/* The line as far as it is shown while it grows, one line, whole code points.
 * The caller frees it. Each result starts with all that an earlier one said. */
char *line_shown(const struct line *l);
/* The line once the answer is over, "" with a fault. The caller frees it. */
char *line_text(const struct line *l);
/* Why the answer that is over is no caption, as the end of a sentence that
 * begins with "it"; NULL if it is one. */
const char *line_fault(const struct line *l);
/* The answer as JSON; NULL when it is none. The caller puts it. */
json_object *line_json(const struct line *l);
/* Whether nothing was said at all. */
bool line_blank(const struct line *l);
void line_release(struct line *l);

#endif
