/*
 * Transactions; see pg.h. trip.c sends and receives; this file decides what is
 * retried and what a failure means.
 */
#include "db/pg.h"

#include "base/id.h"
#include "base/mem.h"
#include "db/fault.h"
#include "db/outcome.h"
#include "db/pool.h"
#include "db/rows.h"
#include "db/trip.h"
#include "db/who.h"

enum ending { MORE, LAST, READ, AGAIN };

struct pg {
    struct db *db;
    struct link *link; /* NULL once it was lost, and its place given back */
    bool used;         /* it was in the pool and may be dead */
    bool begun;        /* the server knows of the transaction */
    const struct db_who *who;
    const char *need; /* the artist that the first query checks, or NULL */
};

/* ---- one round trip ---- */

static void
roll_back(PGconn *conn)
{
    if (PQstatus(conn) == CONNECTION_OK &&
        PQtransactionStatus(conn) != PQTRANS_IDLE)
        PQclear(trip_text(conn, "ROLLBACK"));
}

static void
drop(struct pg *tx)
{
    link_close(tx->link);
    tx->link = NULL;
    pool_give(tx->db, NULL);
}

/* The link is dead, or must be considered dead: it is never used again. */
static int
lost(struct pg *tx, const char *why, struct err *err)
{
    const PGconn *conn = tx->link->conn;

    err_set(err, ERR_DATABASE, "database: %s: %s", why,
            PQstatus(conn) == CONNECTION_OK ? "no answer in time"
                                            : PQerrorMessage(conn));
    drop(tx);
    return -1;
}

/* Start again over a new link. */
static int
redial(struct pg *tx, struct err *err)
{
    tx->used = false;
    tx->link = pool_replace(tx->db, tx->link, err);
    return tx->link != NULL ? 0 : -1;
}

/* Whether repeating it at once may work. */
static bool
takes_again(struct link *l, const PGresult *bad)
{
    if (!fault_no_plan(bad))
        return fault_may_pass(bad);
    link_doubt(l);
    return true;
}

/*
 * A transaction that began with this round trip can be repeated once: if the
 * link had died in the pool, because nothing was committed, or it changes
 * nothing, or changes it for good the first time; if the server undid it
 * because of concurrent ones; and if it lacked a prepared plan.
 */
static int
round_trip(struct pg *tx, const struct trip *t, struct answers *ret,
           struct err *err)
{
    for (bool again = false;; again = true) {
        if (!trip_run(tx->link, t, ret)) {
            answers_release(ret);
            if (PQstatus(tx->link->conn) == CONNECTION_OK || !tx->used ||
                tx->begun || again)
                return lost(tx, "the link broke", err);
            if (redial(tx, err) == -1)
                return -1;
            continue;
        }
        if (ret->bad == NULL || !takes_again(tx->link, ret->bad) || tx->begun ||
            again)
            return 0;
        answers_release(ret);
        roll_back(tx->link->conn);
    }
}

/* ---- transactions ---- */

static int
who_check(const struct db_who *who, struct err *err)
{
    if ((who->user != NULL && !id_valid(who->user)) ||
        (who->artist != NULL && !id_valid(who->artist)))
        return err_set(err, ERR_INTERNAL, "whoever asks is no UUID");
    return 0;
}

static struct pg *
begin(struct db *db, const struct db_who *who, struct err *err)
{
    struct pg *tx;
    struct link *l;
    bool used;

    if (who_check(who, err) == -1 || (l = pool_take(db, &used, err)) == NULL)
        return NULL;
    tx = xcalloc(1, sizeof(*tx));
    tx->db = db;
    tx->link = l;
    tx->used = used;
    tx->who = who;
    return tx;
}

struct pg *
pg_begin(struct db *db, struct err *err)
{
    return begin(db, who_now(), err);
}

struct pg *
pg_begin_self(struct db *db, struct err *err)
{
    return begin(db, &who_ourselves, err);
}

struct pg *
pg_begin_for(struct db *db, const char *artist, struct err *err)
{
    struct pg *tx = pg_begin(db, err);

    if (tx != NULL)
        tx->need = artist;
    return tx;
}

void
pg_end(struct pg *tx)
{
    if (tx->link != NULL) {
        roll_back(tx->link->conn);
        pool_give(tx->db, tx->link);
    }
    free(tx);
}

static bool
as_expected(enum pg_expect expect, int n)
{
    switch (expect) {
    case PG_NONE:
        return n == 0;
    case PG_ONE:
        return n == 1;
    case PG_MAYBE:
        return n <= 1;
    case PG_MANY:
        return true;
    }
    return false;
}

