/*
 * A pool of libpq connections, transactions and results; see pg.h.
 *
 * Long, since pool, transactions and results are one piece, and the only one
 * that knows libpq.
 */
#include "db/pg.h"

#include <ctype.h>
#include <errno.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

#define WAIT_SEC 10
#define STATEMENT_TIMEOUT "30000" /* ms */

/* An idle connection, or NULL for one that was never made or has died. */
struct db {
    char *url;
    pthread_mutex_t lock;
    pthread_cond_t freed;
    PGconn **idle;
    int idle_n; /* connections (or places for one) that nobody has */
};

struct pg {
    struct db *db;
    PGconn *conn;
    bool open; /* a transaction is */
    char constraint[64];
};

struct rows {
    PGresult *res;
};

struct db *
db_open(const char *url, int connections, struct err *err)
{
    struct db *db;
    char *why = NULL;
    PQconninfoOption *parsed = PQconninfoParse(url, &why);

    if (parsed == NULL) {
        err_set(err, ERR_DATABASE, "DATABASE_URL: %s",
                why != NULL ? why : "cannot be read");
        PQfreemem(why);
        return NULL;
    }
    PQconninfoFree(parsed);

    db = xcalloc(1, sizeof(*db));
    db->url = xstrdup(url);
    db->idle = xcalloc((size_t)connections, sizeof(PGconn *));
    db->idle_n = connections;
    pthread_mutex_init(&db->lock, NULL);
    pthread_cond_init(&db->freed, NULL);
    return db;
}

void
db_close(struct db *db)
{
    for (int i = 0; i < db->idle_n; i++)
        PQfinish(db->idle[i]);
    pthread_cond_destroy(&db->freed);
    pthread_mutex_destroy(&db->lock);
    free(db->idle);
    free(db->url);
    free(db);
}

/* A place in the pool, with the connection that it holds (maybe NULL). */
static int
take(struct db *db, PGconn **ret, struct err *err)
{
    struct timespec until;
    int rc = 0;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_SEC;
    pthread_mutex_lock(&db->lock);
    while (db->idle_n == 0 && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&db->freed, &db->lock, &until);
    if (db->idle_n > 0) {
        *ret = db->idle[--db->idle_n];
        rc = 0;
    }
    pthread_mutex_unlock(&db->lock);
    if (rc == ETIMEDOUT)
        return err_set(err, ERR_DATABASE,
                       "no connection of the pool was free for %d s", WAIT_SEC);
    return 0;
}

static void
give_back(struct db *db, PGconn *conn)
{
    if (conn != NULL && PQstatus(conn) != CONNECTION_OK) {
        PQfinish(conn);
        conn = NULL;
    }
    pthread_mutex_lock(&db->lock);
    db->idle[db->idle_n++] = conn;
    pthread_cond_signal(&db->freed);
    pthread_mutex_unlock(&db->lock);
}

/* Server notices go to our log, not to a stderr of libpq's own. */
static void
notice(void *arg, const char *message)
{
    (void)arg;
    log_info("database: %s", message);
}

static PGconn *
dial(const struct db *db, struct err *err)
{
    /* The URL comes last, so what it says wins over our defaults. */
    const char *const names[] = {"connect_timeout", "application_name",
                                 "keepalives_idle", "client_encoding",
                                 "dbname",          NULL};
    const char *const values[] = {"5",    "trainmode", "30",
                                  "UTF8", db->url,     NULL};
    PGconn *conn = PQconnectdbParams(names, values, 1);

    if (PQstatus(conn) != CONNECTION_OK) {
        err_set(err, ERR_DATABASE, "connect: %s", PQerrorMessage(conn));
        PQfinish(conn);
        return NULL;
    }
    (void)PQsetNoticeProcessor(conn, notice, NULL);
    return conn;
}

/* BEGIN with a time limit that dies with the transaction. */
static bool
begin(PGconn *conn)
{
    PGresult *res = PQexec(conn, "BEGIN");
    bool ok = PQresultStatus(res) == PGRES_COMMAND_OK;

    PQclear(res);
    if (!ok)
        return false;
    res = PQexec(conn, "SET LOCAL statement_timeout = " STATEMENT_TIMEOUT);
    ok = PQresultStatus(res) == PGRES_COMMAND_OK;
    PQclear(res);
    return ok;
}

