/*
 * Which bounce of an archive belongs to which set: as the page pairs the files
 * of a folder, if exactly one file and one set have the name.
 */
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "library/library.h"
#include "music/name_key.h"

#define PAGE 1000

struct named {
    char *parse_id;
    char *keys[2]; /* literally; without what people add to a bounce */
    bool taken;
};
struct all_named {
    struct named *v;
    size_t n;
};

static void
all_named_release(struct all_named *a)
{
    for (size_t i = 0; i < a->n; i++) {
        free(a->v[i].parse_id);
        free(a->v[i].keys[0]);
        free(a->v[i].keys[1]);
    }
    free(a->v);
}

void
bounces_release(struct bounces *b)
{
    for (size_t i = 0; i < b->n; i++)
        free(b->v[i].parse_id);
    free(b->v);
    *b = (struct bounces){0};
}

static void
add_named(struct all_named *all, const char *name, const char *parse_id)
{
    all->v = xreallocarray(all->v, all->n + 1, sizeof(*all->v));
    all->v[all->n++] =
        (struct named){.parse_id = parse_id != NULL ? xstrdup(parse_id) : NULL,
                       .keys = {name_words(name), name_key(name)}};
}

static int
all_sets(struct app *app, const char *artist, struct all_named *ret,
         struct err *err)
{
    auto_free char *cursor = NULL;

    do {
        auto_sets struct sets page = {0};

        if (sets_list(app->db, artist, NULL, PAGE, cursor, &page, err) == -1)
            return -1;
        for (size_t i = 0; i < page.n; i++) {
            const struct set *s = &page.v[i];

            add_named(ret,
                      s->als_filename != NULL   ? s->als_filename
                      : s->project_name != NULL ? s->project_name
                                                : "",
                      s->parse_id);
        }
        free(cursor);
        cursor = steal(&page.next);
    } while (cursor != NULL);
    return 0;
}

/* The only free one with this key; NULL if there is none, or if there are
 * two. */
static struct named *
only(const struct all_named *all, size_t form, const char *key)
{
    struct named *found = NULL;

    for (size_t i = 0; i < all->n; i++) {
        if (all->v[i].taken || strcmp(all->v[i].keys[form], key) != 0)
            continue;
        if (found != NULL)
            return NULL;
        found = &all->v[i];
    }
    return found;
}

int
bounces_pair(struct app *app, const char *artist, json_object *files,
             struct bounces *ret, struct err *err)
{
    auto_cleanup(all_named_release) struct all_named sets = {0}, ours = {0};

    if (all_sets(app, artist, &sets, err) == -1)
        return -1;
    for (size_t i = 0; i < json_object_array_length(files); i++) {
        json_object *file = json_object_array_get_idx(files, i);

        if (strcmp(json_text(file, "kind"), "audio") != 0)
            continue;
        ret->v = xreallocarray(ret->v, ret->n + 1, sizeof(*ret->v));
        ret->v[ret->n++] = (struct bounce){.file = file};
        add_named(&ours, json_text(file, "name"), NULL);
    }
    for (size_t form = 0; form < 2; form++)
        for (size_t i = 0; i < ours.n; i++) {
            struct named *one = &ours.v[i];
            struct named *set = only(&sets, form, one->keys[form]);

            if (one->taken || set == NULL ||
                only(&ours, form, one->keys[form]) != one)
                continue;
            ret->v[i].parse_id = xstrdup(set->parse_id);
            one->taken = set->taken = true;
        }
    return 0;
}
