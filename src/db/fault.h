/* What a failed statement means to the caller; private to this room. */
#ifndef DB_FAULT_H
#define DB_FAULT_H

#include <libpq-fe.h>

#include "base/err.h"

/* Sets err by the SQLSTATE of a result; a broken connection has none. Always
 * -1. */
int fault_explain(const PGconn *conn, const PGresult *res, struct err *err);

/* Whether the server undid the transaction because of concurrent ones: it may
 * be tried again as a whole. */
bool fault_may_pass(const PGresult *res);

/* Whether it is unknown if the statement was executed, as when a server goes
 * away or a pooler loses it. */
bool fault_no_word(const PGresult *res);

/* The server does not know a prepared plan that we expected it to have, or the
 * plan's result type has changed. */
bool fault_no_plan(const PGresult *res);

#endif
