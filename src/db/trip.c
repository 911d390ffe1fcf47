/*
 * One round trip; see trip.h. Besides saving waits, this keeps to what a
 * transaction pooler guarantees: nothing outside BEGIN and COMMIT matters.
 */
#include "db/trip.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "db/pg.h"
#include "db/who.h"

/* Enforced by the server, in ms. If a transaction is idle, we died, or the
 * connection did. */
#define LIMITS                                                                 \
    "set_config('statement_timeout', '30000', true), "                         \
    "set_config('idle_in_transaction_session_timeout', '10000', true)"
#define ANSWER_SEC 40 /* then it is the link, or a pooler, that hangs */

void
answers_release(struct answers *a)
{
    PQclear(a->need);
    PQclear(a->query);
    PQclear(a->bad);
    *a = (struct answers){0};
}

bool
trip_good(const PGresult *res)
{
    ExecStatusType st = PQresultStatus(res);

    return st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK;
}

/* ---- the way ---- */

enum { STEPS_MAX = 5, SETTINGS = 4 };

/* A statement of the trip. */
struct step {
    const char *sql;
    int n;
    const char *const *params;
    PGresult **place;  /* for its result */
    struct plan *plan; /* the link's; NULL: the query goes whole */
};

struct way {
    struct step steps[STEPS_MAX];
    int n;
    const char *settings[SETTINGS];
    PGresult *begun, *set, *committed;
};

static void
way_release(struct way *w)
{
    PQclear(w->begun);
    PQclear(w->set);
    PQclear(w->committed);
}

static void
add(struct way *w, const char *sql, PGresult **place)
{
    w->steps[w->n++] = (struct step){.sql = sql, .place = place};
}

/* The same for a query whose plan is worth keeping; l NULL: it is not. */
static void
add_planned(struct way *w, struct link *l, const char *sql, int n,
            const char *const *params, PGresult **place)
{
    w->steps[w->n++] = (struct step){sql, n, params, place,
                                     l != NULL ? link_plan(l, sql) : NULL};
}

static const char ourselves_sql[] = "SELECT pg_backend_pid(), " LIMITS;

static const char settings_sql[] =
    "SELECT pg_backend_pid(), " LIMITS ", "
    "  set_config('trainmode.user', lower(coalesce($1, '')), true), "
    "  set_config('trainmode.artist', lower(coalesce($2, '')), true), "
    "  set_config('request.jwt.claims', coalesce($3, ''), true), "
    "  set_config('role', $4, true)";

/* All of these end with the transaction. */
static void
add_settings(struct way *w, struct link *l, const struct db_who *who)
{
    const struct db_who *only = who_limits(who);

    if (who->user == NULL && who->artist == NULL && who->claims == NULL) {
        add_planned(w, l, ourselves_sql, 0, NULL, &w->set);
        return;
    }
    w->settings[0] = only->user;
    w->settings[1] = only->artist;
    w->settings[2] = who->claims;
    w->settings[3] = who->claims != NULL ? "authenticated" : "none";
    add_planned(w, l, settings_sql, SETTINGS, w->settings, &w->set);
}

static void
plan_way(struct way *w, struct link *l, const struct trip *t,
         struct answers *ret)
{
    if (t->begin != NULL) {
        add(w, t->begin, &w->begun);
        add_settings(w, l, t->who);
    }
    if (t->need != NULL)
        add_planned(w, l,
                    "SELECT FROM artists a WHERE a.id = $1 AND " PG_OWNS("a"),
                    1, &t->need, &ret->need);
    add_planned(w, t->whole ? NULL : l, t->sql, t->n, t->params, &ret->query);
    if (t->commit)
        add(w, "COMMIT", &w->committed);
}

/* ---- sending ---- */

static bool
send_step(PGconn *conn, const struct step *s)
{
    const struct plan *p = s->plan;

    if (p == NULL)
        return PQsendQueryParams(conn, s->sql, s->n, NULL, s->params, NULL,
                                 NULL, 0) == 1;
    return (p->kept || PQsendPrepare(conn, p->name, s->sql, s->n, NULL) == 1) &&
           PQsendQueryPrepared(conn, p->name, s->n, s->params, NULL, NULL, 0) ==
               1;
}

static bool
send_all(PGconn *conn, const struct way *w)
{
    if (PQenterPipelineMode(conn) != 1)
        return false;
    for (int i = 0; i < w->n; i++)
        if (!send_step(conn, &w->steps[i]))
            return false;
    return PQpipelineSync(conn) == 1;
}

/* ---- receiving ---- */

/* Wait until a result can be read without blocking; false if the link is
 * dead. */
static bool
await(PGconn *conn)
{
    struct pollfd fd = {.fd = PQsocket(conn), .events = POLLIN};
    struct timespec now, end;

    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += ANSWER_SEC;
    while (PQisBusy(conn)) {
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec >= end.tv_sec ||
            (poll(&fd, 1, (int)(end.tv_sec - now.tv_sec) * 1000) == -1 &&
             errno != EINTR) ||
            PQconsumeInput(conn) == 0)
            return false;
    }
    return true;
}

/* The result of the next statement, and the end of it. NULL: dead. */
static PGresult *
receive(PGconn *conn)
{
    PGresult *res;

    if (!await(conn) || (res = PQgetResult(conn)) == NULL)
        return NULL;
    if (PQresultStatus(res) != PGRES_PIPELINE_SYNC &&
        (!await(conn) || PQgetResult(conn) != NULL)) {
        PQclear(res);
        return NULL;
    }
    return res;
}

/* Put one result into its place, or into *bad if it failed: the first failed
 * one has the reason, later ones were not run. */
static bool
keep(PGconn *conn, PGresult **place, PGresult **bad)
{
    PGresult *res = receive(conn);

    if (res == NULL)
        return false;
    if (trip_good(res))
        *place = res;
    else if (*bad == NULL)
        *bad = res;
    else
        PQclear(res);
    return true;
}

static bool
keep_step(PGconn *conn, const struct step *s, PGresult **bad)
{
    PGresult *prepared = NULL;

    if (s->plan != NULL && !s->plan->kept) {
        if (!keep(conn, &prepared, bad))
            return false;
        s->plan->kept = prepared != NULL;
        PQclear(prepared);
    }
    return keep(conn, s->place, bad);
}

/* COMMIT of a failed transaction reports ROLLBACK, which is not a success. */
static void
judge_commit(struct way *w, struct answers *a)
{
    if (w->committed != NULL && a->bad == NULL &&
        strcmp(PQcmdStatus(w->committed), "COMMIT") != 0)
        a->bad = steal(&w->committed);
}

static bool
receive_all(struct link *l, struct way *w, struct answers *ret)
{
    PGresult *sync;
    bool ended;

    for (int i = 0; i < w->n; i++)
        if (!keep_step(l->conn, &w->steps[i], &ret->bad))
            return false;
    judge_commit(w, ret);
    if (w->set != NULL)
        link_meet(l, PQgetvalue(w->set, 0, 0));
    sync = receive(l->conn);
    ended = PQresultStatus(sync) == PGRES_PIPELINE_SYNC;
    PQclear(sync);
    return ended && PQexitPipelineMode(l->conn) == 1;
}

bool
trip_run(struct link *l, const struct trip *t, struct answers *ret)
{
    auto_cleanup(way_release) struct way w = {0};

    plan_way(&w, l, t, ret);
    return send_all(l->conn, &w) && receive_all(l, &w, ret);
}

PGresult *
trip_text(PGconn *conn, const char *sql)
{
    return PQsendQuery(conn, sql) == 1 ? receive(conn) : NULL;
}
