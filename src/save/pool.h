/*
 * The analysis pool: threads that take items without an analysis from the
 * database, one at a time, and have trainmode-analyze look at their audio.
 *
 * What is taken is leased in the database (ANALYSIS_LEASE_SEC) and renewed
 * while it is worked on, so a crash loses nothing and any number of nodes
 * share the work. The pool looks once a second, or at once
 * when poked; while the database is away it waits for it. Of what it cannot
 * do it says so in the log, never to a client.
 */
#ifndef SAVE_POOL_H
#define SAVE_POOL_H

#include "app/app.h"

/* threads 0: nothing is analyzed, and the other two do nothing. Fails where
 * trainmode-analyze does not stand beside this program. */
int pool_start(struct app *app, int threads, struct err *err);
/* Something was saved. */
void pool_poke(void);
/* Analyze a file for a request that waits for it, at most as many at once as
 * there are threads; as analyzer_run. */
int pool_analyze(int fd, json_object **ret, struct err *err);
/* In a fraction of a second; what is under way is given back. */
void pool_stop(struct app *app);

#endif
