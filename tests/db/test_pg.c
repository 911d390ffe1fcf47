/* db/pg: the pool under many threads, and a server that goes and comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "cluster.h"

#define THREADS 24
#define ROUNDS 20

struct asker {
    pthread_t thread;
    struct db *db;
    struct err err;
    int answered;
};

static void *
keep_asking(void *arg)
{
    struct asker *a = arg;

    for (int i = 0; i < ROUNDS; i++) {
        auto_free char *n = ask(a->db, &a->err,
                                "SELECT count(*) FROM generate_series(1, 9), "
                                "pg_sleep(0.001)",
                                0, NULL);

        if (n == NULL || strcmp(n, "9") != 0)
            return NULL;
        a->answered++;
    }
    return NULL;
}

/* More threads than connections wait for their turn, and the server never
 * sees more of us than were agreed. */
static void
test_threads_share(void **state)
{
    struct cluster *c = *state;
    struct asker askers[THREADS] = {0};
    auto_free char *n = NULL;

    for (int i = 0; i < THREADS; i++) {
        askers[i].db = c->db;
        assert_int_equal(
            pthread_create(&askers[i].thread, NULL, keep_asking, &askers[i]),
            0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(askers[i].thread, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        if (askers[i].answered != ROUNDS)
            fail_msg("thread %d: %d answers, %s", i, askers[i].answered,
                     askers[i].err.msg);
    n = must_ask(c->db,
                 "SELECT count(*) BETWEEN 1 AND $1::int FROM pg_stat_activity "
                 "WHERE application_name = 'trainmode'",
                 1, P(pg_int(CONNECTIONS).text));
    assert_string_equal(n, "t");
}

/* All connections are taken and stay so: an error instead of waiting
 * forever. */
static void
test_pool_exhausted(void **state)
{
    struct cluster *c = *state;
    struct err err = ERR_INIT;
    auto_db struct db *db = db_open(c->url, 1, &err);
    auto_pg struct pg *tx = pg_begin(db, &err);
    struct timespec before, after;

    assert_non_null(tx);
    (void)clock_gettime(CLOCK_MONOTONIC, &before);
    assert_int_equal(db_ping(db, &err), -1);
    (void)clock_gettime(CLOCK_MONOTONIC, &after);
    assert_err(err, ERR_DATABASE);
    assert_in_range(after.tv_sec - before.tv_sec, 8, 15);
    pg_end(steal(&tx));
    assert_fine(db_ping(db, &err), err);
}

static void
test_not_committed_is_undone(void **state)
{
    struct cluster *c = *state;
    struct err err = ERR_INIT;
    auto_free char *n = NULL;
    struct pg *tx = pg_begin(c->db, &err);
    struct rows *r;

    assert_non_null(tx);
    r = pg_query(tx, PG_NONE, &err,
                 "INSERT INTO artists (name, slug) VALUES ('x', 'undone')", 0,
                 NULL);
    assert_non_null(r);
    assert_int_equal(rows_changed(r), 1);
    rows_free(r);
    pg_end(tx);
    n = must_ask(c->db, "SELECT count(*) FROM artists WHERE slug = 'undone'", 0,
                 NULL);
    assert_string_equal(n, "0");
}

/* After a failed statement COMMIT rolls back: that is not a success. */
static void
test_failed_does_not_commit(void **state)
{
    struct cluster *c = *state;
    struct err err = ERR_INIT;
    struct pg *tx = pg_begin(c->db, &err);

    assert_non_null(tx);
    assert_null(pg_query(tx, PG_ONE, &err, "SELECT 1/0", 0, NULL));
    assert_err(err, ERR_INTERNAL);
    assert_int_equal(pg_commit(tx, &err), -1);
    assert_int_not_equal(err.code, ERR_NONE);
    pg_end(tx);
    err_clear(&err);
    assert_fine(db_ping(c->db, &err), err);
}

/* COMMIT goes along with the query, and nothing of a failed one stays. */
static void
test_again(void **state)
{
    struct cluster *c = *state;
    struct err err = ERR_INIT;
    auto_free char *n = NULL;
    struct pg *tx = pg_begin(c->db, &err);
    struct rows *r = pg_again(
        tx, PG_NONE, &err,
        "INSERT INTO artists (name, slug) VALUES ('x', 'kept')", 0, NULL);

    assert_fine(r == NULL ? -1 : 0, err);
    rows_free(r);
    pg_end(tx);

    tx = pg_begin(c->db, &err);
    assert_null(pg_again(tx, PG_NONE, &err,
                         "INSERT INTO artists (name, slug) "
                         "VALUES ('x', 'not-kept'), ('x', 'kept')",
                         0, NULL));
    pg_end(tx);
    n = must_ask(c->db,
                 "SELECT string_agg(slug, ' ') FROM artists "
                 "WHERE slug LIKE '%kept'",
                 0, NULL);
    assert_string_equal(n, "kept");
}

static void
test_expectations(void **state)
{
    static const struct {
        enum pg_expect expect;
        const char *rows;
        bool fine;
    } cases[] = {
        {PG_NONE, "0", true},  {PG_NONE, "1", false},  {PG_ONE, "0", false},
        {PG_ONE, "1", true},   {PG_ONE, "2", false},   {PG_MAYBE, "0", true},
        {PG_MAYBE, "1", true}, {PG_MAYBE, "2", false}, {PG_MANY, "0", true},
        {PG_MANY, "2", true},
    };
    struct cluster *c = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err err = ERR_INIT;
        auto_pg struct pg *tx = pg_begin(c->db, &err);
        auto_rows struct rows *r = NULL;

        assert_non_null(tx);
        r = pg_query(tx, cases[i].expect, &err,
                     "SELECT 1 FROM generate_series(1, $1::int)", 1,
                     P(cases[i].rows));
        if ((r != NULL) != cases[i].fine)
            fail_msg("case %zu", i);
        if (r == NULL)
            assert_err(err, ERR_INTERNAL);
    }
}

/* A statement has its time; the next user of the connection has its own. */
static void
test_time_limit(void **state)
{
    struct cluster *c = *state;
    struct err err = ERR_INIT;
    auto_db struct db *db = db_open(c->url, 1, &err);
    struct pg *tx = pg_begin(db, &err);
    struct rows *r;
    auto_free char *after = NULL;

    assert_non_null(tx);
    r = pg_query(tx, PG_ONE, &err,
                 "SELECT set_config('statement_timeout', '50', true)", 0, NULL);
    assert_non_null(r);
    rows_free(r);
    assert_null(pg_query(tx, PG_ONE, &err, "SELECT pg_sleep(5)", 0, NULL));
    assert_err(err, ERR_DATABASE);
    pg_end(tx);
    after =
        must_ask(db, "SELECT current_setting('statement_timeout')", 0, NULL);
    assert_string_equal(after, "30s");
}

static void
test_bad_url(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    assert_null(db_open("host=/tmp nonsense=1", 1, &err));
    assert_err(err, ERR_DATABASE);
}

/* All pooled links die in the middle; the next question is answered. */
static void
test_restart(void **state)
{
    struct cluster *c = *state;
    struct err err = ERR_INIT;
    struct pg *tx[CONNECTIONS];
    struct rows *r;

    for (int i = 0; i < CONNECTIONS; i++) {
        tx[i] = pg_begin(c->db, &err);
        assert_non_null(tx[i]);
        r = pg_query(tx[i], PG_ONE, &err, "SELECT 1", 0, NULL);
        assert_non_null(r);
        rows_free(r);
    }
    for (int i = 1; i < CONNECTIONS; i++)
        pg_end(tx[i]);
    cluster_stop(c, SIGQUIT);
    cluster_start(c);

    /* The one that was at work cannot go on, and says so. */
    assert_null(pg_query(tx[0], PG_ONE, &err, "SELECT 1", 0, NULL));
    assert_err(err, ERR_DATABASE);
    pg_end(tx[0]);
    for (int i = 0; i < CONNECTIONS; i++) {
        tx[i] = pg_begin(c->db, &err);
        if (tx[i] == NULL ||
            (r = pg_read(tx[i], PG_ONE, &err, "SELECT 1", 0, NULL)) == NULL)
            fail_msg("connection %d: %s", i, err.msg);
        rows_free(r);
    }
    for (int i = 0; i < CONNECTIONS; i++)
        pg_end(tx[i]);
}

/* A link that died between pg_begin and the first query, too late to notice:
 * the query is repeated, even a change, since nothing of it was committed. */
static void
test_first_query_by_a_dead_link(void **state)
{
    struct cluster *c = *state;
    struct err err = ERR_INIT;
    auto_free char *n = NULL;
    struct pg *tx[4];
    struct rows *r;

    for (int i = 0; i < 4; i++)
        tx[i] = pg_begin(c->db, &err);
    for (int i = 0; i < 4; i++)
        rows_free(pg_query(tx[i], PG_ONE, &err, "SELECT 1", 0, NULL));
    for (int i = 0; i < 4; i++)
        pg_end(tx[i]);
    for (int i = 0; i < 4; i++)
        assert_non_null(tx[i] = pg_begin(c->db, &err));
    cluster_stop(c, SIGQUIT);
    cluster_start(c);

    r = pg_query(tx[0], PG_ONE, &err, "SELECT 1", 0, NULL);
    if (r == NULL)
        fail_msg("%s", err.msg);
    rows_free(r);
    r = pg_read(tx[1], PG_ONE, &err, "SELECT 1", 0, NULL);
    if (r == NULL)
        fail_msg("%s", err.msg);
    rows_free(r);
    r = pg_last(tx[2], PG_NONE, &err,
                "INSERT INTO artists (name, slug) VALUES ('x', 'again')", 0,
                NULL);
    if (r == NULL)
        fail_msg("%s", err.msg);
    rows_free(r);
    r = pg_again(tx[3], PG_NONE, &err,
                 "INSERT INTO artists (name, slug) VALUES ('x', 'again-too')",
                 0, NULL);
    if (r == NULL)
        fail_msg("%s", err.msg);
    rows_free(r);
    for (int i = 0; i < 4; i++)
        pg_end(tx[i]);
    n = must_ask(c->db, "SELECT count(*) FROM artists WHERE slug LIKE 'again%'",
                 0, NULL);
    assert_string_equal(n, "2");
    for (int i = 0; i < CONNECTIONS + 1; i++)
        assert_fine(db_ping(c->db, &err), err);
}

/* fails(n) fails the next n times that it is asked, as a transaction does
 * that gives way to another one; a sequence is not rolled back. */
static void
make_fails(struct db *db)
{
    must_do(db, "CREATE SEQUENCE IF NOT EXISTS asked", 0, NULL);
    must_do(db,
            "CREATE OR REPLACE FUNCTION fails(n int, state text) RETURNS text "
            "LANGUAGE plpgsql AS $$ BEGIN IF nextval('asked') <= n THEN "
            "RAISE EXCEPTION 'gave way' USING ERRCODE = state; END IF; "
            "RETURN 'done'; END $$",
            0, NULL);
    must_do(db, "SELECT setval('asked', 1, false)", 0, NULL);
}

static void
test_undone_for_others(void **state)
{
    static const char *const states[] = {"40001", "40P01"};
    struct cluster *c = *state;

    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        struct err err = ERR_INIT;
        struct pg *tx;
        struct rows *r;

        make_fails(c->db);
        tx = pg_begin(c->db, &err);
        r = pg_last(tx, PG_ONE, &err, "SELECT fails(1, $1)", 1, P(states[i]));
        if (r == NULL)
            fail_msg("%s: %s", states[i], err.msg);
        rows_free(r);
        pg_end(tx);

        /* Not forever. */
        make_fails(c->db);
        tx = pg_begin(c->db, &err);
        assert_null(
            pg_last(tx, PG_ONE, &err, "SELECT fails(2, $1)", 1, P(states[i])));
        assert_int_equal(err.retry_after, 1);
        assert_err(err, ERR_BUSY);
        pg_end(tx);

        /* Nor if something before it would have to be repeated. */
        make_fails(c->db);
        tx = pg_begin(c->db, &err);
        rows_free(pg_query(tx, PG_ONE, &err, "SELECT 1", 0, NULL));
        assert_null(
            pg_last(tx, PG_ONE, &err, "SELECT fails(1, $1)", 1, P(states[i])));
        assert_err(err, ERR_BUSY);
        pg_end(tx);
    }
    must_do(c->db, "DROP FUNCTION fails", 0, NULL);
    must_do(c->db, "DROP SEQUENCE asked", 0, NULL);
}

/* Two who take the same two rows crosswise: one of them waits, the other one
 * is undone and says so. */
static void *
lock_crosswise(void *arg)
{
    struct asker *a = arg;
    auto_pg struct pg *tx = pg_begin(a->db, &a->err);
    const char *first = a->answered == 0 ? "1" : "2";
    const char *second = a->answered == 0 ? "2" : "1";
    auto_rows struct rows *one = NULL;
    auto_rows struct rows *two = NULL;

    a->answered = 0;
    if (tx == NULL ||
        (one = pg_query(tx, PG_ONE, &a->err,
                        "WITH mine AS (SELECT pg_advisory_xact_lock($1)) "
                        "SELECT pg_sleep(1) FROM mine",
                        1, P(first))) == NULL ||
        (two = pg_last(tx, PG_ONE, &a->err, "SELECT pg_advisory_xact_lock($1)",
                       1, P(second))) == NULL)
        return NULL;
    a->answered = 1;
    return NULL;
}

static void
test_deadlock(void **state)
{
    struct cluster *c = *state;
    struct asker both[2] = {0};
    int undone;

    for (int i = 0; i < 2; i++) {
        both[i].db = c->db;
        both[i].answered = i;
        assert_int_equal(
            pthread_create(&both[i].thread, NULL, lock_crosswise, &both[i]), 0);
    }
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(both[i].thread, NULL), 0);
    assert_int_equal(both[0].answered + both[1].answered, 1);
    undone = both[0].answered == 1 ? 1 : 0;
    assert_err(both[undone].err, ERR_BUSY);
}

