/* What a failed statement means to the caller; private to this room. */
#ifndef DB_FAULT_H
#define DB_FAULT_H

#include <libpq-fe.h>

#include "base/err.h"

/* Sets err by the SQLSTATE of a result; a link that broke has none. Always
 * -1. */
int fault_explain(const PGconn *conn, const PGresult *res, struct err *err);

/* Undone by the server because of what others did at the same time: the
 * whole transaction may be tried again. */
bool fault_may_pass(const PGresult *res);

/* A failure that leaves open whether the statement was done, as of a server
 * that goes away, or of a pooler that lost it. */
bool fault_no_word(const PGresult *res);

/* The server does not know a plan that we took it to have, or the plan's
 * result is no longer what it was. */
bool fault_no_plan(const PGresult *res);

#endif