/* The answers of a round trip as rows, or as the error in them. */
static struct rows *
judge(struct pg *tx, enum pg_expect expect, struct answers *a, struct err *err)
{
    int n = PQntuples(a->query);

    if (a->need != NULL && PQntuples(a->need) == 0) {
        err_set(err, ERR_ARTIST_NOT_FOUND, "there is no artist %s", tx->need);
        return NULL;
    }
    if (a->bad != NULL) {
        fault_explain(tx->link->conn, a->bad, err);
        return NULL;
    }
    if (!as_expected(expect, n)) {
        err_set(err, ERR_INTERNAL, "database: %d rows where %d were expected",
                n, expect == PG_NONE ? 0 : 1);
        return NULL;
    }
    return rows_make(steal(&a->query));
}

/* Changes are not committed before the artist is known to exist. */
static struct rows *
ask(struct pg *tx, enum pg_expect expect, struct trip *t, enum ending ending,
    struct err *err)
{
    auto_answers struct answers a = {0};
    auto_rows struct rows *r = NULL;

    if (tx->link == NULL) {
        err_set(err, ERR_DATABASE, "database: the link broke before");
        return NULL;
    }
    if (!tx->begun)
        t->begin = ending == READ ? "BEGIN READ ONLY" : "BEGIN";
    t->who = tx->who;
    t->need = tx->need;
    t->commit = ending == READ || ending == AGAIN;
    if (round_trip(tx, t, &a, err) == -1)
        return NULL;
    tx->begun = true;
    if ((r = judge(tx, expect, &a, err)) == NULL)
        return NULL;
    tx->need = NULL;
    if (ending == LAST && pg_commit(tx, err) == -1)
        return NULL;
    return steal(&r);
}

struct rows *
pg_query(struct pg *tx, enum pg_expect expect, struct err *err, const char *sql,
         int n, const char *const *params)
{
    struct trip t = {.sql = sql, .n = n, .params = params};

    return ask(tx, expect, &t, MORE, err);
}

struct rows *
pg_last(struct pg *tx, enum pg_expect expect, struct err *err, const char *sql,
        int n, const char *const *params)
{
    struct trip t = {.sql = sql, .n = n, .params = params};

    return ask(tx, expect, &t, LAST, err);
}

struct rows *
pg_read(struct pg *tx, enum pg_expect expect, struct err *err, const char *sql,
        int n, const char *const *params)
{
    struct trip t = {.sql = sql, .n = n, .params = params};

    return ask(tx, expect, &t, READ, err);
}

struct rows *
pg_again(struct pg *tx, enum pg_expect expect, struct err *err, const char *sql,
         int n, const char *const *params)
{
    struct trip t = {.sql = sql, .n = n, .params = params};

    return ask(tx, expect, &t, AGAIN, err);
}

/* The query and COMMIT. *ret_lost: it is unknown whether that was done. */
static int
commit_with(struct pg *tx, const char *sql, int n, const char *const *params,
            bool *ret_lost, struct err *err)
{
    const struct trip t = {
        .sql = sql, .n = n, .params = params, .whole = true, .commit = true};
    auto_answers struct answers a = {0};

    if (tx->link == NULL)
        return err_set(err, ERR_DATABASE, "database: the link broke before");
    *ret_lost =
        !trip_run(tx->link, &t, &a) || (a.bad != NULL && fault_no_word(a.bad));
    if (*ret_lost)
        return lost(tx, "commit", err);
    return a.bad != NULL ? fault_explain(tx->link->conn, a.bad, err) : 0;
}

int
pg_commit_unmarked(struct pg *tx, struct err *err)
{
    bool no_word = false;

    return commit_with(tx, "SELECT", 0, NULL, &no_word, err);
}

int
pg_commit(struct pg *tx, struct err *err)
{
    char mark[UUID_LEN + 1];
    struct err why = ERR_INIT;
    bool no_word = false;

    if (!tx->begun)
        return 0;
    id_make(mark);
    if (commit_with(tx, "SELECT commit_mark($1)", 1, P(mark), &no_word, &why) ==
        0)
        return 0;
    if (no_word)
        return outcome_find(tx->db, mark, err);
    *err = why;
    return -1;
}

int
db_ping(struct db *db, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    return tx == NULL ||
                   (r = pg_read(tx, PG_ONE, err, "SELECT 1", 0, NULL)) == NULL
               ? -1
               : 0;
}
