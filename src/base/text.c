/* UTF-8, code point by code point; see text.h. */
#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

/* The code point at s, of which at most `most` bytes may be read. A bad byte
 * is U+FFFD of one byte. */
static uint32_t
code_point(const unsigned char *s, size_t most, size_t *ret_len)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t c = s[0];
    size_t len;

    *ret_len = 1;
    if (c < 0x80)
        return c;
    len = c >= 0xf0 && c < 0xf8   ? 4
          : c >= 0xe0 && c < 0xf0 ? 3
          : c >= 0xc0 && c < 0xe0 ? 2
                                  : 0;
    if (len == 0 || len > most)
        return 0xfffd;
    c &= 0xffu >> (len + 1);
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0xfffd;
        c = c << 6 | (s[i] & 0x3f);
    }
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0xfffd;
    *ret_len = len;
    return c;
}

uint32_t
text_next(const char **p)
{
    size_t len;
    uint32_t c = code_point((const unsigned char *)*p, 4, &len);

    if (c != 0)
        *p += len;
    return c;
}

bool
text_valid(const char *s, size_t len)
{
    for (size_t at = 0, n; at < len; at += n) {
        uint32_t c = code_point((const unsigned char *)s + at, len - at, &n);

        if (c == 0 || (c == 0xfffd && n == 1))
            return false;
    }
    return true;
}

size_t
text_count(const char *s)
{
    size_t n = 0;

    while (text_next(&s) != 0)
        n++;
    return n;
}

size_t
text_cut(const char *s, size_t max)
{
    const char *p = s;
    size_t n = 0;

    while (text_next(&p) != 0 && (size_t)(p - s) <= max)
        n = (size_t)(p - s);
    return n;
}

static bool
is_blank(uint32_t c)
{
    return c <= 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200b) || c == 0x2028 || c == 0x2029 ||
           c == 0x202f || c == 0x205f || c == 0x3000 || c == 0xfeff ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

char *
text_one_line(const char *s)
{
    char *line = xmalloc(strlen(s) + 1);
    size_t n = 0;
    bool gap = false;
    const char *p = s;
    uint32_t c;

    while ((c = text_next(&p)) != 0) {
        if (is_blank(c)) {
            gap = n > 0;
        } else {
            if (gap)
                line[n++] = ' ';
            gap = false;
            memcpy(line + n, s, (size_t)(p - s));
            n += (size_t)(p - s);
        }
        s = p;
    }
    line[n] = '\0';
    return line;
}

void
text_minutes(double sec, char ret[TEXT_MINUTES])
{
    int whole = (int)fmin(fmax(sec, 0), 1e6); /* NaN: 0 */

    (void)snprintf(ret, TEXT_MINUTES, "%d:%02d", whole / 60, whole % 60);
}

bool
text_blank(const char *s)
{
    uint32_t c;

    while ((c = text_next(&s)) != 0)
        if (!is_blank(c))
            return false;
    return true;
}

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789+/";

char *
text_base64(const void *data, size_t len)
{
    const unsigned char *p = data;
    char *text = xmalloc((len + 2) / 3 * 4 + 1);
    char *out = text;

    for (; len > 0; p += len < 3 ? len : 3, len -= len < 3 ? len : 3) {
        uint32_t bits = (uint32_t)p[0] << 16 |
                        (uint32_t)(len > 1 ? p[1] : 0) << 8 |
                        (uint32_t)(len > 2 ? p[2] : 0);

        *out++ = digits[bits >> 18];
        *out++ = digits[bits >> 12 & 63];
        *out++ = len > 1 ? digits[bits >> 6 & 63] : '=';
        *out++ = len > 2 ? digits[bits & 63] : '=';
    }
    *out = '\0';
    return text;
}

void *
text_unbase64(const char *text, size_t *ret_len)
{
    size_t len = strlen(text);
    size_t pad = len > 0 && text[len - 1] == '=';
    unsigned char *data;
    uint32_t bits = 0;
    size_t n = 0;

    pad += pad == 1 && len > 1 && text[len - 2] == '=';
    if (len % 4 != 0)
        return NULL;
    data = xmalloc(len / 4 * 3 + 1);
    for (size_t i = 0; i < len; i++) {
        const char *digit = strchr(digits, text[i]);

        if (digit == NULL && i < len - pad) {
            free(data);
            return NULL;
        }
        bits = bits << 6 | (uint32_t)(digit != NULL ? digit - digits : 0);
        if (i % 4 != 3)
            continue;
        data[n++] = (unsigned char)(bits >> 16);
        data[n++] = (unsigned char)(bits >> 8);
        data[n++] = (unsigned char)bits;
        bits = 0;
    }
    *ret_len = n - pad;
    data[*ret_len] = '\0';
    return data;
}

size_t
text_put(uint32_t c, char ret[4])
{
    size_t n = 0;

    if (c < 0x80) {
        ret[n++] = (char)c;
    } else if (c < 0x800) {
        ret[n++] = (char)(0xc0 | c >> 6);
        ret[n++] = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        ret[n++] = (char)(0xe0 | c >> 12);
        ret[n++] = (char)(0x80 | (c >> 6 & 0x3f));
        ret[n++] = (char)(0x80 | (c & 0x3f));
    } else {
        ret[n++] = (char)(0xf0 | c >> 18);
        ret[n++] = (char)(0x80 | (c >> 12 & 0x3f));
        ret[n++] = (char)(0x80 | (c >> 6 & 0x3f));
        ret[n++] = (char)(0x80 | (c & 0x3f));
    }
    return n;
}

size_t
text_count_to(const char *s, size_t len)
{
    const char *p = s;
    size_t n = 0;

    while (p < s + len && text_next(&p) != 0)
        n++;
    return n;
}

bool
text_letter(char c)
{
    return isalpha((unsigned char)c) || (c & 0x80);
}

size_t
text_begins(const char *s, const char *const *words)
{
    for (; *words != NULL; words++) {
        size_t n = strlen(*words);

        if (strncasecmp(s, *words, n) == 0 &&
            !(text_letter((*words)[n - 1]) && text_letter(s[n])))
            return n;
    }
    return 0;
}

size_t
text_before(const char *s, const char *ending)
{
    size_t n = strlen(s), m = strlen(ending);

    return n > m && strcasecmp(s + n - m, ending) == 0 ? n - m : 0;
}
