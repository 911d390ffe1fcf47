/* A checker of JSON's grammar, which makes nothing; see json_check.h. */
#include "base/json_check.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

struct check {
    const char *start;
    const char *at;
    const char *end;
    size_t depth;
    bool object[JSON_DEPTH_MAX]; /* open nesting: objects (true) or arrays */
    struct err *err;
};

/* Fail with what is wrong here, or with "ends early" at the end of the text. */
static int
fail(const struct check *c, const char *what)
{
    return err_set(c->err, ERR_INVALID_JSON,
                   "this is not valid JSON: %s (byte %zu)",
                   c->at == c->end ? "it ends too early" : what,
                   (size_t)(c->at - c->start));
}

/* The next byte, or -1 at the end. */
static int
peek(const struct check *c)
{
    return c->at < c->end ? (unsigned char)*c->at : -1;
}

static int
next(struct check *c)
{
    int byte;

    while ((byte = peek(c)) == ' ' || byte == '\n' || byte == '\r' ||
           byte == '\t')
        c->at++;
    return byte;
}

static int
take(struct check *c, char want, const char *what)
{
    if (next(c) != (unsigned char)want)
        return fail(c, what);
    c->at++;
    return 0;
}

static bool
is_digit(int byte)
{
    return byte >= '0' && byte <= '9';
}

static bool
is_hex(int byte)
{
    return is_digit(byte) || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f');
}

/* At a backslash. */
static int
escape(struct check *c)
{
    int byte;

    c->at++;
    byte = peek(c);
    if (byte <= 0 || strchr("\"\\/bfnrtu", byte) == NULL)
        return fail(c, "a bad escape");
    c->at++;
    for (int i = 0; byte == 'u' && i < 4; i++, c->at++)
        if (!is_hex(peek(c)))
            return fail(c, "a bad \\u escape");
    return 0;
}

/* At a byte that begins a character of more than one. */
static int
multi_byte(struct check *c)
{
    char one[5] = "";
    size_t left = (size_t)(c->end - c->at);
    const char *p = one;

    memcpy(one, c->at, left < 4 ? left : 4);
    (void)text_next(&p);
    if (p - one < 2)
        return fail(c, "bad UTF-8");
    c->at += p - one;
    return 0;
}

static int
string(struct check *c)
{
    int byte;

    if (take(c, '"', "expected '\"'") == -1)
        return -1;
    while ((byte = peek(c)) != '"') {
        int rc = 0;

        if (byte < 0x20)
            return fail(c, "a control character in a string must be written "
                           "as an escape");
        if (byte == '\\')
            rc = escape(c);
        else if (byte >= 0x80)
            rc = multi_byte(c);
        else
            c->at++;
        if (rc == -1)
            return -1;
    }
    c->at++;
    return 0;
}

static int
digits(struct check *c)
{
    if (!is_digit(peek(c)))
        return fail(c, "a number lacks a digit");
    while (is_digit(peek(c)))
        c->at++;
    return 0;
}

static int
number(struct check *c)
{
    if (peek(c) == '-')
        c->at++;
    if (peek(c) == '0')
        c->at++;
    else if (digits(c) == -1)
        return -1;
    if (peek(c) == '.') {
        c->at++;
        if (digits(c) == -1)
            return -1;
    }
    if (peek(c) == 'e' || peek(c) == 'E') {
        c->at++;
        if (peek(c) == '+' || peek(c) == '-')
            c->at++;
        return digits(c);
    }
    return 0;
}

/* true, false or null. */
static int
literal(struct check *c)
{
    static const char *const words[] = {"true", "false", "null"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (*c->at != words[i][0])
            continue;
        for (const char *w = words[i]; *w != '\0'; w++, c->at++)
            if (peek(c) != *w)
                return fail(c, "expected a value");
        return 0;
    }
    return fail(c, "expected a value");
}

/* The name of a member and its colon. */
static int
name(struct check *c)
{
    return string(c) == -1 ? -1 : take(c, ':', "expected ':'");
}

/* Read a value without its content: 1 if it opened an object or array that is
 * not empty; then its first value is next. */
static int
value(struct check *c)
{
    int byte = next(c);
    bool object = byte == '{';

    if (byte == '"')
        return string(c);
    if (byte == '-' || is_digit(byte))
        return number(c);
    if (byte != '{' && byte != '[')
        return byte == -1 ? fail(c, "") : literal(c);
    if (c->depth == JSON_DEPTH_MAX)
        return fail(c, "it is nested too deep");
    c->at++;
    if (next(c) == (object ? '}' : ']')) {
        c->at++;
        return 0;
    }
    c->object[c->depth++] = object;
    if (object && name(c) == -1)
        return -1;
    return 1;
}

/* After a value: close what ends here. 1 when another value is next. */
static int
after(struct check *c)
{
    while (c->depth > 0) {
        bool object = c->object[c->depth - 1];
        int byte = next(c);

        if (byte == ',') {
            c->at++;
            return object && name(c) == -1 ? -1 : 1;
        }
        if (take(c, object ? '}' : ']',
                 object ? "expected ',' or '}'" : "expected ',' or ']'") == -1)
            return -1;
        c->depth--;
    }
    return 0;
}

int
json_check(const char *text, size_t len, struct err *err)
{
    struct check c = {.start = text, .at = text, .end = text + len, .err = err};
    int rc;

    do {
        while ((rc = value(&c)) == 1)
            ;
        if (rc == 0)
            rc = after(&c);
    } while (rc == 1);
    if (rc == -1)
        return -1;
    return next(&c) == -1 ? 0 : fail(&c, "something follows it");
}
