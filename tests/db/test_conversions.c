/*
 * db/conversions: one row for a source and a recipe, whose lease has one
 * holder; who lost it changes nothing any more; what failed is not tried again
 * by itself; the row goes with the last item that has these bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/id.h"
#include "base/mem.h"
#include "cluster.h"
#include "db/conversions.h"
#include "db/pg.h"
#include "rows.h"

#define RECIPE "mp3-320-q2"
#define LEASE 60

static struct db *
db_of(void **state)
{
    return ((struct cluster *)*state)->db;
}

/* An artist with one WAV; the item's id. */
static char *
some_wav(struct db *db, const char *artist, const char *sha)
{
    auto_item struct item it = {0};
    auto_free char *known = NULL;
    struct err err = ERR_INIT;
    char set[UUID_LEN + 1];

    id_make(set);
    some_set(db, artist, set);
    fill_item(&it, artist, set);
    free(it.audio.format);
    it.audio.format = xstrdup("wav");
    free(it.audio.sha256);
    it.audio.sha256 = xstrdup(sha);
    it.audio.has_crc32 = true;
    it.audio.crc32 = 7;
    assert_fine(item_insert(db, &it, NULL, NULL, &known, &err), err);
    return steal(&it.id);
}

static void
forget_all(struct db *db)
{
    must_do(db, "DELETE FROM artists", 0, NULL);
}

static void
take(struct db *db, const char *artist, const char *sha, struct conversion *ret)
{
    struct err err = ERR_INIT;

    assert_fine(conversion_take(db, artist, sha, RECIPE, LEASE, ret, &err),
                err);
}

/* The artist whose audio came, or NULL. The caller frees it. */
static char *
take_next(struct db *db, const char *after, struct conversion *ret)
{
    auto_item struct item it = {0};
    struct err err = ERR_INIT;

    assert_fine(conversion_take_next(db, RECIPE, LEASE, after, &it, ret, &err),
                err);
    return steal(&it.artist_id);
}

static bool
put(struct db *db, struct conversion *c, const char *path)
{
    struct err err = ERR_INIT;
    bool ours = false;

    c->path = xstrdup(path);
    c->bytes = INT64_C(6000000000);
    c->crc32 = 0xfedcba98;
    c->duration_sec = 12.5;
    assert_fine(conversion_put(db, c, &ours, &err), err);
    return ours;
}

static void
test_what_was_made_is_found_by_its_place(void **state)
{
    struct db *db = db_of(state);
    auto_free char *artist = some_artist(db);
    auto_free char *item = some_wav(db, artist, sha_two);
    const char *const sources[] = {sha_one, sha_two};
    auto_conversion_row struct conversion c = {0};
    auto_conversion_row struct conversion again = {0};
    struct conversion found[2] = {{0}};
    struct err err = ERR_INIT;

    take(db, artist, sha_two, &c);
    assert_non_null(c.lease);
    assert_true(put(db, &c, "artists/x/made.mp3"));
    assert_fine(conversions_find(db, artist, RECIPE, sources, 2, found, &err),
                err);
    assert_null(found[0].id);
    assert_string_equal(found[1].path, "artists/x/made.mp3");
    assert_int_equal(found[1].bytes, INT64_C(6000000000));
    assert_int_equal(found[1].crc32, 0xfedcba98);
    assert_true(found[1].duration_sec == 12.5);
    conversion_release(&found[1]);
    assert_fine(conversions_find(db, artist, "other", sources, 2, found, &err),
                err);
    assert_null(found[1].id);
    /* What is there is given, not leased. */
    take(db, artist, sha_two, &again);
    assert_string_equal(again.path, c.path);
    assert_null(again.lease);
    forget_all(db);
}

static void
test_a_lease_has_one_holder(void **state)
{
    struct db *db = db_of(state);
    auto_free char *artist = some_artist(db);
    auto_free char *item = some_wav(db, artist, sha_one);
    auto_free char *first_artist = NULL;
    auto_conversion_row struct conversion first = {0};
    auto_conversion_row struct conversion second = {0};
    auto_conversion_row struct conversion none = {0};
    struct err err = ERR_INIT;
    bool ours = false;

    first_artist = take_next(db, NULL, &first);
    assert_string_equal(first_artist, artist);
    assert_null(take_next(db, NULL, &none));
    assert_null(none.id);
    assert_fine(conversion_keep(db, &first, LEASE, &ours, &err), err);
    assert_true(ours);
    /* An export that waits for it takes it away. */
    take(db, artist, sha_one, &second);
    assert_string_equal(second.id, first.id);
    assert_fine(conversion_keep(db, &first, LEASE, &ours, &err), err);
    assert_false(ours);
    assert_fine(conversion_give_back(db, &first, &err), err);
    assert_fine(conversion_fail(db, &first, "not mine", &err), err);
    assert_null(take_next(db, NULL, &none));
    assert_false(put(db, &first, "artists/x/first.mp3"));
    assert_true(put(db, &second, "artists/x/second.mp3"));
    forget_all(db);
}

