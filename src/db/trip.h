/*
 * One round trip: what belongs together goes out together, as one pipeline
 * with one Sync at its end. Private to this room.
 */
#ifndef DB_TRIP_H
#define DB_TRIP_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/auto.h"
#include "db/db.h"
#include "db/link.h"

struct trip {
    const char *begin;        /* BEGIN in one of its forms; NULL: it is begun */
    const struct db_who *who; /* for the settings that go with it */
    const char *need;         /* an artist who must be there, or NULL */
    const char *sql;          /* the query */
    int n;
    const char *const *params;
    bool whole;  /* no plan of it is kept */
    bool commit; /* COMMIT goes along; its answer may be lost, and then
                    nobody knows what became of the query */
};

/* What came back; NULL where it was not asked for, or failed. */
struct answers {
    PGresult *need, *query;
    PGresult *bad; /* the first that failed; after it nothing was run */
};
void answers_release(struct answers *a);
#define auto_answers auto_cleanup(answers_release)

/* False where the link is dead or hangs: it cannot be used any more. */
bool trip_run(struct link *l, const struct trip *t, struct answers *ret);

/* One statement without parameters, such as COMMIT, outside of a pipeline;
 * the caller clears the result. NULL: as false above. */
PGresult *trip_text(PGconn *conn, const char *sql);

/* A statement that was done, with rows or without. */
bool trip_good(const PGresult *res);

#endif
