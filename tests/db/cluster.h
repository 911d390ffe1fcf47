/*
 * A PostgreSQL of the test's own: made in a temporary folder, on a Unix
 * socket there, with the migrations applied by a role that is not a superuser;
 * gone at the end. Optionally with a transaction pooler before it.
 */
#ifndef TESTS_DB_CLUSTER_H
#define TESTS_DB_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "db/db.h"
#include "db/pg.h"

#define CONNECTIONS 4

struct cluster {
    char dir[40];
    pid_t server, pooler; /* 0: does not run */
    int port;             /* names its socket */
    bool tls;             /* it listens on 127.0.0.1, too */
    char url[160];        /* of the server */
    char pooled[160];     /* of the pooler */
    struct db *db;        /* with CONNECTIONS connections, used by the tests */
};

/* NULL, or what is missing, in words. */
const char *cluster_missing(void);
bool pooler_installed(void);

/* cmocka's group fixtures: directly, and through the pooler. */
int cluster_setup(void **state);
int cluster_setup_pooled(void **state);
int cluster_teardown(void **state);

/* A program in the cluster's folder, as us or as the server's user: its exit
 * status. */
int cluster_run(const struct cluster *c, bool as_postgres,
                const char *const *argv);

/* From the next start on, also at 127.0.0.1 by TLS, with the server.crt and
 * server.key of the cluster's folder. */
void cluster_serve_tls(struct cluster *c, int port);
void cluster_start(struct cluster *c); /* waits until it answers */
void cluster_stop(struct cluster *c, int signal);

/* psql with these arguments (NULL ends them), as a role, in our database: its
 * exit status. */
int cluster_psql(const struct cluster *c, const char *role,
                 const char *const *args);

/* One statement in its own transaction: the first column of its first row (the
 * caller's), or "". NULL with err set if it was refused. */
char *ask(struct db *db, struct err *err, const char *sql, int n,
          const char *const *params);
/* The same for statements that cannot fail. */
char *must_ask(struct db *db, const char *sql, int n,
               const char *const *params);
void must_do(struct db *db, const char *sql, int n, const char *const *params);

/* Did it fail as it should? */
#define assert_err(err, wanted)                                                \
    do {                                                                       \
        if ((err).code != (wanted))                                            \
            fail_msg("%s (%s)", err_word((err).code), (err).msg);              \
        err_clear(&(err));                                                     \
    } while (0)
#define assert_fine(call, err)                                                 \
    do {                                                                       \
        if ((call) != 0)                                                       \
            fail_msg("%s: %s", err_word((err).code), (err).msg);               \
    } while (0)

#endif
