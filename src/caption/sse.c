/* Server-sent events as they come in; see sse.h. */
#include "caption/sse.h"

#include <string.h>

enum { EARLY_LINES = 8 }; /* of an event are passed on before it is whole */

static int
overflow(struct sse *s)
{
    s->overflow = true;
    return -1;
}

static int
tell(struct sse *s, bool whole)
{
    int rc = s->event(s->ctx, buf_str(&s->data), s->data.len, whole);

    s->pending = rc == SSE_MORE && !whole;
    if (!s->pending) {
        buf_clear(&s->data);
        s->lines = 0;
    }
    return rc == -1 ? -1 : 0;
}

static int
data_line(struct sse *s, const char *value)
{
    if (s->pending)
        (void)buf_add(&s->data, "\n", 1);
    (void)buf_add_str(&s->data, value + (value[0] == ' '));
    if (s->data.failed)
        return overflow(s);
    s->pending = true;
    return ++s->lines <= EARLY_LINES ? tell(s, false) : 0;
}

/* The value of a line's field; NULL if the line has another one. */
static const char *
field(const char *line, const char *name)
{
    size_t n = strlen(name);

    if (strncmp(line, name, n) != 0 || line[n] != ':')
        return NULL;
    line += n + 1;
    return line + (line[0] == ' ');
}

static int
line_end(struct sse *s)
{
    const char *line = buf_str(&s->line);
    const char *value;
    int rc = 0;

    if (s->line.len == 0) {
        rc = s->pending ? tell(s, true) : 0;
        s->error = false;
    } else if ((value = field(line, "data")) != NULL) {
        rc = data_line(s, value);
    } else if ((value = field(line, "event")) != NULL) {
        s->error = strcmp(value, "error") == 0;
    } else if ((value = field(line, "error")) != NULL) {
        s->error = true;
        rc = data_line(s, value);
    }
    buf_clear(&s->line);
    return rc;
}

int
sse_feed(struct sse *s, const char *data, size_t len)
{
    const char *end = data + len;

    while (data < end) {
        size_t n = 0;

        if (s->after_cr && *data == '\n')
            data++;
        s->after_cr = false;
        while (data + n < end && data[n] != '\n' && data[n] != '\r')
            n++;
        if (buf_add(&s->line, data, n) == -1)
            return overflow(s);
        data += n;
        if (data == end)
            break;
        s->after_cr = *data == '\r';
        data++;
        if (line_end(s) == -1)
            return -1;
    }
    return 0;
}

int
sse_end(struct sse *s)
{
    if (s->line.len > 0 && line_end(s) == -1)
        return -1;
    return s->pending ? tell(s, true) : 0;
}

void
sse_release(struct sse *s)
{
    buf_release(&s->line);
    buf_release(&s->data);
}
