/*
 * One round trip; see trip.h. Beside saving the waits, this keeps to what a
 * transaction pooler promises: nothing outside BEGIN and COMMIT matters.
 */
#include "db/trip.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "db/pg.h"
#include "db/who.h"

#define STATEMENT_TIMEOUT "30000" /* ms, kept by the server */
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

/* ---- sending ---- */

static bool
send_text(PGconn *conn, const char *sql)
{
    return PQsendQueryParams(conn, sql, 0, NULL, NULL, NULL, NULL, 0) == 1;
}

/* All of it dies with the transaction. */
static bool
send_settings(PGconn *conn, const struct db_who *who)
{
    const struct db_who *only = who_limits(who);

    if (who->user == NULL && who->artist == NULL && who->claims == NULL)
        return send_text(conn, "SELECT set_config('statement_timeout', "
                               "'" STATEMENT_TIMEOUT "', true)");
    return PQsendQueryParams(
               conn,
               "SELECT set_config('statement_timeout', "
               "'" STATEMENT_TIMEOUT "', true), "
               "set_config('trainmode.user', lower(coalesce($1, '')), true), "
               "set_config('trainmode.artist', lower(coalesce($2, '')), true), "
               "set_config('request.jwt.claims', coalesce($3, ''), true), "
               "set_config('role', $4, true)",
               4, NULL,
               P(only->user, only->artist, who->claims,
                 who->claims != NULL ? "authenticated" : "none"),
               NULL, NULL, 0) == 1;
}

static bool
send_need(PGconn *conn, const char *artist)
{
    return PQsendQueryParams(
               conn, "SELECT FROM artists a WHERE a.id = $1 AND " PG_OWNS("a"),
               1, NULL, P(artist), NULL, NULL, 0) == 1;
}

static bool
send_all(PGconn *conn, const struct trip *t)
{
    return PQenterPipelineMode(conn) == 1 &&
           (t->begin == NULL ||
            (send_text(conn, t->begin) && send_settings(conn, t->who))) &&
           (t->need == NULL || send_need(conn, t->need)) &&
           PQsendQueryParams(conn, t->sql, t->n, NULL, t->params, NULL, NULL,
                             0) == 1 &&
           (!t->commit || send_text(conn, "COMMIT")) &&
           PQpipelineSync(conn) == 1;
}

/* ---- receiving ---- */

/* Until a result can be had without waiting; false where the link is dead. */
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

/* One result into its place, or where it goes if it failed: the first that
 * failed has the reason, those after it were not run. */
static bool
keep(PGconn *conn, PGresult **place, PGresult **bad)
{
    PGresult *res = receive(conn);

    if (res == NULL)
        return false;
    if (!trip_good(res) && *bad == NULL)
        *bad = res;
    else if (trip_good(res) && place != NULL)
        *place = res;
    else
        PQclear(res);
    return true;
}

/* COMMIT of a transaction that failed says ROLLBACK, which is no success. */
static bool
keep_commit(PGconn *conn, struct answers *a)
{
    PGresult *res = NULL;

    if (!keep(conn, &res, &a->bad))
        return false;
    if (res != NULL && strcmp(PQcmdStatus(res), "COMMIT") != 0 &&
        a->bad == NULL)
        a->bad = res;
    else
        PQclear(res);
    return true;
}

static bool
receive_all(PGconn *conn, const struct trip *t, struct answers *ret)
{
    PGresult *sync;
    bool ended;

    if (t->begin != NULL && !(keep(conn, NULL, &ret->bad) && /* BEGIN */
                              keep(conn, NULL, &ret->bad)))  /* settings */
        return false;
    if ((t->need != NULL && !keep(conn, &ret->need, &ret->bad)) ||
        !keep(conn, &ret->query, &ret->bad) ||
        (t->commit && !keep_commit(conn, ret)))
        return false;
    sync = receive(conn);
    ended = PQresultStatus(sync) == PGRES_PIPELINE_SYNC;
    PQclear(sync);
    return ended && PQexitPipelineMode(conn) == 1;
}

bool
trip_run(PGconn *conn, const struct trip *t, bool *sent, struct answers *ret)
{
    *sent = send_all(conn, t);
    return *sent && receive_all(conn, t, ret);
}

PGresult *
trip_text(PGconn *conn, const char *sql)
{
    return PQsendQuery(conn, sql) == 1 ? receive(conn) : NULL;
}