struct pg *
pg_begin(struct db *db, struct err *err)
{
    struct pg *tx = NULL;
    PGconn *conn = NULL;

    if (take(db, &conn, err) == -1)
        return NULL;
    /* A connection that died while it lay in the pool is made anew, once. */
    if (conn != NULL && !begin(conn)) {
        PQfinish(conn);
        conn = NULL;
    } else if (conn != NULL) {
        goto begun;
    }
    conn = dial(db, err);
    if (conn == NULL || !begin(conn)) {
        if (conn != NULL)
            err_set(err, ERR_DATABASE, "begin: %s", PQerrorMessage(conn));
        give_back(db, conn);
        return NULL;
    }

begun:
    tx = xcalloc(1, sizeof(*tx));
    tx->db = db;
    tx->conn = conn;
    tx->open = true;
    return tx;
}

void
pg_end(struct pg *tx)
{
    if (tx->open && PQstatus(tx->conn) == CONNECTION_OK)
        PQclear(PQexec(tx->conn, "ROLLBACK"));
    give_back(tx->db, tx->conn);
    free(tx);
}

/* What a failed query means to the caller, by the start of its SQLSTATE, and
 * in which words; without any, the server's own go to the log. */
static const struct meaning {
    const char *state;
    enum err_code code;
    const char *words;
} meanings[] = {
    {"08", ERR_DATABASE, NULL},     /* connection exceptions */
    {"57", ERR_DATABASE, NULL},     /* shutdown, canceled by the time limit */
    {"53100", ERR_DISK_FULL, NULL}, /* the database's disk */
    {"53", ERR_DATABASE, NULL},     /* too many connections, memory */
    {"25006", ERR_DATABASE, NULL},  /* a standby that only reads */
    {"40", ERR_DATABASE, NULL},     /* serialization, deadlock */
    {"22P05", ERR_INVALID_FIELD,    /* \u0000 in jsonb */
     "a text has a NUL in it, which cannot be stored"},
    {"22021", ERR_INVALID_FIELD, "a text is not UTF-8"},
    {"22P02", ERR_INVALID_FIELD, "an id is not a UUID"},
    {"22003", ERR_INVALID_FIELD, "a number is too large to be stored"},
    {"54000", ERR_INVALID_FIELD, "a name or key is too long to be stored"},
    {"23505", ERR_CONFLICT, "this is there already"}, /* unique */
    {"23503", ERR_CONFLICT, "what this belongs to was deleted meanwhile"},
    {"P0001", ERR_CONFLICT, NULL}, /* a transition that a trigger refuses */
    {"", ERR_INTERNAL, NULL},
};

static const struct meaning *
meaning_of(const char *state)
{
    const struct meaning *m = meanings;

    while (strncmp(state, m->state, strlen(m->state)) != 0)
        m++;
    return m;
}

/* A link that broke has no SQLSTATE. */
static void
explain(struct pg *tx, const PGresult *res, struct err *err)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *what = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    const char *constraint = PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME);
    const struct meaning *m = meaning_of(state != NULL ? state : "08");

    (void)snprintf(tx->constraint, sizeof(tx->constraint), "%s",
                   constraint != NULL ? constraint : "");
    if (m->words != NULL || m->code == ERR_CONFLICT)
        err_set(err, m->code, "%s", m->words != NULL ? m->words : what);
    else
        err_set(err, m->code, "database: %s (%s)",
                what != NULL ? what : PQerrorMessage(tx->conn),
                state != NULL ? state : "no answer");
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

