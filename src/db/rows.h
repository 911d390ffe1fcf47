/* The inside of a result; private to this room, see pg.h for its use. */
#ifndef DB_ROWS_H
#define DB_ROWS_H

#include <libpq-fe.h>

#include "db/pg.h"

struct rows {
    PGresult *res;
};

/* The rows take ownership of the result. */
struct rows *rows_make(PGresult *res);

#endif
