/*
 * Which objects are whose. The store is one database's own: its id lies there
 * as an object. Whatever is written is put down before, and whatever loses its
 * row, so that only what this database wrote is ever removed, and never by
 * looking at what else lies there.
 */
#ifndef APP_OBJECTS_H
#define APP_OBJECTS_H

#include <stdio.h>

#include "app/app.h"

/* Have all that the store writes put down. */
void objects_watch(struct app *app);

/* ---- owner.c ---- */

/* Ours, or made ours where it has no owner and each of its objects is known
 * here. ERR_CONFLICT with words for whoever runs it where it is not to be
 * ours; other errors where it cannot be told. */
int owner_claim(struct app *app, struct err *err);
/* Ours from now on, whatever lies there. *ret_strange: how many objects are
 * not known here; they stay, and no artist gets a slug above them. */
int owner_adopt(struct app *app, long *ret_strange, struct err *err);
/* ERR_CONFLICT where it is not ours (any more). */
int owner_check(struct app *app, struct err *err);

/* ---- sweep.c ---- */

enum sweep {
    SWEEP_LET_GO, /* what somebody deleted by a program of ours */
    SWEEP_DUE,    /* also what never got a row, or lost it otherwise; where
                     that is more than ten and a tenth of all objects, it
                     stays, and that is said */
    SWEEP_ALL,    /* all the same */
};

/* Remove what is due. Returns how many objects went, or -1. */
int objects_sweep(struct app *app, enum sweep how, struct err *err);
/* Say what SWEEP_DUE would remove, one a line, and whether it would. */
int objects_tell(struct app *app, FILE *out, struct err *err);
/* Give the slug of an artist that is gone back, if nothing lies under it. */
int slug_release(struct app *app, const char *slug, struct err *err);

#endif
