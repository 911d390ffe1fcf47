/*
 * The pool of libpq connections, private to this room: places, each with a
 * connection or with none yet. Thread-safe.
 */
#ifndef DB_POOL_H
#define DB_POOL_H

#include <libpq-fe.h>

#include "db/db.h"

/*
 * A place, with a connection that is open as far as can be told without
 * asking. *ret_used: it lay in the pool and may still turn out to be dead.
 * ERR_DATABASE where no place comes free or no connection can be made; then
 * there is nothing to give back.
 */
PGconn *pool_take(struct db *db, bool *ret_used, struct err *err);

/* A connection in the place of one that turned out to be dead, which is
 * closed. NULL: there is none, and the place was given back. */
PGconn *pool_replace(struct db *db, PGconn *dead, struct err *err);

/* The place, and its connection if that is still good. */
void pool_give(struct db *db, PGconn *conn);

#endif
