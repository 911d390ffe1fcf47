/* db/: named tokens, found by their hash until they are revoked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "cluster.h"
#include "rows.h"

static void
test_life(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_token struct token made = {0}, found = {0}, used = {0};
    auto_tokens struct tokens all = {0};

    assert_int_equal(tokens_find(db, sha_one, &found, &err), -1);
    assert_err(err, ERR_UNAUTHENTICATED);
    assert_fine(tokens_add(db, "Studio-Rechner ü", sha_one, NULL, &made, &err),
                err);
    assert_int_not_equal(made.created_at, 0);
    assert_null(made.artist_id);
    assert_null(made.artist_slug);
    assert_int_equal(made.last_used_at, 0);

    assert_fine(tokens_find(db, sha_one, &found, &err), err);
    assert_string_equal(found.id, made.id);
    assert_string_equal(found.name, "Studio-Rechner ü");
    assert_fine(tokens_find(db, sha_one, &used, &err), err);
    assert_int_not_equal(used.last_used_at, 0);

    assert_fine(tokens_revoke(db, "Studio-Rechner ü", &err), err);
    token_release(&found);
    assert_int_equal(tokens_find(db, sha_one, &found, &err), -1);
    assert_err(err, ERR_UNAUTHENTICATED);
    assert_int_equal(tokens_revoke(db, "Studio-Rechner ü", &err), -1);
    assert_err(err, ERR_INVALID_FIELD);
    assert_fine(tokens_list(db, &all, &err), err);
    assert_int_equal(all.n, 1);
    assert_int_not_equal(all.v[0].revoked_at, 0);
}

/* Not every time: last_used_at is moved once a minute. */
static void
test_use_is_told_by_the_minute(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_token struct token made = {0}, found = {0};
    auto_free char *kept = NULL, *moved = NULL;

    must_do(db, "DELETE FROM trainmode_tokens", 0, NULL);
    assert_fine(tokens_add(db, "a", sha_one, NULL, &made, &err), err);
    must_do(db,
            "UPDATE trainmode_tokens SET last_used_at = now() - "
            "interval '50 seconds'",
            0, NULL);
    assert_fine(tokens_find(db, sha_one, &found, &err), err);
    kept = must_ask(db,
                    "SELECT last_used_at < now() - interval '40 seconds' "
                    "FROM trainmode_tokens",
                    0, NULL);
    assert_string_equal(kept, "t");
    must_do(db,
            "UPDATE trainmode_tokens SET last_used_at = now() - "
            "interval '2 minutes'",
            0, NULL);
    token_release(&found);
    assert_fine(tokens_find(db, sha_one, &found, &err), err);
    moved = must_ask(db,
                     "SELECT last_used_at > now() - interval '1 minute' "
                     "FROM trainmode_tokens",
                     0, NULL);
    assert_string_equal(moved, "t");
}

static void
test_names(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_token struct token one = {0}, two = {0};

    must_do(db, "DELETE FROM trainmode_tokens", 0, NULL);
    assert_fine(tokens_add(db, "ci", sha_one, NULL, &one, &err), err);
    assert_int_equal(tokens_add(db, "ci", sha_two, NULL, &two, &err), -1);
    assert_err(err, ERR_CONFLICT);
    assert_fine(tokens_revoke(db, "ci", &err), err);
    assert_fine(tokens_add(db, "ci", sha_two, NULL, &two, &err), err);
    assert_string_not_equal(one.id, two.id);
}

static void
test_of_one_artist(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_artist struct artist a = {0};
    auto_token struct token made = {0}, found = {0};

    must_do(db, "DELETE FROM trainmode_tokens", 0, NULL);
    assert_fine(artist_get(db, artist, &a, &err), err);
    assert_int_equal(tokens_add(db, "x", sha_one, "nobody", &made, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);
    assert_fine(tokens_add(db, "x", sha_one, a.slug, &made, &err), err);
    assert_string_equal(made.artist_id, artist);
    assert_string_equal(made.artist_slug, a.slug);

    assert_fine(artist_delete(db, artist, &err), err);
    assert_int_equal(tokens_find(db, sha_one, &found, &err), -1);
    assert_err(err, ERR_UNAUTHENTICATED);
}

static void
test_sessions_of_users(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *first = NULL, *second = NULL, *none = NULL;

    assert_fine(user_session_add(db, sha_one, "sealed", 60, &err), err);
    assert_fine(user_session_find(db, sha_one, &first, &err), err);
    assert_string_equal(first, "sealed");
    assert_int_equal(user_session_find(db, sha_two, &none, &err), -1);
    assert_err(err, ERR_UNAUTHENTICATED);
    assert_fine(user_session_renew(db, sha_one, "anew", 60, &err), err);
    assert_fine(user_session_find(db, sha_one, &second, &err), err);
    assert_string_equal(second, "anew");
    /* Expired ones are deleted when the next one comes. */
    must_do(db, "UPDATE user_sessions SET expires_at = now()", 0, NULL);
    assert_int_equal(user_session_find(db, sha_one, &none, &err), -1);
    assert_err(err, ERR_UNAUTHENTICATED);
    assert_fine(user_session_add(db, sha_two, "sealed", 60, &err), err);
    assert_int_equal(user_session_renew(db, sha_one, "x", 60, &err), -1);
    assert_err(err, ERR_UNAUTHENTICATED);
    assert_fine(user_session_end(db, sha_two, &err), err);
    assert_fine(user_session_end(db, sha_two, &err), err);
    assert_int_equal(user_session_find(db, sha_two, &none, &err), -1);
    assert_err(err, ERR_UNAUTHENTICATED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_sessions_of_users),
        cmocka_unit_test(test_use_is_told_by_the_minute),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_of_one_artist),
    };
    const char *missing = cluster_missing();

    if (missing != NULL) {
        printf("1..1\nok 1 - tokens # SKIP %s\n", missing);
        return 0;
    }
    return cmocka_run_group_tests_name("db/tokens", tests, cluster_setup,
                                       cluster_teardown);
}
