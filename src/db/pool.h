/*
 * The pool of libpq connections, private to this room: places, each with a
 * connection or none yet. Thread-safe.
 */
#ifndef DB_POOL_H
#define DB_POOL_H

#include "db/db.h"
#include "db/link.h"

/*
 * A place whose connection is open, as far as can be told without asking.
 * *ret_used: it was in the pool and may still turn out to be dead. ERR_DATABASE
 * if no place becomes free or no connection can be made; then there is nothing
 * to give back.
 */
struct link *pool_take(struct db *db, bool *ret_used, struct err *err);

/* Replace a connection that turned out to be dead, and close it. NULL: there is
 * none, and the place was given back. */
struct link *pool_replace(struct db *db, struct link *dead, struct err *err);

/* Give back the place, and its connection if that is still good. */
void pool_give(struct db *db, struct link *l);

#endif
