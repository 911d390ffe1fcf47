/* Rows of the dictionary, and phrases in captions that mean them; see
 * words.h. */
#include "music/words.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "music/words_parts.h"

/* ---- sets of rows ---- */

enum { LIMBS = WORDS_ROWS / 64 };

bool
word_set_has(struct word_set set, int row)
{
    return row >= 0 && (set.bits[row / 64] >> row % 64 & 1) != 0;
}

bool
word_set_has_name(struct word_set set, const char *name)
{
    return word_set_has(set, words_row(name));
}

void
word_set_add(struct word_set *set, int row)
{
    if (row >= 0)
        set->bits[row / 64] |= (uint64_t)1 << row % 64;
}

static bool
meet(struct word_set a, struct word_set b)
{
    uint64_t both = 0;

    for (int i = 0; i < LIMBS; i++)
        both |= a.bits[i] & b.bits[i];
    return both != 0;
}

bool
word_set_empty(struct word_set set)
{
    return !meet(set, set);
}

void
word_set_join(struct word_set *set, struct word_set more)
{
    for (int i = 0; i < LIMBS; i++)
        set->bits[i] |= more.bits[i];
}

/* ---- rows ---- */

int
words_size(void)
{
    return words_all()->n;
}

static const struct word_row *
row_at(int row)
{
    static const struct word_row none;

    return row >= 0 && row < words_size() ? &words_all()->rows[row] : &none;
}

const char *
words_name(int row)
{
    return row_at(row)->name;
}

const char *
words_says(int row)
{
    return row_at(row)->says;
}

bool
words_weak(int row)
{
    return row_at(row)->weak;
}

int
words_row(const char *name)
{
    for (int i = 0; i < words_size(); i++)
        if (strcasecmp(words_all()->rows[i].name, name) == 0)
            return i;
    return -1;
}

/* The first of its kinds that has a role decides. */
const char *
words_role(int row)
{
    const struct word_row *r = row_at(row);

    for (int i = 0; r->role == NULL && i < words_size(); i++)
        if (word_set_has(r->kinds, i) && words_role(i) != NULL)
            return words_role(i);
    return r->role;
}

/* Add everything that they are kinds of. */
static struct word_set
with_kinds(struct word_set set)
{
    struct word_set before;

    do {
        before = set;
        for (int i = 0; i < words_size(); i++)
            if (word_set_has(set, i))
                word_set_join(&set, row_at(i)->kinds);
    } while (memcmp(&before, &set, sizeof(before)) != 0);
    return set;
}

bool
words_is(int row, const char *name)
{
    struct word_set set = {{0}};

    word_set_add(&set, row);
    return word_set_has_name(with_kinds(set), name);
}

bool
words_kind(int row, int of)
{
    return word_set_has(row_at(row)->kinds, of);
}

/* Add everything that players of these may be playing. */
static struct word_set
with_played(struct word_set set)
{
    struct word_set before;

    do {
        before = set;
        for (int i = 0; i < words_size(); i++)
            if (meet(row_at(i)->shown_by, set))
                word_set_add(&set, i);
    } while (memcmp(&before, &set, sizeof(before)) != 0);
    return set;
}

/* A set of strings may be violins, but a violin is not a viola, so kinds are
 * followed down from what is there, not from its parents. */
struct word_set
words_closure(struct word_set shown)
{
    struct word_set all = with_played(with_kinds(with_played(shown)));
    struct word_set down = shown;
    struct word_set before;

    do {
        before = down;
        for (int i = 0; i < words_size(); i++)
            if (meet(row_at(i)->kinds, down))
                word_set_add(&down, i);
    } while (memcmp(&before, &down, sizeof(before)) != 0);
    word_set_join(&all, down);
    return all;
}

/* ---- captions ---- */

static bool
is_word(char c)
{
    return isalpha((unsigned char)c) || (c & 0x80);
}

/* Whether a word may end before or start at c, next to the character `edge`. */
static bool
apart(char edge, char c)
{
    return isdigit((unsigned char)edge) ? !isdigit((unsigned char)c)
                                        : !is_word(c);
}

/* The number of bytes at the start of text that the phrase takes, with a plural
 * s; 0 if it does not match. */
static size_t
match(const char *text, const struct word_phrase *p)
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

static const struct word_phrase *
longest_at(const char *text, size_t at, size_t *ret_len)
{
    const struct word_list *l = &words_all()->said;
    size_t c = (unsigned char)tolower((unsigned char)text[at]);

    if (at > 0 && !apart(text[at], text[at - 1]))
        return NULL;
    for (size_t i = l->starts[c]; i < l->starts[c + 1]; i++)
        if ((*ret_len = match(text + at, &l->v[i])) > 0)
            return &l->v[i];
    return NULL;
}

bool
words_find(const char *text, size_t from, struct said *ret)
{
    size_t n = 1;

    for (size_t at = from; text[at] != '\0'; at += n) {
        const struct word_phrase *p = longest_at(text, at, &n);

        if (p == NULL)
            n = 1;
        else if (p->row >= 0) {
            *ret = (struct said){p->row, at, at + n};
            return true;
        }
    }
    return false;
}
