/*
 * The items of an export, visited one after the other: there may be any number,
 * but only a few are in memory at a time. The caller decides where they come
 * from.
 */
#ifndef DATASET_ROLL_H
#define DATASET_ROLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"

/* Item i, valid only during the call. -1 with err ends the walk. */
typedef int roll_visit(void *ctx, size_t i, const struct item *it,
                       struct err *err);

struct roll {
    size_t n;
    int64_t bytes; /* total size of the items' audio */
    /* Visit all, in the same order each time, oldest first. */
    int (*walk)(void *self, roll_visit *visit, void *ctx, struct err *err);
    /* Does the item still have the audio that it was visited with? If somebody
     * replaces or deletes it in the meantime, the object is removed too, and
     * nothing is lost. NULL: nobody can. */
    int (*holds)(void *self, const struct item *it, bool *ret, struct err *err);
    void *self;
};

static inline int
roll_walk(const struct roll *roll, roll_visit *visit, void *ctx,
          struct err *err)
{
    return roll->walk(roll->self, visit, ctx, err);
}

static inline int
roll_holds(const struct roll *roll, const struct item *it, bool *ret,
           struct err *err)
{
    *ret = true;
    return roll->holds != NULL ? roll->holds(roll->self, it, ret, err) : 0;
}

#endif
