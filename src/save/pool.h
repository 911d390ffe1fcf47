/*
 * The analysis pool: threads that take items without an analysis from the
 * database, one at a time, and run trainmode-analyze on their audio. An item is
 * leased in the database (ANALYSIS_LEASE_SEC) and the lease is renewed during
 * the work, so a crash loses nothing and any number of nodes share the work.
 * The pool looks once a second, or at once when poked; if the database is away,
 * it waits. Failures go to the log, never to a client.
 */
#ifndef SAVE_POOL_H
#define SAVE_POOL_H

#include "app/app.h"

/* threads 0: nothing is analyzed, and the other two do nothing. Fails if
 * trainmode-analyze is not next to this program. */
int pool_start(struct app *app, int threads, struct err *err);
/* Call after something was saved. */
void pool_poke(void);
/* Analyze a file for a request that waits for it, at most as many at a time as
 * there are threads; otherwise like analyzer_run. */
int pool_analyze(int fd, json_object **ret, struct err *err);
/* Takes a fraction of a second; work in progress is given back. */
void pool_stop(struct app *app);

#endif
