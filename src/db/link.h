/*
 * A connection and what its server remembers of it, private to this room.
 *
 * Most of what a small query costs is its planning, so a server is asked to
 * keep the plan of each query as a prepared statement. That takes one server
 * for one connection; behind a transaction pooler each transaction may meet
 * another. A pooler gives itself away: the process that greeted us
 * (PQbackendPID) is not the one that answers (pg_backend_pid()). Should one
 * hide better, a statement's name still says which query it is, so that no
 * other one is run by mistake, and what the server does not know is sent
 * whole.
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
    bool met;    /* a server has said who it is */
    bool direct; /* always the one that greeted us */
    struct plan plans[PLANS_MAX];
    int n;
};

/* Takes the connection. */
struct link *link_make(PGconn *conn);
/* NULL is fine. */
void link_close(struct link *l);

/* Which process answered, by what pg_backend_pid() said; after each BEGIN. */
void link_meet(struct link *l, const char *pid);
/* The server did not know a plan, or has no use for it: no more of them. */
void link_doubt(struct link *l);

/* Of a query, kept or to be kept; the link's. NULL: it is sent whole. */
struct plan *link_plan(struct link *l, const char *sql);

#endif
