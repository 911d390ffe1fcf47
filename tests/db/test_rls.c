/*
 * db/: row level security alone. This program is built without our own check
 * (TRAINMODE_TEST_NO_OWNER_CHECK): everything refused here is refused by the
 * database.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "cluster.h"
#include "owners.h"
#include "rows.h"

#define POLICIES SRCDIR "/sql/20261127020000_supabase.sql"
#define AUTH SRCDIR "/tests/lib/supabase-auth.sql"

static const struct db_who anna = {.user = ANNA,
                                   .claims = "{\"sub\":\"" ANNA "\"}"};
static const struct db_who bert = {.user = BERT,
                                   .claims = "{\"sub\":\"" BERT "\"}"};

#define FILES_MAX 64

/* As a project that gets its auth after our tables: the migrations ran
 * before, and those with policies are applied again; twice. */
static int
add_auth(struct cluster *c)
{
    const char *again[4 * FILES_MAX + 2] = {"-1"};
    size_t n = 1;
    glob_t files;
    int rc;

    if (glob(SRCDIR "/sql/*_supabase.sql", 0, NULL, &files) != 0)
        return -1;
    assert_in_range(files.gl_pathc, 7, FILES_MAX);
    for (size_t i = 0; i < 2 * files.gl_pathc; i++) {
        again[n++] = "-f";
        again[n++] = files.gl_pathv[i % files.gl_pathc];
    }
    rc = cluster_psql(c, "postgres", (const char *const[]){"-f", AUTH, NULL}) ==
                     0 &&
                 cluster_psql(c, "trainmode", again) == 0
             ? 0
             : -1;
    globfree(&files);
    return rc;
}

static int
setup(void **state)
{
    return cluster_setup(state) == 0 ? add_auth(*state) : -1;
}

static int
setup_pooled(void **state)
{
    return cluster_setup_pooled(state) == 0 ? add_auth(*state) : -1;
}

/* Anna's question in SQL, as she may ask it through the project's own API. */
static void
assert_denied(struct db *db, const char *sql, int n, const char *const *params)
{
    struct err err = ERR_INIT;
    char *got;

    db_act_as(&anna);
    got = ask(db, &err, sql, n, params);
    db_act_as(NULL);
    if (got != NULL)
        fail_msg("%s gave '%s'", sql, got);
    if (strstr(err.msg, "42501") == NULL)
        fail_msg("%s: %s", sql, err.msg);
}

static void
assert_gives(struct db *db, const struct db_who *who, const char *sql,
             const char *wanted)
{
    struct err err = ERR_INIT;
    auto_free char *got = NULL;

    db_act_as(who);
    got = ask(db, &err, sql, 0, NULL);
    db_act_as(NULL);
    if (got == NULL)
        fail_msg("%s: %s", sql, err.msg);
    if (strcmp(got, wanted) != 0)
        fail_msg("%s gave '%s'", sql, got);
}

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

/* The build is as described: without claims, nothing is protected here. */
static void
test_our_check_is_off(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    const struct db_who only_user = {.user = ANNA};
    auto_owned struct owned b = {0};
    auto_artist struct artist a = {0};
    struct err err = ERR_INIT;

    must_do(db, "DELETE FROM artists", 0, NULL);
    owned_make(db, &bert, "bert", &b);
    db_act_as(&only_user);
    assert_fine(artist_get(db, b.artist, &a, &err), err);
    db_act_as(NULL);
}

/* What users may not do even to their own rows. */
static void
test_own_rows(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_owned struct owned a = {0}, b = {0};

    must_do(db, "DELETE FROM artists", 0, NULL);
    owned_make(db, &anna, "anna", &a);
    owned_make(db, &bert, "bert", &b);

    /* Give it away, or take another one's place. */
    assert_denied(db, "UPDATE training_items SET artist_id = $1", 1,
                  P(b.artist));
    assert_denied(db, "UPDATE artists SET user_id = $1", 1, P(BERT));
    assert_denied(db, "UPDATE artists SET slug = 'bert2'", 0, NULL);
    assert_denied(db,
                  "INSERT INTO artists (name, slug, user_id) "
                  "VALUES ('x', 'x', $1)",
                  1, P(BERT));
    assert_denied(db,
                  "INSERT INTO artists (name, slug, user_id) "
                  "VALUES ('x', 'bert/training', $1)",
                  1, P(ANNA));
    assert_denied(db,
                  "INSERT INTO als_summaries (artist_id, parse_id, summary) "
                  "VALUES ($1, 'q', '{}')",
                  1, P(b.artist));

    /* Name an object of another artist's: it would be fetched for them. */
    assert_denied(db,
                  "UPDATE training_items SET audio_path = "
                  "'artists/bert/training/x/audio.mp3' WHERE id = $1",
                  1, P(a.item));
    assert_denied(db,
                  "UPDATE training_items SET prompt_path = "
                  "'artists/anna2/x' WHERE id = $1",
                  1, P(a.item));
    assert_denied(db,
                  "INSERT INTO training_datasets (artist_id, layout, path, "
                  "item_count, bytes, sha256) VALUES ($1, 'plan', "
                  "'artists/bert/datasets/y.zip', 1, 1, 'x')",
                  1, P(a.artist));
    assert_denied(db,
                  "INSERT INTO training_uploads (id, artist_id, path, sha256, "
                  "analysis) VALUES (gen_random_uuid(), $1, "
                  "'artists/bert/incoming/x', 'x', '{}')",
                  1, P(a.artist));
    assert_denied(db, "DELETE FROM training_uploads", 0, NULL);
    assert_denied(db, "UPDATE training_datasets SET path = 'x'", 0, NULL);
    assert_denied(db, "DELETE FROM prompt_generations", 0, NULL);
}

