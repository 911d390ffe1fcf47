/*
 * What became of a transaction whose COMMIT was sent and not answered: the
 * server went away, or a wire did. Private to this room.
 *
 * Its last step left a mark (commit_marks), under an id that we chose. Asking
 * is leaving another one of that id: the server makes it wait for the first,
 * if that is still under way, and if there is none, there can be none any
 * more.
 */
#ifndef DB_OUTCOME_H
#define DB_OUTCOME_H

#include "db/db.h"

/* Ask by other links until the server knows, for some seconds. 0: it was
 * committed; ERR_DATABASE: it was not, and will not be; ERR_UNSURE: nobody can
 * tell now. */
int outcome_find(struct db *db, const char *mark, struct err *err);

#endif
