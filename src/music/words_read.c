/*
 * Reads words.txt into tables; see words_parts.h. The file is embedded and
 * ours, so a fault in it is a programming error that a test finds; here it ends
 * the program.
 */
#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/auto.h"
#include "base/mem.h"
#include "music/words_parts.h"

enum { FIELDS = 5 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct words all;

static char *
trimmed(const char *s, size_t n)
{
    while (n > 0 && isspace((unsigned char)*s)) {
        s++;
        n--;
    }
    while (n > 0 && isspace((unsigned char)s[n - 1]))
        n--;
    return xstrndup(s, n);
}

static void
add_phrase(struct word_list *l, char *text, int row, bool said)
{
    l->v = xreallocarray(l->v, l->n + 1, sizeof(*l->v));
    l->v[l->n++] = (struct word_phrase){text, strlen(text), row, said};
}

static unsigned char
first_of(const char *text)
{
    return (unsigned char)tolower((unsigned char)text[0]);
}

static int
longest_first(const void *a, const void *b)
{
    const struct word_phrase *x = a;
    const struct word_phrase *y = b;

    if (first_of(x->text) != first_of(y->text))
        return first_of(x->text) - first_of(y->text);
    if (x->len != y->len)
        return x->len < y->len ? 1 : -1;
    return strcmp(x->text, y->text);
}

static void
sort(struct word_list *l)
{
    qsort(l->v, l->n, sizeof(*l->v), longest_first);
    for (size_t c = 0, i = 0; c < 256; c++) {
        l->starts[c] = i;
        while (i < l->n && first_of(l->v[i].text) == c)
            i++;
    }
    l->starts[256] = l->n;
}

/* A field between commas, one part after the other; NULL at its end. */
static char *
next_part(const char **at, const char *end)
{
    while (*at < end) {
        const char *comma = memchr(*at, ',', (size_t)(end - *at));
        const char *stop = comma != NULL ? comma : end;
        char *part = trimmed(*at, (size_t)(stop - *at));

        *at = stop + (comma != NULL);
        if (part[0] != '\0')
            return part;
        free(part);
    }
    return NULL;
}

static int
row_named(const char *name)
{
    for (int i = 0; i < all.n; i++)
        if (strcmp(all.rows[i].name, name) == 0)
            return i;
    log_warn("words.txt: no row %s", name);
    abort();
}

struct line {
    const char *from[FIELDS];
    const char *to[FIELDS];
};

static void
split(const char *text, size_t len, struct line *ret)
{
    const char *end = text + len;

    for (int i = 0; i < FIELDS; i++) {
        const char *bar = memchr(text, '|', (size_t)(end - text));

        if ((bar == NULL) != (i == FIELDS - 1))
            abort();
        ret->from[i] = text;
        ret->to[i] = bar != NULL ? bar : end;
        text = ret->to[i] + (bar != NULL);
    }
}

/* The marks of its last field, and its role. */
static void
read_role(struct word_row *row, const struct line *l)
{
    auto_free char *role = trimmed(l->from[4], (size_t)(l->to[4] - l->from[4]));

    row->weak = role[0] == '~';
    row->device = role[0] == '!';
    if (role[row->weak || row->device] != '\0')
        row->role = xstrdup(role + (row->weak || row->device));
}

/* Names are folded without the dictionary, which is not complete yet; they are
 * in lower case already. */
static void
add_name(int row, const char *part)
{
    bool device = row >= 0 && all.rows[row].device;
    auto_free char *folded = words_fold(part);
    char *inner = trimmed(folded, strlen(folded));

    add_phrase(device ? &all.devices : &all.names, inner, row, false);
}

static void
read_phrases(int row, const struct line *l)
{
    char *part;

    for (int field = 1; field <= 2; field++) {
        const char *at = l->from[field];

        while ((part = next_part(&at, l->to[field])) != NULL) {
            if (part[0] == '@') {
                free(part);
                continue;
            }
            add_name(row, part);
            if (field == 1 && row != WORDS_FILLER) {
                add_phrase(&all.said, part, row, true);
                if (row >= 0 && all.rows[row].says == NULL)
                    all.rows[row].says = part;
            } else {
                free(part);
            }
        }
    }
}

static void
read_links(int row, const struct line *l)
{
    for (int field = 2; field <= 3; field++) {
        const char *at = l->from[field];
        char *part;

        while ((part = next_part(&at, l->to[field])) != NULL) {
            if (field == 3)
                word_set_add(&all.rows[row].kinds, row_named(part));
            else if (part[0] == '@')
                word_set_add(&all.rows[row].shown_by, row_named(part + 1));
            free(part);
        }
    }
}

/* One line; `links` is the second pass, when all rows are known. */
static void
read_line(const char *text, size_t len, bool links, int *row)
{
    struct line l;
    int now;

    if (len == 0 || text[0] == '#')
        return;
    split(text, len, &l);
    if (*row == WORDS_ROWS)
        abort();
    now = text[0] == '-'   ? WORDS_PASS_OVER
          : text[0] == '+' ? WORDS_FILLER
                           : (*row)++;
    if (links) {
        if (now >= 0)
            read_links(now, &l);
        return;
    }
    if (now >= 0) {
        all.rows[now].name = trimmed(l.from[0], (size_t)(l.to[0] - l.from[0]));
        read_role(&all.rows[now], &l);
        all.n = *row;
    }
    read_phrases(now, &l);
}

static void
read_file(void)
{
    for (int pass = 0; pass < 2; pass++) {
        const char *p = words_text;
        int row = 0;

        while (*p != '\0') {
            size_t n = strcspn(p, "\n");

            read_line(p, n, pass == 1, &row);
            p += n + (p[n] == '\n');
        }
    }
    sort(&all.said);
    sort(&all.names);
    sort(&all.devices);
}

const struct words *
words_all(void)
{
    (void)pthread_once(&once, read_file);
    return &all;
}
