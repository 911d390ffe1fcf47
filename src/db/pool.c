/* The pool of libpq connections; see pool.h. */
#include "db/pool.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#define WAIT_SEC 10

/* An idle connection, or NULL for one that was never made or has died. */
struct db {
    char *url;
    pthread_mutex_t lock;
    pthread_cond_t freed;
    struct link **idle;
    int idle_n; /* connections (or places for one) that are free */
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
    db->idle = xcalloc((size_t)connections, sizeof(struct link *));
    db->idle_n = connections;
    pthread_mutex_init(&db->lock, NULL);
    pthread_cond_init(&db->freed, NULL);
    return db;
}

void
db_close(struct db *db)
{
    for (int i = 0; i < db->idle_n; i++)
        link_close(db->idle[i]);
    pthread_cond_destroy(&db->freed);
    pthread_mutex_destroy(&db->lock);
    free(db->idle);
    free(db->url);
    free(db);
}

/* A place, with the connection that it holds (maybe NULL). */
static int
take_place(struct db *db, struct link **ret, struct err *err)
{
    int64_t until = clock_mono_ms() + WAIT_SEC * 1000;
    int rc = 0;

    pthread_mutex_lock(&db->lock);
    while (db->idle_n == 0 && rc != ETIMEDOUT)
        rc = clock_wait(&db->freed, &db->lock, until);
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

void
pool_give(struct db *db, struct link *l)
{
    if (l != NULL && (PQstatus(l->conn) != CONNECTION_OK ||
                      PQtransactionStatus(l->conn) != PQTRANS_IDLE)) {
        link_close(l);
        l = NULL;
    }
    pthread_mutex_lock(&db->lock);
    db->idle[db->idle_n++] = l;
    pthread_cond_signal(&db->freed);
    pthread_mutex_unlock(&db->lock);
}

/* Server notices go to our log, not to libpq's stderr. */
static void
notice(void *arg, const char *message)
{
    (void)arg;
    log_info("database: %s", message);
}

/*
 * Every wait has a limit: for a server that does not accept the connection, for
 * one that silently went away, and for bytes that nobody acknowledges. The URL
 * comes last, so its own values override these.
 */
static struct link *
dial(const struct db *db, struct err *err)
{
    const char *const names[] = {"connect_timeout",
                                 "application_name",
                                 "client_encoding",
                                 "keepalives_idle",
                                 "keepalives_interval",
                                 "keepalives_count",
                                 "tcp_user_timeout",
                                 "dbname",
                                 NULL};
    const char *const values[] = {"5", "trainmode", "UTF8",  "30", "10",
                                  "3", "30000",     db->url, NULL};
    PGconn *conn = PQconnectdbParams(names, values, 1);

    if (PQstatus(conn) != CONNECTION_OK) {
        err_set(err, ERR_DATABASE, "connect: %s", PQerrorMessage(conn));
        PQfinish(conn);
        return NULL;
    }
    (void)PQsetNoticeProcessor(conn, notice, NULL);
    return link_make(conn);
}

/* An idle server sends nothing but its goodbye. */
static bool
alive(PGconn *conn)
{
    struct pollfd fd = {.fd = PQsocket(conn), .events = POLLIN};

    while (PQstatus(conn) == CONNECTION_OK && poll(&fd, 1, 0) > 0)
        if (PQconsumeInput(conn) == 0)
            return false;
    return PQstatus(conn) == CONNECTION_OK;
}

struct link *
pool_replace(struct db *db, struct link *dead, struct err *err)
{
    struct link *l;

    link_close(dead);
    l = dial(db, err);
    if (l == NULL)
        pool_give(db, NULL);
    return l;
}

struct link *
pool_take(struct db *db, bool *ret_used, struct err *err)
{
    struct link *l = NULL;

    if (take_place(db, &l, err) == -1)
        return NULL;
    *ret_used = l != NULL && alive(l->conn);
    return *ret_used ? l : pool_replace(db, l, err);
}
