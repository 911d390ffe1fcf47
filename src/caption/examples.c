/* A user's edited captions as examples; see examples.h. */
#include "caption/examples.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "caption/form.h"

enum { WORDS_MAX = 2 * FORM_WORDS_MAX };

void
examples_release(struct examples *es)
{
    for (size_t i = 0; i < es->n; i++) {
        free(es->v[i].item);
        free(es->v[i].text);
    }
    free(es->v);
    *es = (struct examples){0};
}

/* ---- how much was changed ---- */

struct word { /* of a text, borrowed */
    const char *at;
    size_t len;
};

static size_t
split(const char *text, struct word *ret)
{
    static const char blanks[] = " \t\r\n";
    size_t n = 0;

    for (text += strspn(text, blanks); *text != '\0' && n < WORDS_MAX;
         text += strspn(text, blanks)) {
        ret[n++] = (struct word){text, strcspn(text, blanks)};
        text += strcspn(text, blanks);
    }
    return n;
}

static bool
same(const struct word *a, const struct word *b)
{
    return a->len == b->len && strncasecmp(a->at, b->at, a->len) == 0;
}

static long
least(long a, long b, long c)
{
    long ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Levenshtein's distance, by words, with one row of its table. */
long
examples_distance(const char *a, const char *b)
{
    struct word x[WORDS_MAX], y[WORDS_MAX];
    size_t n = split(a, x), m = split(b, y);
    long row[WORDS_MAX + 1];

    for (size_t k = 0; k <= m; k++)
        row[k] = (long)k;
    for (size_t i = 0; i < n; i++) {
        long before = row[0];

        row[0] = (long)i + 1;
        for (size_t k = 0; k < m; k++) {
            long above = row[k + 1];

            row[k + 1] = least(above + 1, row[k] + 1,
                               before + (same(&x[i], &y[k]) ? 0 : 1));
            before = above;
        }
    }
    return row[m];
}

/* ---- which ones ---- */

void
examples_add(struct examples *es, const char *item, const char *written,
             const char *text)
{
    auto_free char *line = text_one_line(text);
    long distance = examples_distance(written, line);

    if (distance == 0 || form_fault(line) != NULL)
        return;
    es->v = xrealloc(es->v, (es->n + 1) * sizeof(*es->v));
    es->v[es->n++] = (struct example){
        .item = xstrdup(item), .text = steal(&line), .distance = distance};
}

/* By insertion, since equals must keep their order. */
void
examples_choose(struct examples *es)
{
    for (size_t i = 1; i < es->n; i++) {
        struct example one = es->v[i];
        size_t k = i;

        for (; k > 0 && es->v[k - 1].distance > one.distance; k--)
            es->v[k] = es->v[k - 1];
        es->v[k] = one;
    }
    while (es->n > EXAMPLES_MAX) {
        es->n--;
        free(es->v[es->n].item);
        free(es->v[es->n].text);
    }
}

static json_object *
list_of(const struct examples *es, bool ids)
{
    json_object *list = es->n > 0 ? json_object_new_array() : NULL;

    for (size_t i = 0; i < es->n; i++)
        json_object_array_add(
            list, json_object_new_string(ids ? es->v[i].item : es->v[i].text));
    return list;
}

json_object *
examples_texts(const struct examples *es)
{
    return list_of(es, false);
}

json_object *
examples_ids(const struct examples *es)
{
    return list_of(es, true);
}
