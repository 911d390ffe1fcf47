/* What a result is made of; private to this room, its use is in pg.h. */
#ifndef DB_ROWS_H
#define DB_ROWS_H

#include <libpq-fe.h>

#include "db/pg.h"

struct rows {
    PGresult *res;
};

/* The result is the rows' from now on. */
struct rows *rows_make(PGresult *res);

#endif
