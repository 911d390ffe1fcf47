/*
 * What the store holds of a roll's items, fetched as lists instead of one by
 * one: if the store is remote, ten thousand questions take minutes, and the
 * lists that answer them take seconds.
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
    bool asked;          /* the list was fetched */
    struct shelf_object *v;
    size_t n;
};

/* For this many items, whose audio is in subfolders of one folder. */
void shelf_init(struct shelf *s, struct store *store, size_t items);
void shelf_release(struct shelf *s);
/* Like object_look, which it calls for objects that the list does not show as
 * saved: the list may be older than the row. */
int shelf_look(struct shelf *s, const struct item *it, enum object_state *ret,
               struct err *err);

#endif
