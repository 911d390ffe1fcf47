/* db/items: each analysis is made once, reaches the audio that it was made of,
 * and finds what sounds alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "db/pairing.h"
#include "cluster.h"
#include "rows.h"

#define THREADS 8
#define LEASE_SEC 600

struct racer {
    pthread_t thread;
    struct db *db;
    struct item it;
    struct err err;
    int rc;
};

/* Take all that other tests left, so that the next one is ours. */
static void
drain(struct db *db)
{
    struct err err = ERR_INIT;

    for (;;) {
        auto_item struct item it = {0};

        assert_fine(item_take_for_analysis(db, LEASE_SEC, NULL, &it, &err),
                    err);
        if (it.id == NULL)
            return;
        assert_fine(item_put_analysis(db, &it, "it does not decode", NULL, NULL,
                                      NULL, &err),
                    err);
    }
}

static void
test_analysis_once(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *id = NULL;
    auto_json json_object *found = json_object_new_object();
    auto_json json_object *checks = json_object_new_array();
    auto_item struct item mine = {0};
    auto_item struct item theirs = {0};
    auto_free char *sound = NULL;

    drain(db);
    id = save(db, artist, "p");
    json_add_num(found, "loudness", -9.5);
    json_add_str(found, "sound", "heard");
    json_add(found, "alignment", json_object_new_object());
    json_add_str(json_at(found, "alignment"), "verdict", "same");
    assert_fine(item_take_for_analysis(db, LEASE_SEC, NULL, &mine, &err), err);
    assert_string_equal(mine.id, id);
    assert_null(mine.alignment);
    assert_fine(item_take_for_analysis(db, LEASE_SEC, NULL, &theirs, &err),
                err);
    assert_null(theirs.id);
    assert_fine(item_give_back(db, id, &err), err);
    assert_fine(item_take_for_analysis(db, LEASE_SEC, NULL, &theirs, &err),
                err);
    assert_string_equal(theirs.id, id);
    item_release(&theirs);

    /* A worker that died keeps nothing forever. */
    must_do(db,
            "UPDATE training_items SET analysis_lease = now() - interval "
            "'1 second' WHERE id = $1",
            1, P(id));
    assert_fine(item_take_for_analysis(db, LEASE_SEC, NULL, &theirs, &err),
                err);
    assert_string_equal(theirs.id, id);
    assert_fine(item_put_analysis(db, &mine, NULL, found, checks, NULL, &err),
                err);
    item_release(&mine);
    assert_fine(item_get(db, id, &mine, &err), err);
    assert_string_equal(mine.analysis_state, "done");
    assert_true(json_number(mine.analysis, "loudness", 0) == -9.5);
    assert_null(json_at(mine.analysis, "sound"));
    assert_null(json_at(mine.analysis, "alignment"));
    assert_string_equal(json_text(mine.alignment, "verdict"), "same");
    assert_fine(item_sound(db, id, &sound, &err), err);
    assert_string_equal(sound, "heard");
    item_release(&theirs);
    assert_fine(item_take_for_analysis(db, LEASE_SEC, NULL, &theirs, &err),
                err);
    assert_null(theirs.id);

    /* Other audio sounds different, and has another place. */
    must_do(db, "UPDATE training_items SET audio_sha256 = 'x' WHERE id = $1", 1,
            P(id));
    item_release(&mine);
    assert_fine(item_get(db, id, &mine, &err), err);
    assert_null(mine.alignment);
    free(sound);
    assert_fine(item_sound(db, id, &sound, &err), err);
    assert_null(sound);
}

/* If a set's timeline is read again, its items are analyzed again; other
 * changes of the set do not matter to them. */
