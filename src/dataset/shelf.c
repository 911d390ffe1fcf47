/* Lists what the store holds of a roll's items; see shelf.h. */
#include "dataset/shelf.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

/* A few items are asked about one by one. A list that shows mostly other
 * objects is abandoned, at the cost of one request in two. A page of a list has
 * some 200 objects. */
#define FEW 10
#define SHOWN_MAX(items) (100 * (items))

void
shelf_init(struct shelf *s, struct store *store, size_t items)
{
    *s = (struct shelf){.store = store, .items = items};
}

void
shelf_release(struct shelf *s)
{
    for (size_t i = 0; i < s->n; i++)
        free(s->v[i].path);
    free(s->v);
    *s = (struct shelf){0};
}

static int
by_path(const void *a, const void *b)
{
    return strcmp(((const struct shelf_object *)a)->path,
                  ((const struct shelf_object *)b)->path);
}

struct listing {
    struct shelf *shelf;
    bool enough;
};

static int
add(void *ctx, const char *path, const struct store_info *info, struct err *err)
{
    struct listing *l = ctx;
    struct shelf *s = l->shelf;

    l->enough = s->n >= SHOWN_MAX(s->items);
    if (l->enough)
        return err_set(err, ERR_CONFLICT, "the list is long enough");
    if ((s->n & (s->n - 1)) == 0)
        s->v = xreallocarray(s->v, s->n > 0 ? 2 * s->n : 1, sizeof(*s->v));
    s->v[s->n++] =
        (struct shelf_object){.path = xstrdup(path), .size = info->size};
    return 0;
}

/* artists/{slug}/training of artists/{slug}/training/{item}/audio.mp3. */
static char *
shelf_of(const char *path)
{
    const char *end = path + strlen(path);

    for (int i = 0; i < 2; i++)
        do
            end--;
        while (end > path && *end != '/');
    return end > path ? xstrndup(path, (size_t)(end - path)) : NULL;
}

/* Without a list everything is asked one by one, which then reports what is
 * wrong. */
static void
ask(struct shelf *s, const char *path)
{
    auto_free char *prefix = shelf_of(path);
    struct listing l = {.shelf = s};
    struct err why = ERR_INIT;

    s->asked = true;
    if (s->items <= FEW || prefix == NULL)
        return;
    if (store_list(s->store, prefix, add, &l, &why) == -1 && !l.enough)
        log_warn("the storage gives no list, so it is asked about each item: "
                 "%s",
                 why.msg);
    if (s->n > 0)
        qsort(s->v, s->n, sizeof(*s->v), by_path);
}

int
shelf_look(struct shelf *s, const struct item *it, enum object_state *ret,
           struct err *err)
{
    struct shelf_object key = {.path = it->audio_path};
    const struct shelf_object *found = NULL;

    *ret = OBJECT_AS_SAVED;
    if (it->audio_path == NULL)
        return 0;
    if (!s->asked)
        ask(s, it->audio_path);
    if (s->n > 0)
        found = bsearch(&key, s->v, s->n, sizeof(*s->v), by_path);
    if (found != NULL && found->size == it->audio.bytes)
        return 0;
    return object_look(s->store, it, ret, err);
}