struct rows *
pg_query(struct pg *tx, enum pg_expect expect, struct err *err, const char *sql,
         int n, const char *const *params)
{
    struct rows *r;
    PGresult *res = PQexecParams(tx->conn, sql, n, NULL, params, NULL, NULL, 0);
    ExecStatusType st = PQresultStatus(res);

    tx->constraint[0] = '\0';
    if (st != PGRES_COMMAND_OK && st != PGRES_TUPLES_OK) {
        explain(tx, res, err);
        PQclear(res);
        return NULL;
    }
    if (!as_expected(expect, PQntuples(res))) {
        err_set(err, ERR_INTERNAL, "database: %d rows where %d were expected",
                PQntuples(res), expect == PG_NONE ? 0 : 1);
        PQclear(res);
        return NULL;
    }
    r = xcalloc(1, sizeof(*r));
    r->res = res;
    return r;
}

int
pg_commit(struct pg *tx, struct err *err)
{
    PGresult *res = PQexec(tx->conn, "COMMIT");
    bool ok = PQresultStatus(res) == PGRES_COMMAND_OK &&
              strcmp(PQcmdStatus(res), "COMMIT") == 0;

    tx->open = false;
    if (!ok)
        explain(tx, res, err);
    PQclear(res);
    return ok ? 0 : -1;
}

const char *
pg_constraint(const struct pg *tx)
{
    return tx->constraint;
}

size_t
rows_count(const struct rows *r)
{
    return (size_t)PQntuples(r->res);
}

size_t
rows_changed(const struct rows *r)
{
    return strtoul(PQcmdTuples(r->res), NULL, 10);
}

void
rows_free(struct rows *r)
{
    PQclear(r->res);
    free(r);
}

const char *
rows_peek(const struct rows *r, size_t row, int col)
{
    return PQgetisnull(r->res, (int)row, col)
               ? NULL
               : PQgetvalue(r->res, (int)row, col);
}

char *
rows_text(const struct rows *r, size_t row, int col)
{
    return xstrdup(rows_peek(r, row, col));
}

int64_t
rows_int(const struct rows *r, size_t row, int col)
{
    const char *s = rows_peek(r, row, col);

    return s != NULL ? strtoll(s, NULL, 10) : 0;
}

double
rows_num(const struct rows *r, size_t row, int col)
{
    const char *s = rows_peek(r, row, col);

    return s != NULL ? strtod(s, NULL) : 0; /* no program sets a locale */
}

bool
rows_bool(const struct rows *r, size_t row, int col)
{
    const char *s = rows_peek(r, row, col);

    return s != NULL && s[0] == 't';
}

json_object *
rows_json(const struct rows *r, size_t row, int col)
{
    const char *s = rows_peek(r, row, col);
    struct err err = ERR_INIT;

    return s != NULL ? json_parse(s, strlen(s), &err) : NULL;
}

struct pg_num
pg_int(int64_t n)
{
    struct pg_num p;

    (void)snprintf(p.text, sizeof(p.text), "%lld", (long long)n);
    return p;
}

struct pg_num
pg_double(double n)
{
    struct pg_num p;

    (void)snprintf(p.text, sizeof(p.text), "%.17g", n);
    return p;
}

int
cursor_parse(const char *text, struct cursor *ret, struct err *err)
{
    size_t digits;

    if (text == NULL) {
        *ret = (struct cursor){0};
        return 0;
    }
    digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 18 || text[digits] != '.' ||
        !id_valid(text + digits + 1))
        return err_field(err, "cursor",
                         "cursor must be the nextCursor of an earlier page");
    ret->micros = xstrndup(text, digits);
    ret->id = xstrdup(text + digits + 1);
    return 0;
}

void
cursor_release(struct cursor *c)
{
    free(c->micros);
    free(c->id);
    *c = (struct cursor){0};
}

int
pg_need_artist(struct pg *tx, const char *artist, struct err *err)
{
    auto_rows struct rows *r = pg_query(
        tx, PG_MAYBE, err, "SELECT 1 FROM artists WHERE id = $1", 1, P(artist));

    if (r == NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_set(err, ERR_ARTIST_NOT_FOUND, "there is no artist %s",
                       artist);
    return 0;
}

int
db_ping(struct db *db, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_query(tx, PG_ONE, err, "SELECT 1", 0, NULL)) == NULL)
        return -1;
    return pg_commit(tx, err);
}
