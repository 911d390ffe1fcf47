/*
 * What became of a transaction whose COMMIT was sent but not answered, because
 * the server or a connection went away. Private to this room.
 *
 * Its last step inserted a mark (commit_marks) with an id that we chose. To
 * ask, we insert another mark with the same id: the server makes it wait for
 * the first one if that is still in progress, and if the first one does not
 * exist, it never can.
 */
#ifndef DB_OUTCOME_H
#define DB_OUTCOME_H

#include "db/db.h"

/* Ask over other connections until the server knows, for some seconds. 0: it
 * was committed; ERR_DATABASE: it was not, and will not be; ERR_UNSURE: the
 * outcome is unknown for now. */
int outcome_find(struct db *db, const char *mark, struct err *err);

#endif
