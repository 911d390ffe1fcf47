/* The caption line out of a growing answer; see line.h. */
#include "caption/line.h"

#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

/* ---- the line's own characters ---- */

static void
put_byte(struct line *l, char c)
{
    if (c == '\0') /* would end the text here and nowhere else */
        c = ' ';
    (void)buf_add(&l->text, &c, 1);
}

static void
put_code(struct line *l, unsigned c)
{
    char s[4];
    size_t n = 0;

    if (c < 0x80) {
        put_byte(l, (char)c);
        return;
    }
    if (c < 0x800) {
        s[n++] = (char)(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            s[n++] = (char)(0xe0 | c >> 12);
        } else {
            s[n++] = (char)(0xf0 | c >> 18);
            s[n++] = (char)(0x80 | (c >> 12 & 0x3f));
        }
        s[n++] = (char)(0x80 | (c >> 6 & 0x3f));
    }
    s[n++] = (char)(0x80 | (c & 0x3f));
    (void)buf_add(&l->text, s, n);
}

/* A high surrogate whose low one did not follow. */
static void
settle_high(struct line *l)
{
    if (l->high != 0)
        put_code(l, 0xfffd);
    l->high = 0;
}

static void
put_unit(struct line *l, unsigned u)
{
    if (u >= 0xd800 && u < 0xdc00) {
        settle_high(l);
        l->high = u;
    } else if (u >= 0xdc00 && u < 0xe000) {
        if (l->high != 0)
            put_code(l, 0x10000 + ((l->high & 0x3ff) << 10) + (u & 0x3ff));
        else
            put_code(l, 0xfffd);
        l->high = 0;
    } else {
        settle_high(l);
        put_code(l, u);
    }
}

/* One byte inside the caption's string. */
static void
caption_byte(struct line *l, char c)
{
    static const char from[] = "nrtbf\"\\/";
    static const char to[] = "\n\r\t\b\f\"\\/";
    const char *which;

    if (l->hex_left > 0) {
        l->hex = l->hex << 4 |
                 (unsigned)(isdigit((unsigned char)c) ? c - '0'
                                                      : (c | 0x20) - 'a' + 10);
        if (--l->hex_left == 0)
            put_unit(l, l->hex & 0xffff);
    } else if (l->escape) {
        l->escape = false;
        if (c == 'u') {
            l->hex_left = 4;
            l->hex = 0;
            return;
        }
        settle_high(l);
        which = c != '\0' ? strchr(from, c) : NULL;
        put_byte(l, which != NULL ? to[which - from] : c);
    } else if (c == '\\') {
        l->escape = true;
    } else {
        settle_high(l);
        if (c == '"')
            l->state = LINE_JSON;
        else
            put_byte(l, c);
    }
}

/* ---- the object around it ---- */

static bool
key_is_ours(const struct line *l)
{
    static const char *const ours[] = {"description", "caption", "prompt"};

    for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
        if (strcmp(l->key, ours[i]) == 0)
            return true;
    return false;
}

static void
string_starts(struct line *l)
{
    if (l->depth != 1) {
        l->state = LINE_STRING;
    } else if (l->wants_key) {
        l->state = LINE_KEY;
        l->key_len = 0;
        l->key[0] = '\0';
    } else if (key_is_ours(l) && !l->found) {
        l->state = LINE_CAPTION;
        l->found = true;
    } else {
        l->state = LINE_STRING;
    }
}

static void
json_byte(struct line *l, char c)
{
    switch (c) {
    case '{':
    case '[':
        l->depth++;
        l->wants_key = c == '{';
        break;
    case '}':
    case ']':
        l->depth--;
        break;
    case ',':
        l->wants_key = true; /* matters at depth 1 only: there is the object */
        break;
    case ':':
        l->wants_key = false;
        break;
    case '"':
        string_starts(l);
        break;
    default:
        break;
    }
}

static void
string_byte(struct line *l, char c)
{
    if (l->escape) {
        l->escape = false;
    } else if (c == '\\') {
        l->escape = true;
    } else if (c == '"') {
        l->state = LINE_JSON;
    } else if (l->state == LINE_KEY && l->key_len < sizeof(l->key) - 1) {
        l->key[l->key_len++] = c;
        l->key[l->key_len] = '\0';
    }
}

/* ---- before it ---- */

/* Whether `s` starts with the mark; *ret_maybe where it may yet. */
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

/* Move behind what comes before the answer proper, and say what that is.
 * False where more of it must be seen first. */
static bool
prologue(struct line *l, bool ended)
{
    for (;;) {
        const char *s = buf_str(&l->answer) + l->at;
        bool maybe = false;
        const char *end;

        s += strspn(s, " \t\r\n");
        if (marked(s, "\xef\xbb\xbf", &maybe)) {
            end = s + 3;
        } else if (marked(s, "<think>", &maybe)) {
            if ((end = strstr(s, "</think>")) == NULL)
                return false;
            end += 8;
        } else if (marked(s, "```", &maybe)) {
            if ((end = strchr(s, '\n')) == NULL)
                return false;
        } else {
            if (*s == '\0' || (maybe && !ended))
                return false;
            l->at = (size_t)(s - buf_str(&l->answer));
            l->state = *s == '{' ? LINE_JSON : LINE_PLAIN;
            return true;
        }
        l->at = (size_t)(end - buf_str(&l->answer));
    }
}

static void
one_byte(struct line *l, char c)
{
    switch (l->state) {
    case LINE_PLAIN:
        put_byte(l, c);
        break;
    case LINE_JSON:
        json_byte(l, c);
        break;
    case LINE_KEY:
    case LINE_STRING:
        string_byte(l, c);
        break;
    case LINE_CAPTION:
        caption_byte(l, c);
        break;
    case LINE_PROLOGUE:
        break;
    }
}

static int
advance(struct line *l, bool ended)
{
    if (l->state == LINE_PROLOGUE && !prologue(l, ended))
        return 0;
    while (l->at < l->answer.len)
        one_byte(l, l->answer.data[l->at++]);
    return l->text.failed ? -1 : 0;
}

/* ---- the outside ---- */

int
line_feed(struct line *l, const char *data, size_t len)
{
    if (buf_add(&l->answer, data, len) == -1)
        return -1;
    return advance(l, false);
}

int
line_end(struct line *l)
{
    return advance(l, true);
}

/* Bytes of a text without a last code point that is not whole yet. */
static size_t
whole_part(const char *s, size_t len)
{
    for (size_t back = 1; back <= 3 && back <= len; back++) {
        unsigned char c = (unsigned char)s[len - back];

        if (c >= 0xc0)
            return back < (c >= 0xf0   ? 4u
                           : c >= 0xe0 ? 3u
                                       : 2u)
                       ? len - back
                       : len;
        if (c < 0x80)
            break;
    }
    return len;
}

char *
line_text(const struct line *l)
{
    auto_free char *raw =
        xstrndup(buf_str(&l->text), whole_part(buf_str(&l->text), l->text.len));

    return text_one_line(raw);
}

json_object *
line_json(const struct line *l)
{
    struct err err = ERR_INIT;
    const char *start = strchr(buf_str(&l->answer), '{');
    const char *end = strrchr(buf_str(&l->answer), '}');

    if (l->state == LINE_PLAIN || start == NULL || end == NULL || end < start)
        return NULL;
    return json_parse_object(start, (size_t)(end - start) + 1, &err);
}

void
line_release(struct line *l)
{
    buf_release(&l->answer);
    buf_release(&l->text);
}