/* What says that it only reads is held to it. */
static void
test_reads_only(void **state)
{
    struct cluster *c = *state;
    struct err err = ERR_INIT;
    auto_pg struct pg *tx = pg_begin(c->db, &err);

    assert_null(pg_read(tx, PG_NONE, &err,
                        "INSERT INTO artists (name, slug) VALUES ('x', 'y')", 0,
                        NULL));
    assert_err(err, ERR_DATABASE);
}

static struct pg *
insert_one(struct db *db, const char *slug)
{
    struct err err = ERR_INIT;
    struct pg *tx = pg_begin(db, &err);
    struct rows *r = pg_query(
        tx, PG_NONE, &err, "INSERT INTO artists (name, slug) VALUES ('x', $1)",
        1, P(slug));

    assert_fine(r == NULL ? -1 : 0, err);
    rows_free(r);
    return tx;
}

/* A change that COMMIT did not confirm is a failure if the server, back again,
 * knows that it was not made, and in doubt if the server does not come back. */
static void
test_server_gone_at_commit(void **state)
{
    struct cluster *c = *state;
    struct err err = ERR_INIT;
    struct pg *tx = insert_one(c->db, "cut-off");

    cluster_stop(c, SIGQUIT);
    cluster_start(c);
    assert_int_equal(pg_commit(tx, &err), -1);
    assert_err(err, ERR_DATABASE);
    pg_end(tx);

    tx = insert_one(c->db, "cut-off");
    cluster_stop(c, SIGQUIT);
    assert_int_equal(pg_commit(tx, &err), -1);
    assert_err(err, ERR_UNSURE);
    pg_end(tx);
    cluster_start(c);
}

