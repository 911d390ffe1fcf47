/*
 * One round trip: statements that belong together are sent as one pipeline with
 * one Sync at its end. Private to this room.
 */
#ifndef DB_TRIP_H
#define DB_TRIP_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/auto.h"
#include "db/db.h"
#include "db/link.h"

struct trip {
    const char *begin;        /* BEGIN in one of its forms; NULL: already
                               * begun */
    const struct db_who *who; /* for the settings that go with it */
    const char *need;         /* an artist who must exist, or NULL */
    const char *sql;          /* the query */
    int n;
    const char *const *params;
    bool whole;  /* send it as a whole, with no prepared plan */
    bool commit; /* COMMIT is sent along; its answer may be lost, and then
                  * the outcome of the query is unknown */
};

/* The results; NULL if not requested or failed. */
struct answers {
    PGresult *need, *query;
    PGresult *bad; /* the first that failed; nothing was run after it */
};
void answers_release(struct answers *a);
#define auto_answers auto_cleanup(answers_release)

/* False if the link is dead or hangs: it cannot be used any more. */
bool trip_run(struct link *l, const struct trip *t, struct answers *ret);

/* One statement without parameters, such as COMMIT, outside of a pipeline; the
 * caller clears the result. NULL: as false above. */
PGresult *trip_text(PGconn *conn, const char *sql);

/* Whether a statement was executed, with or without rows. */
bool trip_good(const PGresult *res);

#endif
