/* On whose behalf a transaction runs; private to this room. */
#ifndef DB_WHO_H
#define DB_WHO_H

#include "db/db.h"

/* Whom this thread acts for. Never NULL; ourselves: all members are. */
const struct db_who *who_now(void);
extern const struct db_who who_ourselves;

/* What our own check lets them see: PG_OWNS goes by it. */
const struct db_who *who_limits(const struct db_who *who);

#endif