/* Somebody accepts the connection and says nothing: five seconds, no more. */
static void
test_silence(void **state)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    auto_fd int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct err err = ERR_INIT;
    auto_free char *url = NULL;
    auto_db struct db *db = NULL;
    struct timespec before, after;

    (void)state;
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    url =
        xasprintf("host=127.0.0.1 port=%d dbname=x user=x", ntohs(at.sin_port));
    db = db_open(url, 1, &err);
    (void)clock_gettime(CLOCK_MONOTONIC, &before);
    assert_int_equal(db_ping(db, &err), -1);
    (void)clock_gettime(CLOCK_MONOTONIC, &after);
    assert_err(err, ERR_DATABASE);
    assert_in_range(after.tv_sec - before.tv_sec, 3, 15);
}

static void
test_stopped(void **state)
{
    struct cluster *c = *state;
    struct err err = ERR_INIT;
    auto_artists struct artists all = {0};

    assert_fine(db_ping(c->db, &err), err);
    cluster_stop(c, SIGINT);
    for (int i = 0; i < CONNECTIONS + 2; i++) {
        assert_int_equal(db_ping(c->db, &err), -1);
        assert_err(err, ERR_DATABASE);
    }
    assert_int_equal(artists_list(c->db, &all, &err), -1);
    assert_err(err, ERR_DATABASE);
    cluster_start(c);
    assert_fine(artists_list(c->db, &all, &err), err);
}