static void
test_set_read_anew(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *id = NULL;
    auto_item struct item it = {0};

    drain(db);
    id = save(db, artist, "anew");
    must_do(db,
            "WITH s AS (INSERT INTO als_summaries (artist_id, parse_id, "
            "summary) VALUES ($2, 'anew', '{\"key\": 1}') RETURNING id) "
            "UPDATE training_items SET analysis_state = 'done', "
            "als_summary_id = (SELECT id FROM s) WHERE id = $1",
            2, P(id, artist));
    must_do(db,
            "UPDATE als_summaries SET summary = '{\"key\": 2}' "
            "WHERE parse_id = $1",
            1, P("anew"));
    assert_fine(item_get(db, id, &it, &err), err);
    assert_string_equal(it.analysis_state, "done");
    must_do(db,
            "UPDATE als_summaries SET summary = '{\"timeline\": {}}' "
            "WHERE parse_id = $1",
            1, P("anew"));
    item_release(&it);
    assert_fine(item_get(db, id, &it, &err), err);
    assert_string_equal(it.analysis_state, "pending");
    drain(db);
}

/* A living worker keeps its item however long it takes; a dead one loses it
 * with its lease; one whose audio was replaced is told. */
static void
test_each_artist_in_turn(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *many = some_artist(db);
    auto_free char *one = some_artist(db);
    auto_free char *last = NULL;
    int at = -1;

    drain(db);
    for (int i = 0; i < 20; i++)
        free(save(db, many, "p"));
    free(save(db, one, "p"));
    for (int i = 0; i < 21; i++) {
        auto_item struct item it = {0};

        assert_fine(item_take_for_analysis(db, LEASE_SEC, last, &it, &err),
                    err);
        assert_non_null(it.id);
        if (strcmp(it.artist_id, one) == 0)
            at = i;
        free(last);
        last = xstrdup(it.artist_id);
    }
    assert_in_range(at, 0, 1); /* not after the twenty */
    drain(db);
}

static void
test_lease(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *id = NULL;
    auto_item struct item mine = {0};
    auto_item struct item theirs = {0};
    auto_item struct item by = {0};
    bool ours = false;

    drain(db);
    id = save(db, artist, "p");
    assert_fine(item_take_for_analysis(db, 1, NULL, &mine, &err), err);
    assert_string_equal(mine.id, id);
    assert_fine(item_keep_for_analysis(db, &mine, LEASE_SEC, &ours, &err), err);
    assert_true(ours);
    sleep(2);
    assert_fine(item_take_for_analysis(db, 1, NULL, &theirs, &err), err);
    assert_null(theirs.id);

    assert_fine(item_keep_for_analysis(db, &mine, 1, &ours, &err), err);
    sleep(2);
    assert_fine(item_take_for_analysis(db, LEASE_SEC, NULL, &theirs, &err),
                err);
    assert_string_equal(theirs.id, id);

    fill_audio(&by.audio, sha_two, 10);
    assert_fine(item_set_audio(db, id, "a.mp3", &by.audio, NULL, &err), err);
    assert_fine(item_keep_for_analysis(db, &mine, LEASE_SEC, &ours, &err), err);
    assert_false(ours);
    item_release(&theirs);
    assert_fine(item_take_for_analysis(db, LEASE_SEC, NULL, &theirs, &err),
                err);
    assert_string_equal(theirs.id, id);
    assert_fine(item_keep_for_analysis(db, &mine, LEASE_SEC, &ours, &err), err);
    assert_false(ours);
}

/* Other audio came while the old one was decoded: by a worker that is still at
 * it, and once more with a second worker at the new audio already. */
static void
test_late_analysis_is_dropped(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *id = NULL;
    auto_json json_object *found = json_object_new_object();
    auto_item struct item before = {0};
    auto_item struct item after = {0};
    auto_item struct item now = {0};
    auto_item struct item by = {0};

    drain(db);
    id = save(db, artist, "p");
    assert_fine(item_take_for_analysis(db, LEASE_SEC, NULL, &before, &err),
                err);
    fill_audio(&by.audio, sha_two, 10);
    assert_fine(item_set_audio(db, id, "a.mp3", &by.audio, NULL, &err), err);
    assert_fine(item_put_analysis(db, &before, NULL, found, NULL, NULL, &err),
                err);
    assert_fine(item_get(db, id, &now, &err), err);
    assert_string_equal(now.analysis_state, "pending");
    assert_fine(item_take_for_analysis(db, LEASE_SEC, NULL, &after, &err), err);
    assert_string_equal(after.id, id);
    assert_fine(item_put_analysis(db, &before, NULL, found, NULL, NULL, &err),
                err);
    item_release(&now);
    assert_fine(item_get(db, id, &now, &err), err);
    assert_string_equal(now.analysis_state, "pending");
    assert_fine(item_put_analysis(db, &after, "it does not decode", NULL, NULL,
                                  NULL, &err),
                err);
    item_release(&now);
    assert_fine(item_get(db, id, &now, &err), err);
    assert_string_equal(now.analysis_state, "failed");
}

