/*
 * What the store holds of a roll's items, asked for in lists instead of one
 * by one: where the store is another machine, ten thousand questions take
 * minutes, and the lists that answer them seconds.
 */
#ifndef DATASET_SHELF_H
#define DATASET_SHELF_H

#include "dataset/object.h"

struct shelf_object {
    char *path;
    int64_t size;
};

struct shelf {
    struct store *store; /* borrowed */
    size_t items;        /* of the roll */
    bool asked;          /* for the list */
    struct shelf_object *v;
    size_t n;
};

/* Of so many items, whose audio lies in one folder's folders. */
void shelf_init(struct shelf *s, struct store *store, size_t items);
void shelf_release(struct shelf *s);
/* As object_look, which is asked about what the list does not show as saved:
 * the list may be older than the row. */
int shelf_look(struct shelf *s, const struct item *it, enum object_state *ret,
               struct err *err);

#endif
