/*
 * Who owns which objects. A store belongs to one database, whose id is stored
 * in it as an object. Every object is recorded before it is written and when it
 * loses its row, so that only what this database wrote is ever removed, and
 * never by listing the store.
 */
#ifndef APP_OBJECTS_H
#define APP_OBJECTS_H

#include <stdio.h>

#include "app/app.h"

/* Record everything that the store writes. */
void objects_watch(struct app *app);

/* ---- owner.c ---- */

/* Checks that the store is ours, and claims it if it has no owner and all its
 * objects are known here. ERR_CONFLICT, worded for the operator, if it cannot
 * be ours; other errors if that cannot be determined. */
int owner_claim(struct app *app, struct err *err);
/* Make it ours, whatever it contains. *ret_strange: the number of objects
 * unknown here; they stay, and no artist gets a slug whose folder has any. */
int owner_adopt(struct app *app, long *ret_strange, struct err *err);
/* ERR_CONFLICT if it is not ours (any more). */
int owner_check(struct app *app, struct err *err);

/* ---- sweep.c ---- */

enum sweep {
    SWEEP_LET_GO, /* objects that a program of ours deleted for a user */
    SWEEP_DUE,    /* also objects that never got a row, or lost it otherwise;
                   * if those are more than ten and more than a tenth of all
                   * objects, they stay, and that is reported */
    SWEEP_ALL,    /* those in any case */
};

/* Remove what is due. Returns the number of removed objects, or -1. */
int objects_sweep(struct app *app, enum sweep how, struct err *err);
/* Print what SWEEP_DUE would remove, one per line, and whether it would. */
int objects_tell(struct app *app, FILE *out, struct err *err);
/* Release the slug of a deleted artist if no object uses it. */
int slug_release(struct app *app, const char *slug, struct err *err);

#endif