#define KEPT                                                                   \
    "SELECT count(*) FROM pg_prepared_statements WHERE name ~ '^trainmode_' "  \
    "AND statement LIKE '%repeated%'"

static int
kept_plans(struct db *db)
{
    auto_free char *n = must_ask(db, KEPT, 0, NULL);

    return (int)strtol(n, NULL, 10);
}

/* On a direct connection the server keeps plans, even if a transaction
 * failed. */
static void
test_plans_are_kept(void **state)
{
    struct cluster *c = *state;
    struct err err = ERR_INIT;
    auto_db struct db *db = db_open(c->url, 1, &err);

    for (int i = 0; i < 3; i++) {
        must_do(db, "SELECT 'repeated', $1::int", 1, P(pg_int(i).text));
        assert_null(
            ask(db, &err, "SELECT 'repeated too', 1/$1::int", 1, P("0")));
        assert_err(err, ERR_INTERNAL);
    }
    assert_int_equal(kept_plans(db), 2 + 1); /* the question itself */
}

/* Somebody else has them thrown away, and they go stale: asked once more. */
static void
test_plans_are_lost(void **state)
{
    struct cluster *c = *state;
    struct err err = ERR_INIT;
    auto_db struct db *db = db_open(c->url, 1, &err);

    must_do(db, "CREATE TABLE stale (n int)", 0, NULL);
    for (int i = 0; i < 2; i++)
        must_do(db, "SELECT n FROM stale", 0, NULL);
    must_do(c->db, "ALTER TABLE stale ALTER n TYPE text", 0, NULL);
    must_do(db, "SELECT n FROM stale", 0, NULL);
    must_do(c->db, "DROP TABLE stale", 0, NULL);
    db_close(steal(&db));

    db = db_open(c->url, 1, &err);
    for (int i = 0; i < 2; i++)
        must_do(db, "SELECT 'repeated'", 0, NULL);
    must_do(db, "DEALLOCATE ALL", 0, NULL);
    for (int i = 0; i < 2; i++)
        must_do(db, "SELECT 'repeated'", 0, NULL);
    assert_int_equal(kept_plans(db), 0);
}