static void
test_tables_for_nobody(void **state)
{
    struct cluster *c = *state;
    struct db *db = c->db;
    auto_free char *anon = NULL;

    assert_denied(db, "SELECT count(*) FROM trainmode_tokens", 0, NULL);
    assert_denied(db, "SELECT count(*) FROM schema_migrations", 0, NULL);
    assert_denied(db, "DELETE FROM schema_migrations", 0, NULL);
    assert_denied(db, "TRUNCATE training_items", 0, NULL);
    anon = must_ask(db,
                    "SELECT coalesce(string_agg(relname, ' '), 'none') "
                    "FROM pg_class WHERE relkind = 'r' "
                    "AND relnamespace = 'public'::regnamespace "
                    "AND has_table_privilege('anon', oid, 'SELECT, INSERT, "
                    "UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')",
                    0, NULL);
    assert_string_equal(anon, "none");
}

/* The claims are gone with the transaction; none, or empty ones, are nobody. */
static void
test_claims(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    const struct db_who nobody = {.user = ANNA, .claims = "{}"};
    auto_owned struct owned a = {0};

    must_do(db, "DELETE FROM artists", 0, NULL);
    owned_make(db, &anna, "anna", &a);
    assert_gives(db, &nobody, "SELECT count(*) FROM training_items", "0");
    assert_gives(db, &anna, "SELECT count(*) FROM training_items", "2");
    assert_gives(db, &anna, "SELECT current_user", "authenticated");
    for (int i = 0; i < CONNECTIONS + 1; i++) {
        assert_gives(db, NULL, "SELECT current_user", "trainmode");
        assert_gives(db, NULL,
                     "SELECT coalesce(current_setting('request.jwt.claims', "
                     "true), '')",
                     "");
        assert_gives(db, NULL,
                     "SELECT coalesce(current_setting('trainmode.user', true), "
                     "'')",
                     "");
    }
}

/* auth.uid() is asked once, not for each row. */
static void
test_fast_form(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *slow = must_ask(
        db,
        "SELECT coalesce(string_agg(tablename || '.' || policyname, ' '), "
        "'none') FROM pg_policies WHERE concat(qual, with_check) "
        "NOT LIKE '%( SELECT auth.uid() AS uid)%' OR roles <> "
        "'{authenticated}' OR (cmd = 'UPDATE' AND with_check IS NULL)",
        0, NULL);
    auto_free char *n =
        must_ask(db, "SELECT count(*) > 25 FROM pg_policies", 0, NULL);

    assert_string_equal(slow, "none");
    assert_string_equal(n, "t");
}

/* A project that has its own artists, and rules for them, keeps both. */
static void
test_other_project(void **state)
{
    struct cluster *c = *state;
    const char *const args[] = {
        "-1",
        "-c",
        "CREATE SCHEMA other",
        "-c",
        "SET LOCAL search_path = other",
        "-c",
        "CREATE TABLE artists (id uuid PRIMARY KEY, name text NOT NULL, "
        "slug text NOT NULL UNIQUE, label text)",
        "-f",
        SRCDIR "/sql/20261124200000_train.sql",
        "-f",
        SRCDIR "/sql/20261124230000_trainings.sql",
        "-f",
        SRCDIR "/sql/20261127010000_owners_and_tokens.sql",
        "-f",
        POLICIES,
        NULL};
    auto_free char *guarded = NULL, *theirs = NULL;

    must_do(c->db, "DROP SCHEMA IF EXISTS other CASCADE", 0, NULL);
    assert_int_equal(cluster_psql(c, "trainmode", args), 0);
    theirs = must_ask(c->db,
                      "SELECT relrowsecurity FROM pg_class "
                      "WHERE oid = 'other.artists'::regclass",
                      0, NULL);
    assert_string_equal(theirs, "f");
    guarded = must_ask(c->db,
                       "SELECT count(*) FROM pg_policies "
                       "WHERE schemaname = 'other' AND tablename IN "
                       "('artists', 'training_items', 'als_summaries')",
                       0, NULL);
    assert_string_equal(guarded, "7");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_users),
        cmocka_unit_test(test_our_check_is_off),
        cmocka_unit_test(test_own_rows),
        cmocka_unit_test(test_tables_for_nobody),
        cmocka_unit_test(test_claims),
        cmocka_unit_test(test_fast_form),
        cmocka_unit_test(test_other_project),
    };
    const char *missing = cluster_missing();

    if (missing != NULL) {
        printf("1..1\nok 1 - rls # SKIP %s\n", missing);
        return 0;
    }
    return cmocka_run_group_tests_name("db/rls", tests, setup,
                                       cluster_teardown) +
           (pooler_installed()
                ? cmocka_run_group_tests_name("db/rls, pooled", tests,
                                              setup_pooled, cluster_teardown)
                : 0);
}
