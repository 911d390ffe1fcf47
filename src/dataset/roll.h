/*
 * The items of an export, called one after the other: as many as there are,
 * only a few of them are in memory at a time. Where they come from is the
 * caller's business.
 */
#ifndef DATASET_ROLL_H
#define DATASET_ROLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"

/* Item i, which is there during the call only. -1 with err ends the walk. */
typedef int roll_visit(void *ctx, size_t i, const struct item *it,
                       struct err *err);

struct roll {
    size_t n;
    int64_t bytes; /* of the items' audio together */
    /* Visit all, in the same order each time, oldest first. */
    int (*walk)(void *self, roll_visit *visit, void *ctx, struct err *err);
    /* Does the item still have the audio that it was called with? Who replaces
     * or deletes it meanwhile removes the object too, and nothing is lost.
     * NULL: nobody can. */
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
