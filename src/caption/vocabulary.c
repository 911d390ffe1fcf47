/*
 * The words for instruments and roles; see vocabulary.h. The file is embedded
 * and ours, so a fault in it is a programming error that a test finds; here it
 * ends the program.
 */
#include "caption/vocabulary.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/mem.h"
#include "caption/texts.h"

enum { PASS_OVER = -1 };

struct phrase {
    char *text;
    size_t len;
    int row; /* or PASS_OVER */
    bool said;
};

struct row {
    char *name;
    const char *says; /* the first phrase; borrowed from `phrases` */
    rows shown_by;    /* by what other rows */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct row table[VOCABULARY_ROWS];
static int n_rows;
static struct phrase *phrases; /* as index_phrases sorts them */
static size_t n_phrases;
static size_t starts[257]; /* where those with each first byte begin */

/* ---- reading the file ---- */

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
add_phrase(char *text, int row, bool said)
{
    phrases = xreallocarray(phrases, n_phrases + 1, sizeof(*phrases));
    phrases[n_phrases++] = (struct phrase){text, strlen(text), row, said};
    if (said && row != PASS_OVER && table[row].says == NULL)
        table[row].says = text;
}

/* Calls fn for each part between commas. */
static void
each_part(const char *list, size_t len, int row, bool said,
          void (*fn)(char *part, int row, bool said))
{
    while (len > 0) {
        const char *comma = memchr(list, ',', len);
        size_t n = comma != NULL ? (size_t)(comma - list) : len;
        char *part = trimmed(list, n);

        if (part[0] != '\0')
            fn(part, row, said);
        else
            free(part);
        n += comma != NULL;
        list += n;
        len -= n;
    }
}

static void
phrase_part(char *part, int row, bool said)
{
    if (part[0] == '@')
        free(part);
    else
        add_phrase(part, row, said);
}

static void
link_part(char *part, int row, bool said)
{
    (void)said;
    if (part[0] == '@') {
        int by = -1;

        for (int i = 0; i < n_rows; i++)
            if (strcmp(table[i].name, part + 1) == 0)
                by = i;
        if (by < 0) {
            log_warn("vocabulary: no row %s", part);
            abort();
        }
        table[row].shown_by |= (rows)1 << by;
    }
    free(part);
}

/* One line of the file; `links` is the second pass, when all rows are known.
 */
static void
read_line(const char *line, size_t len, bool links, int *row)
{
    const char *end = line + len;
    const char *says = memchr(line, '|', len);
    const char *shows =
        says != NULL ? memchr(says + 1, '|', (size_t)(end - says - 1)) : NULL;
    int now;

    if (len == 0 || line[0] == '#')
        return;
    if (shows == NULL || *row == VOCABULARY_ROWS)
        abort();
    now = line[0] == '-' ? PASS_OVER : (*row)++;
    if (links) {
        each_part(shows + 1, (size_t)(end - shows - 1), now, false, link_part);
        return;
    }
    if (now != PASS_OVER) {
        table[now].name = trimmed(line, (size_t)(says - line));
        n_rows = *row;
    }
    each_part(says + 1, (size_t)(shows - says - 1), now, true, phrase_part);
    each_part(shows + 1, (size_t)(end - shows - 1), now, false, phrase_part);
}

static unsigned char
first_of(const char *text)
{
    return (unsigned char)tolower((unsigned char)text[0]);
}

/* By first character, and then the longest first. */
static int
longest_first(const void *a, const void *b)
{
    const struct phrase *x = a;
    const struct phrase *y = b;

    if (first_of(x->text) != first_of(y->text))
        return first_of(x->text) - first_of(y->text);
    if (x->len != y->len)
        return x->len < y->len ? 1 : -1;
    return strcmp(x->text, y->text);
}

static void
index_phrases(void)
{
    qsort(phrases, n_phrases, sizeof(*phrases), longest_first);
    for (size_t c = 0, i = 0; c < 256; c++) {
        starts[c] = i;
        while (i < n_phrases && first_of(phrases[i].text) == c)
            i++;
    }
    starts[256] = n_phrases;
}

static void
read_file(void)
{
    for (int pass = 0; pass < 2; pass++) {
        const char *p = vocabulary_text;
        int row = 0;

        while (*p != '\0') {
            size_t n = strcspn(p, "\n");

            read_line(p, n, pass == 1, &row);
            p += n + (p[n] == '\n');
        }
    }
    index_phrases();
}

/* ---- matching ---- */

static bool
is_word(char c)
{
    return isalpha((unsigned char)c) || (c & 0x80);
}

/* Whether a word may end before or start at c, next to what `edge` is. */
static bool
apart(char edge, char c)
{
    return isdigit((unsigned char)edge) ? !isdigit((unsigned char)c)
                                        : !is_word(c);
}

/* Bytes of text that the phrase takes at its start, with a plural s; 0 where
 * it is another. */
static size_t
match(const char *text, const struct phrase *p)
{
    size_t n = 0;
    char last = p->text[p->len - 1];

    for (size_t i = 0; i < p->len; i++, n++) {
        bool gap = p->text[i] == ' ' || p->text[i] == '-';

        if (gap && (text[n] == '\0' || strchr(" -_", text[n]) == NULL))
            return 0;
        if (!gap && tolower((unsigned char)text[n]) !=
                        tolower((unsigned char)p->text[i]))
            return 0;
    }
    if (apart(last, text[n]))
        return n;
    if (text[n] == 's' && !is_word(text[n + 1]))
        return n + 1;
    return 0;
}

static const struct phrase *
longest_at(const char *text, size_t at, bool said_only, size_t *ret_len)
{
    unsigned char c = first_of(text + at);

    if (at > 0 && !apart(text[at], text[at - 1]))
        return NULL;
    for (size_t i = starts[c]; i < starts[c + 1]; i++) {
        if (said_only && !phrases[i].said)
            continue;
        if ((*ret_len = match(text + at, &phrases[i])) > 0)
            return &phrases[i];
    }
    return NULL;
}

int
vocabulary_size(void)
{
    (void)pthread_once(&once, read_file);
    return n_rows;
}

const char *
vocabulary_says(int row)
{
    return row < vocabulary_size() ? table[row].says : NULL;
}

int
vocabulary_row(const char *name)
{
    for (int i = 0; i < vocabulary_size(); i++)
        if (strcasecmp(table[i].name, name) == 0)
            return i;
    return -1;
}

bool
vocabulary_find(const char *text, size_t from, struct said *ret)
{
    size_t n = 1;

    (void)pthread_once(&once, read_file);
    for (size_t at = from; text[at] != '\0'; at += n) {
        const struct phrase *p = longest_at(text, at, true, &n);

        if (p == NULL)
            n = 1;
        else if (p->row != PASS_OVER) {
            *ret = (struct said){p->row, at, at + n};
            return true;
        }
    }
    return false;
}

/* All rows that have exactly this phrase: "drums" shows the drums and a
 * whole kit. */
static rows
rows_of(const struct phrase *p)
{
    unsigned char c = first_of(p->text);
    rows found = 0;

    for (size_t i = starts[c]; i < starts[c + 1]; i++)
        if (phrases[i].row != PASS_OVER && phrases[i].len == p->len &&
            strcasecmp(phrases[i].text, p->text) == 0)
            found |= (rows)1 << phrases[i].row;
    return found;
}

rows
vocabulary_shown(const char *name)
{
    rows found = 0;
    size_t n = 1;

    (void)pthread_once(&once, read_file);
    for (size_t at = 0; name[at] != '\0'; at += n) {
        const struct phrase *p = longest_at(name, at, false, &n);

        if (p == NULL)
            n = 1;
        else
            found |= rows_of(p);
    }
    return found;
}

rows
vocabulary_closure(rows shown)
{
    rows before;

    do {
        before = shown;
        for (int i = 0; i < vocabulary_size(); i++)
            if ((table[i].shown_by & shown) != 0)
                shown |= (rows)1 << i;
    } while (shown != before);
    return shown;
}
