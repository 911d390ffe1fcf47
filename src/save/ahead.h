/*
 * Conversions ahead of exports: threads that take saved audio other than MP3,
 * one file at a time, and have trainmode-convert make an MP3, which is kept
 * (dataset/conversion.h). They give way to everything else on the machine; an
 * export that needs a file in the meantime takes it over.
 */
#ifndef SAVE_AHEAD_H
#define SAVE_AHEAD_H

#include "app/app.h"

/* threads 0: nothing is converted ahead, and the other two do nothing. */
int ahead_start(struct app *app, int threads, struct err *err);
/* Call after something was saved. */
void ahead_poke(void);
/* Takes a fraction of a second; work in progress is given back. */
void ahead_stop(void);

#endif