static void
test_what_is_given_back_is_taken_again(void **state)
{
    struct db *db = db_of(state);
    auto_free char *artist = some_artist(db);
    auto_free char *item = some_wav(db, artist, sha_one);
    auto_free char *first = NULL, *second = NULL;
    auto_conversion_row struct conversion c = {0};
    auto_conversion_row struct conversion again = {0};
    auto_conversion_row struct conversion none = {0};
    auto_conversion_row struct conversion asked = {0};
    struct err err = ERR_INIT;

    first = take_next(db, NULL, &c);
    assert_fine(conversion_give_back(db, &c, &err), err);
    second = take_next(db, NULL, &again);
    assert_string_equal(second, artist);
    assert_string_not_equal(again.lease, c.lease);
    /* A conversion that failed is tried again only when somebody asks for it.
     */
    assert_fine(conversion_fail(db, &again, "no audio", &err), err);
    must_do(db, "UPDATE audio_conversions SET leased_until = now()", 0, NULL);
    assert_null(take_next(db, NULL, &none));
    take(db, artist, sha_one, &asked);
    assert_non_null(asked.lease);
    forget_all(db);
}

static void
test_each_artist_has_a_turn(void **state)
{
    struct db *db = db_of(state);
    auto_free char *one = some_artist(db);
    auto_free char *other = NULL;
    auto_free char *items[3] = {NULL, NULL, NULL};
    auto_free char *first = NULL, *second = NULL;
    auto_conversion_row struct conversion c = {0};
    auto_conversion_row struct conversion d = {0};

    must_do(db, "UPDATE artists SET slug = 'one'", 0, NULL);
    other = some_artist(db);
    items[0] = some_wav(db, one, sha_one);
    items[1] = some_wav(db, one, sha_two);
    items[2] = some_wav(db, other, sha_one);
    first = take_next(db, NULL, &c);
    second = take_next(db, first, &d);
    assert_string_not_equal(first, second);
    for (int i = 0; i < 3; i++)
        free(steal(&items[i]));
    forget_all(db);
}

static void
test_it_goes_with_its_last_item(void **state)
{
    struct db *db = db_of(state);
    auto_free char *artist = some_artist(db);
    auto_free char *item = some_wav(db, artist, sha_one);
    auto_conversion_row struct conversion c = {0};
    auto_conversion_row struct conversion none = {0};
    struct err err = ERR_INIT;
    auto_free char *left = NULL, *forgotten = NULL;
    struct conversion other = {0};

    take(db, artist, sha_one, &c);
    assert_true(put(db, &c, "artists/x/made.mp3"));
    /* Only the object that is meant is forgotten. */
    other.id = xstrdup(c.id);
    other.path = xstrdup("artists/x/other.mp3");
    assert_fine(conversion_forget(db, &other, &err), err);
    conversion_release(&other);
    left = must_ask(db, "SELECT count(*) FROM audio_conversions", 0, NULL);
    assert_string_equal(left, "1");
    must_do(db, "DELETE FROM training_items", 0, NULL);
    forgotten = must_ask(db, "SELECT count(*) FROM audio_conversions", 0, NULL);
    assert_string_equal(forgotten, "0");
    take(db, artist, sha_one, &none);
    assert_null(none.id);
    forget_all(db);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_made_is_found_by_its_place),
        cmocka_unit_test(test_a_lease_has_one_holder),
        cmocka_unit_test(test_what_is_given_back_is_taken_again),
        cmocka_unit_test(test_each_artist_has_a_turn),
        cmocka_unit_test(test_it_goes_with_its_last_item),
    };
    const char *missing = cluster_missing();

    if (missing != NULL) {
        printf("1..1\nok 1 - conversions # SKIP %s\n", missing);
        return 0;
    }
    return cmocka_run_group_tests_name("db/conversions", tests, cluster_setup,
                                       cluster_teardown);
}
