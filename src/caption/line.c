/* The caption line out of a growing answer; see line.h. */
#include "caption/line.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/mem.h"
#include "base/text.h"
#include "caption/answer.h"
#include "caption/form.h"

/* Whether s starts with the mark; *ret_maybe when it may yet. */
static bool
marked(const char *s, const char *mark, bool *ret_maybe)
{
    size_t n = strlen(mark);

    if (strncmp(s, mark, n) == 0)
        return true;
    if (strlen(s) < n && strncmp(s, mark, strlen(s)) == 0)
        *ret_maybe = true;
    return false;
}

/* Move past what may precede an object, and say whether one begins. False if
 * more of it must be seen first. */
static bool
prologue(struct line *l)
{
    const char *s = buf_str(&l->answer) + l->at;

    for (;;) {
        bool maybe = false;
        const char *end = NULL;

        s += strspn(s, " \t\r\n");
        if (marked(s, "\xef\xbb\xbf", &maybe)) {
            end = s + 3;
        } else if (marked(s, "<think>", &maybe)) {
            if ((end = strstr(s, "</think>")) == NULL)
                return false;
            end += strlen("</think>");
        } else if (marked(s, "```", &maybe)) {
            if ((end = strchr(s, '\n')) == NULL)
                return false;
        }
        if (end == NULL) {
            l->at = (size_t)(s - buf_str(&l->answer));
            if (*s == '\0' || maybe)
                return false;
            l->state = *s == '{' ? LINE_OBJECT : LINE_PLAIN;
            return true;
        }
        s = end;
    }
}

/* Show the plain text so far, or no more of it. Half a code point waits. */
static void
show_plain(struct line *l)
{
    const char *start = buf_str(&l->answer) + l->at;
    auto_free char *whole =
        xstrndup(start, scan_whole(start, l->answer.len - l->at));
    auto_free char *line = text_one_line(whole);

    if (line[0] == '\0')
        return;
    if (strpbrk(whole, "\r\n") != NULL || form_fault(line) != NULL ||
        strchr("\"<", line[0]) != NULL) {
        l->state = LINE_HELD;
        return;
    }
    free(l->plain);
    l->plain = steal(&line);
}

int
line_feed(struct line *l, const char *data, size_t len)
{
    if (buf_add(&l->answer, data, len) == -1)
        return -1;
    if (l->state == LINE_PROLOGUE && !prologue(l))
        return 0;
    if (l->state == LINE_PLAIN)
        show_plain(l);
    if (l->state != LINE_OBJECT)
        return 0;
    len = l->answer.len - l->at;
    data = buf_str(&l->answer) + l->at;
    l->at = l->answer.len;
    return scan_feed(&l->scan, data, len);
}

void
line_expect(struct line *l, size_t captions)
{
    l->state = LINE_SEVERAL;
    l->answer.max = LINE_ANSWER_MAX + captions * LINE_EACH_MAX;
}

void
line_end(struct line *l)
{
    if (l->state == LINE_SEVERAL) {
        l->fault = answer_several(buf_str(&l->answer), &l->object);
        return;
    }
    l->fault = answer_read(buf_str(&l->answer), &l->final, &l->object);
}

char *
line_shown(const struct line *l)
{
    return l->plain != NULL ? xstrdup(l->plain) : scan_text(&l->scan);
}

char *
line_text(const struct line *l)
{
    return xstrdup(l->final != NULL ? l->final : "");
}

const char *
line_fault(const struct line *l)
{
    return l->fault;
}

json_object *
line_json(const struct line *l)
{
    return json_object_get(l->object);
}

bool
line_blank(const struct line *l)
{
    return text_blank(buf_str(&l->answer));
}

void
line_release(struct line *l)
{
    buf_release(&l->answer);
    scan_release(&l->scan);
    free(l->plain);
    free(l->final);
    json_object_put(l->object);
}
