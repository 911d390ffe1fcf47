/* The caption out of a growing JSON object; see scan.h. */
#include "caption/scan.h"

#include <ctype.h>
#include <string.h>

#include "base/auto.h"
#include "base/mem.h"
#include "base/text.h"

/* ---- the caption's own characters ---- */

static void
put_byte(struct scan *s, char c)
{
    if (c == '\0') /* would end the text here and nowhere else */
        c = ' ';
    (void)buf_add(&s->text, &c, 1);
}

static void
put_code(struct scan *s, unsigned c)
{
    char utf8[4];
    size_t n = 0;

    if (c < 0x80) {
        put_byte(s, (char)c);
        return;
    }
    if (c < 0x800) {
        utf8[n++] = (char)(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            utf8[n++] = (char)(0xe0 | c >> 12);
        } else {
            utf8[n++] = (char)(0xf0 | c >> 18);
            utf8[n++] = (char)(0x80 | (c >> 12 & 0x3f));
        }
        utf8[n++] = (char)(0x80 | (c >> 6 & 0x3f));
    }
    utf8[n++] = (char)(0x80 | (c & 0x3f));
    (void)buf_add(&s->text, utf8, n);
}

/* A high surrogate that no low one followed. */
static void
settle_high(struct scan *s)
{
    if (s->high != 0)
        put_code(s, 0xfffd);
    s->high = 0;
}

static void
put_unit(struct scan *s, unsigned u)
{
    if (u >= 0xd800 && u < 0xdc00) {
        settle_high(s);
        s->high = u;
    } else if (u >= 0xdc00 && u < 0xe000) {
        if (s->high != 0)
            put_code(s, 0x10000 + ((s->high & 0x3ff) << 10) + (u & 0x3ff));
        else
            put_code(s, 0xfffd);
        s->high = 0;
    } else {
        settle_high(s);
        put_code(s, u);
    }
}

/* One byte inside the caption's string. */
static void
caption_byte(struct scan *s, char c)
{
    static const char from[] = "nrtbf\"\\/";
    static const char to[] = "\n\r\t\b\f\"\\/";
    const char *which;

    if (s->hex_left > 0) {
        s->hex = s->hex << 4 |
                 (unsigned)(isdigit((unsigned char)c) ? c - '0'
                                                      : (c | 0x20) - 'a' + 10);
        if (--s->hex_left == 0)
            put_unit(s, s->hex & 0xffff);
    } else if (s->escape) {
        s->escape = false;
        if (c == 'u') {
            s->hex_left = 4;
            s->hex = 0;
            return;
        }
        settle_high(s);
        which = c != '\0' ? strchr(from, c) : NULL;
        put_byte(s, which != NULL ? to[which - from] : c);
    } else if (c == '\\') {
        s->escape = true;
    } else {
        settle_high(s);
        if (c == '"') {
            s->state = SCAN_JSON;
            s->whole = true;
        } else {
            put_byte(s, c);
        }
    }
}

/* ---- the object around it ---- */

bool
scan_is_caption(const char *name)
{
    static const char *const ours[] = {"description", "caption", "prompt"};

    for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
        if (strcmp(name, ours[i]) == 0)
            return true;
    return false;
}

static void
string_starts(struct scan *s)
{
    bool top = s->depth == 1;

    if (top && s->wants_key) {
        s->state = SCAN_KEY;
        s->key_len = 0;
        s->key[0] = '\0';
    } else if (top && scan_is_caption(s->key) && !s->found) {
        s->state = SCAN_CAPTION;
        s->found = true;
    } else {
        s->state = SCAN_STRING;
    }
}

static void
json_byte(struct scan *s, char c)
{
    switch (c) {
    case '{':
    case '[':
        s->depth++;
        s->wants_key = c == '{';
        break;
    case '}':
    case ']':
        s->depth--;
        break;
    case ',':
        s->wants_key = true; /* matters at depth 1 only: there is the object */
        break;
    case ':':
        s->wants_key = false;
        break;
    case '"':
        string_starts(s);
        break;
    default:
        break;
    }
}

static void
string_byte(struct scan *s, char c)
{
    if (s->escape) {
        s->escape = false;
    } else if (c == '\\') {
        s->escape = true;
    } else if (c == '"') {
        s->state = SCAN_JSON;
    } else if (s->state == SCAN_KEY && s->key_len < sizeof(s->key) - 1) {
        s->key[s->key_len++] = c;
        s->key[s->key_len] = '\0';
    }
}

/* ---- the outside ---- */

static void
one_byte(struct scan *s, char c)
{
    switch (s->state) {
    case SCAN_JSON:
        json_byte(s, c);
        break;
    case SCAN_KEY:
    case SCAN_STRING:
        string_byte(s, c);
        break;
    case SCAN_CAPTION:
        caption_byte(s, c);
        break;
    }
}

int
scan_feed(struct scan *s, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        one_byte(s, data[i]);
    return s->text.failed ? -1 : 0;
}

size_t
scan_whole(const char *s, size_t len)
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
scan_text(const struct scan *s)
{
    auto_free char *raw =
        xstrndup(buf_str(&s->text), scan_whole(buf_str(&s->text), s->text.len));

    return text_one_line(raw);
}

void
scan_release(struct scan *s)
{
    buf_release(&s->text);
}
