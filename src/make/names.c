/* Which names belong to one track; see make.h. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "make/make.h"
#include "music/name_key.h"

/* The only set with this name; NULL if there is none, or more than one. */
static const struct live *
set_named(const struct folder *f, char *const *keys, const char *key)
{
    const struct live *found = NULL;

    for (size_t i = 0; i < f->n_sets; i++) {
        if (f->sets[i].parse_id == NULL || strcmp(keys[i], key) != 0)
            continue;
        /* The same bytes with two names are one set. */
        if (found != NULL && strcmp(found->parse_id, f->sets[i].parse_id) != 0)
            return NULL;
        found = &f->sets[i];
    }
    return found;
}

static bool
is_same_set(const struct bounce *a, const struct bounce *b)
{
    return a != b && a->set != NULL && b->set != NULL && b->why[0] == '\0' &&
           strcmp(a->set->parse_id, b->set->parse_id) == 0;
}

/* Two versions of one track would count twice in a dataset. */
static void
keep_newest(struct folder *f)
{
    for (size_t i = 0; i < f->n_sounds; i++)
        for (size_t k = 0; k < f->n_sounds; k++) {
            struct bounce *a = &f->sounds[i];
            const struct bounce *b = &f->sounds[k];

            if (a->why[0] == '\0' && is_same_set(a, b) &&
                (a->changed < b->changed ||
                 (a->changed == b->changed && i > k)))
                (void)snprintf(a->why, sizeof(a->why),
                               "%.120s is a newer bounce of the same set",
                               b->name);
        }
}

void
names_pair(struct folder *f)
{
    char **keys = xcalloc(f->n_sets + 1, sizeof(*keys));

    for (size_t i = 0; i < f->n_sets; i++)
        keys[i] = name_key(f->sets[i].name);
    for (size_t i = 0; i < f->n_sounds; i++) {
        struct bounce *s = &f->sounds[i];
        auto_free char *key = name_key(s->name);

        if (s->set == NULL && !s->alone)
            s->set = set_named(f, keys, key);
    }
    for (size_t i = 0; i < f->n_sets; i++)
        free(keys[i]);
    free(keys);
    keep_newest(f);
}