static void *
take_one(void *arg)
{
    struct racer *r = arg;

    r->rc = item_take_for_analysis(r->db, LEASE_SEC, NULL, &r->it, &r->err);
    return NULL;
}

static void
test_analysis_race(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    struct racer racers[THREADS] = {0};

    drain(db);
    for (int i = 0; i < THREADS; i++)
        free(save(db, artist, "p"));
    for (int i = 0; i < THREADS; i++) {
        racers[i].db = db;
        assert_int_equal(
            pthread_create(&racers[i].thread, NULL, take_one, &racers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(racers[i].thread, NULL), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_fine(racers[i].rc, racers[i].err);
        for (int k = 0; k < i; k++)
            if (racers[i].it.id != NULL && racers[k].it.id != NULL)
                assert_string_not_equal(racers[i].it.id, racers[k].it.id);
    }
    for (int i = 0; i < THREADS; i++)
        item_release(&racers[i].it);
}

static void
test_same_audio(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *other = some_artist(db);
    auto_free char *first = save(db, artist, "one");
    auto_free char *second = save(db, artist, "two");
    auto_free char *id = NULL;
    auto_free char *parse_id = NULL;

    assert_fine(
        item_same_audio(db, artist, sha_one, second, &id, &parse_id, &err),
        err);
    assert_string_equal(id, first);
    assert_string_equal(parse_id, "one");
    free(steal(&id));
    free(steal(&parse_id));
    assert_fine(
        item_same_audio(db, artist, sha_two, second, &id, &parse_id, &err),
        err);
    assert_null(id);
    assert_fine(
        item_same_audio(db, other, sha_one, second, &id, &parse_id, &err), err);
    assert_null(id);
}

static void
test_as_long(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *near = save(db, artist, "near");
    auto_free char *nearest = save(db, artist, "nearest");
    auto_items struct items its = {0};

    free(save(db, artist, "self"));
    free(save(db, artist, "far"));
    must_do(db,
            "UPDATE training_items SET analysis_state = 'done', "
            "analysis = '{\"fingerprint\": \"AQ\", \"peaks\": [1]}', "
            "audio_duration_sec = CASE parse_id WHEN 'near' THEN 101 "
            "WHEN 'nearest' THEN 99.5 WHEN 'far' THEN 110 ELSE 100 END "
            "WHERE artist_id = $1",
            1, P(artist));
    assert_fine(items_as_long(db, artist, "self", 100, 2, 10, &its, &err), err);
    assert_int_equal(its.n, 2);
    assert_string_equal(its.v[0].id, nearest);
    assert_string_equal(its.v[1].id, near);
    assert_string_equal(json_text(its.v[0].analysis, "fingerprint"), "AQ");
    assert_null(json_at(its.v[0].analysis, "peaks"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_analysis_once),
        cmocka_unit_test(test_set_read_anew),
        cmocka_unit_test(test_each_artist_in_turn),
        cmocka_unit_test(test_lease),
        cmocka_unit_test(test_late_analysis_is_dropped),
        cmocka_unit_test(test_analysis_race),
        cmocka_unit_test(test_same_audio),
        cmocka_unit_test(test_as_long),
    };
    const char *missing = cluster_missing();

    if (missing != NULL) {
        printf("1..1\nok 1 - analysis # SKIP %s\n", missing);
        return 0;
    }
    return cmocka_run_group_tests_name("db/analysis", tests, cluster_setup,
                                       cluster_teardown) +
           (pooler_installed() ? cmocka_run_group_tests_name(
                                     "db/analysis, pooled", tests,
                                     cluster_setup_pooled, cluster_teardown)
                               : 0);
}
