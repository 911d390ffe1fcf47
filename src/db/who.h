/* On whose behalf a transaction runs; private to this room. */
#ifndef DB_WHO_H
#define DB_WHO_H

#include "db/db.h"

/* Whom this thread acts for. Never NULL; all members are NULL for ourselves. */
const struct db_who *who_now(void);
extern const struct db_who who_ourselves;

/* The limits that our own check applies: PG_OWNS uses them. */
const struct db_who *who_limits(const struct db_who *who);

#endif
