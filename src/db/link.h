/*
 * A connection and its server's prepared plans, private to this room.
 *
 * Planning is most of the cost of a small query, so the server is asked to keep
 * the plan of each query as a prepared statement. That requires one server per
 * connection; behind a transaction pooler each transaction may get another one.
 * We detect a pooler because the process that greeted us (PQbackendPID) is not
 * the one that answers (pg_backend_pid()). Should one hide better, a
 * statement's name still identifies its query, so that no other one is run by
 * mistake, and a plan that the server does not know is sent as a whole query.
 */
#ifndef DB_LINK_H
#define DB_LINK_H

#include <libpq-fe.h>
#include <stdbool.h>

enum {
    PLANS_MAX = 96, /* more than a program has queries */
    PLAN_NAME = 40,
};

struct plan {
    char *sql;
    char name[PLAN_NAME];
    bool kept; /* the server has it */
};

struct link {
    PGconn *conn;
    bool met;    /* a server has identified itself */
    bool direct; /* it is always the one that greeted us */
    struct plan plans[PLANS_MAX];
    int n;
};

/* Takes the connection. */
struct link *link_make(PGconn *conn);
/* NULL is fine. */
void link_close(struct link *l);

/* The process that answered, from pg_backend_pid(); call after each BEGIN. */
void link_meet(struct link *l, const char *pid);
/* The server did not know a plan, or could not use it: use no more of them. */
void link_doubt(struct link *l);

/* The plan of a query, prepared or to be prepared; the link's. NULL: send the
 * query as a whole. */
struct plan *link_plan(struct link *l, const char *sql);

#endif
