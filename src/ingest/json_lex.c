/* JSON tokens; see json_lex.h. */
#include "ingest/json_lex.h"

#include <string.h>

#include "base/text.h"

int
lex_fail(const struct reader *r, const char *what, struct err *err)
{
    return err_set(err, ERR_INVALID_JSON,
                   "this is not valid JSON: %s (byte %lld)", what,
                   (long long)reader_offset(r));
}

/* The message for a byte that does not fit here. */
static int
unfit(const struct reader *r, int c, const char *what, struct err *err)
{
    if (c == READER_FAILED)
        return -1;
    return lex_fail(r, c == READER_END ? "it ends too early" : what, err);
}

int
lex_next(struct reader *r, struct err *err)
{
    int c;

    while ((c = reader_peek(r, err)) == ' ' || c == '\n' || c == '\r' ||
           c == '\t')
        r->pos++;
    return c;
}

int
lex_begin(struct reader *r, struct err *err)
{
    if (reader_need(r, 3, err) == -1)
        return READER_FAILED;
    if (reader_avail(r) >= 2 && memcmp(reader_at(r), "\x1f\x8b", 2) == 0) {
        err_set(err, ERR_UNSUPPORTED_MEDIA_TYPE,
                "the body is packed by gzip; send it as it is");
        return READER_FAILED;
    }
    if (reader_avail(r) >= 3 && memcmp(reader_at(r), "\xef\xbb\xbf", 3) == 0)
        r->pos += 3;
    return lex_next(r, err);
}

int
lex_take(struct reader *r, char want, struct err *err)
{
    char what[] = "expected 'x'";
    int c = lex_next(r, err);

    if (c != want) {
        what[sizeof(what) - 3] = want;
        return unfit(r, c, what, err);
    }
    r->pos++;
    return 0;
}

/* ---- strings ---- */

