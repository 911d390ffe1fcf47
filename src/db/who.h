/* On whose behalf this thread asks; private to this room. */
#ifndef DB_WHO_H
#define DB_WHO_H

#include "db/db.h"

/* Never NULL; all of its members are NULL where we ask as ourselves. */
const struct db_who *who_now(void);

#endif
