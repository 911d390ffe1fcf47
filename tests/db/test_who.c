/* db/: things that do not belong to whom a thread acts for seem not to
 * exist. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>

#include "base/mem.h"
#include "cluster.h"
#include "owners.h"
#include "rows.h"

static const struct db_who anna = {.user = ANNA};
static const struct db_who bert = {.user = BERT};

static void
test_users(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_owned struct owned a = {0}, b = {0};

    must_do(db, "DELETE FROM artists", 0, NULL);
    owned_make(db, &anna, "anna", &a);
    owned_make(db, &bert, "bert", &b);
    owners_stay_apart(db, &a, &b);
    owners_use(db, &a);
    owners_use(db, &b);
}

/* A token of one artist: of the same user, another artist is not there. */
static void
test_one_artist(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_owned struct owned a = {0}, b = {0};
    struct db_who only = {0};
    struct artist none = {0};
    struct err err = ERR_INIT;

    must_do(db, "DELETE FROM artists", 0, NULL);
    owned_make(db, NULL, "one", &a);
    owned_make(db, NULL, "other", &b);
    only.artist = a.artist;
    a.who = &only;
    owners_stay_apart(db, &a, &b);

    db_act_as(&only);
    assert_int_equal(artist_insert(db, "x", "x", false, &none, &err), -1);
    assert_err(err, ERR_FORBIDDEN);
    db_act_as(NULL);
    owners_use(db, &a);
}

/* Artists that were made before there were users belong to no user. */
static void
test_nobodys(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    auto_artist struct artist a = {0};
    struct err err = ERR_INIT;

    db_act_as(&anna);
    assert_int_equal(artist_get(db, artist, &a, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);
    db_act_as(NULL);
    assert_fine(artist_get(db, artist, &a, &err), err);
}

/* Upper case is the same user; an invalid UUID is nobody, and queries
 * nothing. */
static void
test_spelling(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    const struct db_who upper = {.user =
                                     "AAAAAAAA-0000-4000-8000-00000000000A"};
    const struct db_who empty = {.user = ""};
    const struct db_who no_artist = {.artist = "x"};
    auto_artist struct artist a = {0}, again = {0};
    auto_artists struct artists all = {0};
    struct err err = ERR_INIT;

    db_act_as(&anna);
    assert_fine(artist_insert(db, "x", "spelled", false, &a, &err), err);
    db_act_as(&upper);
    assert_fine(artist_get(db, a.id, &again, &err), err);
    db_act_as(&empty);
    assert_int_equal(artists_list(db, &all, &err), -1);
    assert_err(err, ERR_INTERNAL);
    db_act_as(&no_artist);
    assert_int_equal(artists_list(db, &all, &err), -1);
    assert_err(err, ERR_INTERNAL);
    db_act_as(NULL);
}

static void *
count_all(void *arg)
{
    struct artists *all = arg;
    struct cluster *c = (struct cluster *)all->v;
    struct err err = ERR_INIT;

    *all = (struct artists){0};
    (void)artists_list(c->db, all, &err);
    return NULL;
}

/* It is this thread's alone, and ends with the next call. */
static void
test_thread(void **state)
{
    struct cluster *c = *state;
    auto_owned struct owned a = {0}, b = {0};
    auto_artists struct artists ours = {0}, again = {0};
    auto_artists struct artists others = {.v = (struct artist *)c};
    struct err err = ERR_INIT;
    pthread_t thread;

    must_do(c->db, "DELETE FROM artists", 0, NULL);
    owned_make(c->db, &anna, "anna", &a);
    owned_make(c->db, &bert, "bert", &b);
    db_act_as(&anna);
    assert_int_equal(pthread_create(&thread, NULL, count_all, &others), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(others.n, 2);
    assert_fine(artists_list(c->db, &ours, &err), err);
    assert_int_equal(ours.n, 1);
    db_act_as(NULL);
    assert_fine(artists_list(c->db, &again, &err), err);
    assert_int_equal(again.n, 2);
}

/* Without an auth of Supabase's, no policy is made. */
static void
test_no_policies(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *n =
        must_ask(db, "SELECT count(*) FROM pg_policies", 0, NULL);

    assert_string_equal(n, "0");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_users),   cmocka_unit_test(test_one_artist),
        cmocka_unit_test(test_nobodys), cmocka_unit_test(test_spelling),
        cmocka_unit_test(test_thread),  cmocka_unit_test(test_no_policies),
    };
    const char *missing = cluster_missing();

    if (missing != NULL) {
        printf("1..1\nok 1 - who # SKIP %s\n", missing);
        return 0;
    }
    return cmocka_run_group_tests_name("db/who", tests, cluster_setup,
                                       cluster_teardown) +
           (pooler_installed() ? cmocka_run_group_tests_name(
                                     "db/who, pooled", tests,
                                     cluster_setup_pooled, cluster_teardown)
                               : 0);
}