static int
hex_value(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* The four digits after \u; -1 on failure. */
static int
four_hex(struct reader *r, struct err *err)
{
    int v = 0;

    for (int i = 0; i < 4; i++) {
        int c = reader_peek(r, err);
        int h = c >= 0 ? hex_value(c) : -1;

        if (h == -1)
            return unfit(r, c, "a bad \\u escape", err);
        v = v << 4 | h;
        r->pos++;
    }
    return v;
}

static int
to_utf8(uint32_t c, char ret[4])
{
    if (c < 0x80) {
        ret[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        ret[0] = (char)(0xc0 | c >> 6);
        ret[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        ret[0] = (char)(0xe0 | c >> 12);
        ret[1] = (char)(0x80 | (c >> 6 & 0x3f));
        ret[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    ret[0] = (char)(0xf0 | c >> 18);
    ret[1] = (char)(0x80 | (c >> 12 & 0x3f));
    ret[2] = (char)(0x80 | (c >> 6 & 0x3f));
    ret[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* After "\u": a character, from two escapes if it is a surrogate pair. */
static int
unicode_escape(struct reader *r, char ret[4], struct err *err)
{
    static const char half[] = "half a surrogate pair";
    int c = four_hex(r, err);
    int low;

    if (c == -1)
        return -1;
    if (c < 0xd800 || c > 0xdfff)
        return to_utf8((uint32_t)c, ret);
    for (const char *p = "\\u"; *p != '\0'; p++) {
        int next = reader_peek(r, err);

        if (c > 0xdbff || next != *p)
            return unfit(r, next, half, err);
        r->pos++;
    }
    if ((low = four_hex(r, err)) == -1)
        return -1;
    if (low < 0xdc00 || low > 0xdfff)
        return lex_fail(r, half, err);
    return to_utf8(
        0x10000 + (((uint32_t)c & 0x3ff) << 10 | ((uint32_t)low & 0x3ff)), ret);
}

/* After the backslash. */
static int
escape(struct reader *r, char ret[4], struct err *err)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    int c = reader_peek(r, err);
    const char *at;

    if (c == 'u') {
        r->pos++;
        return unicode_escape(r, ret, err);
    }
    if (c <= 0 || (at = strchr(from, c)) == NULL)
        return unfit(r, c, "a bad escape", err);
    r->pos++;
    ret[0] = to[at - from];
    return 1;
}

/* A character of more than one byte, which must be whole and well-formed. */
static int
multi_byte(struct reader *r, int lead, char ret[4], struct err *err)
{
    int len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    char text[5] = "";
    const char *p = text;

    for (int i = 0; i < len; i++) {
        int c = reader_peek(r, err);

        if (c < 0)
            return unfit(r, c, "", err);
        if (i > 0 && (c & 0xc0) != 0x80)
            return lex_fail(r, "bad UTF-8", err);
        text[i] = (char)c;
        r->pos++;
    }
    (void)text_next(&p);
    if (p != text + len)
        return lex_fail(r, "bad UTF-8", err);
    memcpy(ret, text, (size_t)len);
    return len;
}

int
lex_char(struct reader *r, char ret[4], struct err *err)
{
    int c = reader_peek(r, err);

    if (c < 0x20)
        return unfit(r, c, "a control character in a string", err);
    if (c >= 0x80)
        return multi_byte(r, c, ret, err);
    r->pos++;
    if (c == '"')
        return 0;
    if (c == '\\')
        return escape(r, ret, err);
    ret[0] = (char)c;
    return 1;
}

static int
skip_string(struct reader *r, struct err *err)
{
    char c[4];
    int n;

    if (lex_take(r, '"', err) == -1)
        return -1;
    while ((n = lex_char(r, c, err)) > 0)
        continue;
    return n;
}

/* ---- numbers and words ---- */

static int
skip_digits(struct reader *r, struct err *err)
{
    int c = reader_peek(r, err);

    if (c < '0' || c > '9')
        return unfit(r, c, "a bad number", err);
    while ((c = reader_peek(r, err)) >= '0' && c <= '9')
        r->pos++;
    return c == READER_FAILED ? -1 : 0;
}

static int
skip_number(struct reader *r, struct err *err)
{
    int c;

    if (reader_peek(r, err) == '-')
        r->pos++;
    if (reader_peek(r, err) == '0')
        r->pos++; /* nothing but a point may follow a leading zero */
    else if (skip_digits(r, err) == -1)
        return -1;
    if (reader_peek(r, err) == '.') {
        r->pos++;
        if (skip_digits(r, err) == -1)
            return -1;
    }
    c = reader_peek(r, err);
    if (c == 'e' || c == 'E') {
        r->pos++;
        c = reader_peek(r, err);
        if (c == '+' || c == '-')
            r->pos++;
        return skip_digits(r, err);
    }
    return c == READER_FAILED ? -1 : 0;
}

static int
skip_word(struct reader *r, const char *word, struct err *err)
{
    for (; *word != '\0'; word++) {
        int c = reader_peek(r, err);

        if (c != *word)
            return unfit(r, c, "an unknown word", err);
        r->pos++;
    }
    return 0;
}

static int
skip_scalar(struct reader *r, int c, struct err *err)
{
    switch (c) {
    case '"':
        return skip_string(r, err);
    case 't':
        return skip_word(r, "true", err);
    case 'f':
        return skip_word(r, "false", err);
    case 'n':
        return skip_word(r, "null", err);
    default:
        if (c == '-' || (c >= '0' && c <= '9'))
            return skip_number(r, err);
        return unfit(r, c, "expected a value", err);
    }
}

/* ---- whole values ---- */

struct nest {
    char end[LEX_DEPTH_MAX - 1]; /* the closing bracket of each level */
    int depth;
};

static int
skip_name(struct reader *r, struct err *err)
{
    return skip_string(r, err) == -1 ? -1 : lex_take(r, ':', err);
}

/* At an opening bracket. 1 if a value follows, 0 if the bracket was closed at
 * once. */
static int
open_bracket(struct reader *r, struct nest *nest, char end, struct err *err)
{
    if (nest->depth == (int)sizeof(nest->end))
        return lex_fail(r, "it is too deep", err);
    r->pos++;
    if (lex_next(r, err) == end) {
        r->pos++;
        return 0;
    }
    nest->end[nest->depth++] = end;
    return end == '}' && skip_name(r, err) == -1 ? -1 : 1;
}

/* After a value: close what ends. 1 if another value follows, 0 if the
 * outermost is complete. */
static int
after_value(struct reader *r, struct nest *nest, struct err *err)
{
    while (nest->depth > 0) {
        char end = nest->end[nest->depth - 1];
        int c = lex_next(r, err);

        if (c == ',') {
            r->pos++;
            return end == '}' && skip_name(r, err) == -1 ? -1 : 1;
        }
        if (c != end)
            return unfit(r, c, "expected a comma or the end of the list", err);
        r->pos++;
        nest->depth--;
    }
    return 0;
}

int
lex_skip(struct reader *r, struct err *err)
{
    struct nest nest = {.depth = 0};
    int rc;

    do {
        int c = lex_next(r, err);

        if (c == '{' || c == '[')
            rc = open_bracket(r, &nest, c == '{' ? '}' : ']', err);
        else
            rc = skip_scalar(r, c, err);
        if (rc == 0)
            rc = after_value(r, &nest, err);
    } while (rc == 1);
    return rc;
}
