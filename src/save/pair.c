/* Compares one sound with many sets. */
#include "save/pair.h"

#include <string.h>

#include "base/mem.h"
#include "db/pairing.h"

void
pairs_release(struct pairs *p)
{
    for (size_t i = 0; i < p->n; i++) {
        free(p->v[i].parse_id);
        free(p->v[i].project_name);
    }
    free(p->v);
    *p = (struct pairs){0};
}

/* Verdicts are ordered by how promising they are, except a set without notes,
 * about which nothing is known. */
static int
by_fit(const void *a, const void *b)
{
    const struct alignment *x = &((const struct pair *)a)->found;
    const struct alignment *y = &((const struct pair *)b)->found;
    bool x_same = x->verdict == ALIGN_SAME, y_same = y->verdict == ALIGN_SAME;

    if (x_same != y_same)
        return x_same ? -1 : 1;
    if ((x->verdict > ALIGN_UNSURE) != (y->verdict > ALIGN_UNSURE))
        return x->verdict > ALIGN_UNSURE ? 1 : -1;
    return (x->score < y->score) - (x->score > y->score);
}

int
pairs_of(struct app *app, const char *artist, const struct sound *sound,
         struct pairs *ret, struct err *err)
{
    auto_align struct align *audio = align_open(sound);
    auto_sets struct sets sets = {0};

    if (sets_timelines(app->db, artist, PAIR_SETS, &sets, err) == -1)
        return -1;
    *ret = (struct pairs){.v = xcalloc(sets.n, sizeof(*ret->v)), .n = sets.n};
    for (size_t i = 0; i < sets.n; i++) {
        auto_timeline struct timeline *t = timeline_open(sets.v[i].summary);
        const char *name = sets.v[i].project_name;

        ret->v[i].parse_id = xstrdup(sets.v[i].parse_id);
        ret->v[i].project_name =
            xstrdup(name != NULL ? name : sets.v[i].als_filename);
        align_with(audio, t, false, &ret->v[i].found);
    }
    if (ret->n > 0)
        qsort(ret->v, ret->n, sizeof(*ret->v), by_fit);
    return 0;
}