/* More queries than plans are kept for. */
static void
test_many_plans(void **state)
{
    struct cluster *c = *state;
    struct err err = ERR_INIT;
    auto_db struct db *db = db_open(c->url, 1, &err);

    for (int i = 0; i < 300; i++) {
        auto_free char *sql = xasprintf("SELECT %d", i % 150);
        auto_free char *n = must_ask(db, sql, 0, NULL);

        assert_int_equal(strtol(n, NULL, 10), i % 150);
    }
}

/* Through a pooler none are, and two who share its servers do not disturb
 * each other. */
static void
test_no_plans_by_a_pooler(void **state)
{
    struct cluster *c = *state;
    struct err err = ERR_INIT;
    auto_db struct db *db = NULL;

    db = db_open(c->pooled, 2, &err);
    for (int i = 0; i < 10; i++) {
        must_do(db, "SELECT 'repeated', $1::int", 1, P(pg_int(i).text));
        assert_int_equal(kept_plans(db), 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_share),
        cmocka_unit_test(test_pool_exhausted),
        cmocka_unit_test(test_not_committed_is_undone),
        cmocka_unit_test(test_failed_does_not_commit),
        cmocka_unit_test(test_again),
        cmocka_unit_test(test_expectations),
        cmocka_unit_test(test_time_limit),
        cmocka_unit_test(test_bad_url),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_first_query_by_a_dead_link),
        cmocka_unit_test(test_undone_for_others),
        cmocka_unit_test(test_deadlock),
        cmocka_unit_test(test_reads_only),
        cmocka_unit_test(test_server_gone_at_commit),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_stopped),
        cmocka_unit_test(test_plans_are_kept),
        cmocka_unit_test(test_plans_are_lost),
        cmocka_unit_test(test_many_plans),
    };
    const struct CMUnitTest pooled[] = {
        cmocka_unit_test(test_no_plans_by_a_pooler),
    };
    const char *missing = cluster_missing();

    if (missing != NULL) {
        printf("1..1\nok 1 - pg # SKIP %s\n", missing);
        return 0;
    }
    return cmocka_run_group_tests_name("db/pg", tests, cluster_setup,
                                       cluster_teardown) +
           (pooler_installed() ? cmocka_run_group_tests_name(
                                     "db/pg, pooled", pooled,
                                     cluster_setup_pooled, cluster_teardown)
                               : 0);
}
