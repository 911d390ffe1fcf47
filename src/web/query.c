/* Percent-encoding and query strings; see query.h. */
#include "web/query.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool
percent_decode(const char *s, size_t len, bool plus_is_blank, char *out)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        char c = s[i];

        if (c == '%') {
            int high = len - i > 2 ? hex_digit(s[i + 1]) : -1;
            int low = len - i > 2 ? hex_digit(s[i + 2]) : -1;

            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        out[n++] = c;
    }
    out[n] = '\0';
    return text_valid(out, n);
}

void
percent_encode(struct buf *b, const char *s, const char *keep)
{
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;

        if ((c < 0x80 && isalnum(c)) || strchr("-._~", c) != NULL ||
            strchr(keep, c) != NULL)
            (void)buf_add(b, s, 1);
        else
            (void)buf_addf(b, "%%%02X", c);
    }
}

/* One "name=value" from [s, s + len), decoded to *to, which is moved past
 * it. */
static bool
add_pair(struct query *q, const char *s, size_t len, char **to)
{
    const char *eq = memchr(s, '=', len);
    size_t name_len = eq != NULL ? (size_t)(eq - s) : len;
    size_t value_len = eq != NULL ? len - name_len - 1 : 0;
    struct query_pair *pair = &q->pairs[q->n];

    if (!percent_decode(s, name_len, true, *to))
        return false;
    pair->name = *to;
    *to += strlen(*to) + 1;
    if (!percent_decode(s + len - value_len, value_len, true, *to))
        return false;
    pair->value = *to;
    *to += strlen(*to) + 1;
    q->n++;
    return true;
}

static size_t
count_of(const char *s, char c)
{
    size_t n = 0;

    while ((s = strchr(s, c)) != NULL) {
        n++;
        s++;
    }
    return n;
}

int
query_parse(const char *text, struct query *ret, struct err *err)
{
    struct query q = {0};
    size_t most = count_of(text, '&') + 1;
    const char *p = text;
    char *to;

    /* Decoding never lengthens; a pair's two ends cost one byte each. */
    q.text = to = xmalloc(strlen(text) + 2 * most + 1);
    q.pairs = xcalloc(most, sizeof(*q.pairs));
    for (;;) {
        size_t len = strcspn(p, "&");

        if (len > 0 && !add_pair(&q, p, len, &to)) {
            query_release(&q);
            return err_set(err, ERR_BAD_REQUEST,
                           "the query string is not percent-encoded UTF-8");
        }
        if (p[len] == '\0')
            break;
        p += len + 1;
    }
    *ret = q;
    return 0;
}

const char *
query_get(const struct query *q, const char *name)
{
    for (size_t i = 0; i < q->n; i++)
        if (strcmp(q->pairs[i].name, name) == 0)
            return q->pairs[i].value;
    return NULL;
}

void
query_release(struct query *q)
{
    free(q->text);
    free(q->pairs);
    *q = (struct query){0};
}
