/*
 * Conversions ahead of exports: threads that take saved audio that is no MP3,
 * one at a time, and have trainmode-convert make one of it, which is kept
 * (dataset/conversion.h). They give way to all else on the machine; an export
 * that comes meanwhile takes a file over.
 */
#ifndef SAVE_AHEAD_H
#define SAVE_AHEAD_H

#include "app/app.h"

/* threads 0: nothing is converted ahead, and the other two do nothing. */
int ahead_start(struct app *app, int threads, struct err *err);
/* Something was saved. */
void ahead_poke(void);
/* In a fraction of a second; what is under way is given back. */
void ahead_stop(void);

#endif
