/* db/items: stored values come back, the status follows, one key makes one
 * item, and pages hold still. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>

#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "cluster.h"
#include "rows.h"

#define THREADS 8

/* Quotes, a backslash, SQL, a dollar, an emoji, a combining mark, a newline. */
static const char hostile[] =
    "'; DROP TABLE artists; -- \"$1\" \\ %s \xf0\x9f\x8e\x9b e\xcc\x81\n{}";

static void
assert_status(struct db *db, const char *id, const char *status)
{
    auto_item struct item it = {0};
    struct err err = ERR_INIT;

    assert_fine(item_get(db, id, &it, &err), err);
    assert_string_equal(it.status, status);
}

static void
test_insert_gives_it_back(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_item struct item it = {0};
    auto_item struct item got = {0};
    auto_free char *known = NULL;

    fill_item(&it, artist, hostile);
    it.als_filename = xstrdup(hostile);
    it.project_name = xstrdup(hostile);
    it.model_name = xstrdup("gpt-4o-mini");
    it.system_prompt_version = xstrdup("train-v1");
    it.generated_at = 1700000000;
    it.prompt_edited = true;
    it.fields = json_object_new_object();
    json_add_str(it.fields, hostile, hostile);
    it.checks = json_object_new_array();
    assert_fine(item_insert(db, &it, NULL, NULL, &known, &err), err);
    assert_fine(item_get(db, it.id, &got, &err), err);

    assert_string_equal(got.parse_id, hostile);
    assert_string_equal(got.als_filename, hostile);
    assert_string_equal(got.project_name, hostile);
    assert_string_equal(got.prompt_text, it.prompt_text);
    assert_string_equal(json_text(got.fields, hostile), hostile);
    assert_int_equal(got.generated_at, 1700000000);
    assert_true(got.prompt_edited);
    assert_true(got.audio.bytes == INT64_C(5000000000));
    assert_true(got.audio.duration_sec == 241.5);
    assert_int_equal(got.audio.sample_rate, 44100);
    assert_string_equal(got.audio.sha256, sha_one);
    assert_string_equal(got.analysis_state, "pending");
    assert_int_equal(json_object_array_length(got.checks), 0);
    assert_null(got.als_summary_id);
    assert_null(got.error);
    assert_true(got.created_at > 1700000000);
    assert_int_equal(got.created_at, got.updated_at);

    assert_int_equal(item_insert(db, &it, NULL, NULL, &known, &err), -1);
    assert_err(err, ERR_CONFLICT);
}

/* From save to export: kept with its audio, gone with it, and learned later
 * only for the very same bytes. */
static void
test_the_crc_goes_with_its_audio(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    auto_item struct item it = {0};
    auto_free char *known = NULL;
    struct err err = ERR_INIT;

    fill_item(&it, artist, "crc");
    it.audio.crc32 = 0xffffffff;
    it.audio.has_crc32 = true;
    assert_fine(item_insert(db, &it, NULL, NULL, &known, &err), err);
    for (int step = 0; step < 4; step++) {
        static const bool has[] = {true, false, false, true};
        auto_export_ids struct export_ids ids = {0};
        auto_items struct items its = {0};

        if (step == 1) {
            it.audio.has_crc32 = false;
            assert_fine(
                item_set_audio(db, it.id, it.audio_path, &it.audio, NULL, &err),
                err);
        } else if (step > 1) {
            assert_fine(item_learn_crc32(
                            db, it.id, step == 2 ? sha_two : sha_one, 7, &err),
                        err);
        }
        assert_fine(export_ids_list(db, artist, false, &ids, &err), err);
        assert_fine(export_items_load(db, &ids, 0, 1, NULL, &its, &err), err);
        assert_int_equal(its.v[0].audio.has_crc32, has[step]);
        if (has[step])
            assert_true(its.v[0].audio.crc32 == (step == 0 ? 0xffffffff : 7));
    }
}

static void
test_whose_audio_it_still_is(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    auto_item struct item it = {0};
    auto_free char *known = NULL;
    struct err err = ERR_INIT;
    bool held;

    fill_item(&it, artist, "held");
    assert_fine(item_insert(db, &it, NULL, NULL, &known, &err), err);
    assert_fine(item_has_audio(db, it.id, it.audio_path, &held, &err), err);
    assert_true(held);
    assert_fine(item_has_audio(db, it.id, "another", &held, &err), err);
    assert_false(held);
    assert_fine(item_has_audio(db, NOWHERE, it.audio_path, &held, &err), err);
    assert_false(held);
    assert_fine(item_remove_audio(db, it.id, &err), err);
    assert_fine(item_has_audio(db, it.id, it.audio_path, &held, &err), err);
    assert_false(held);
}

static void
test_absent(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_item struct item it = {0};
    auto_items struct items its = {0};
    struct export_ids ids;
    auto_free char *known = NULL;

    assert_int_equal(item_get(db, NOWHERE, &it, &err), -1);
    assert_err(err, ERR_ITEM_NOT_FOUND);
    assert_int_equal(item_get(db, "'; --", &it, &err), -1);
    assert_err(err, ERR_INVALID_FIELD);
    assert_int_equal(item_delete(db, NOWHERE, &it, &err), -1);
    assert_err(err, ERR_ITEM_NOT_FOUND);
    assert_int_equal(item_remove_audio(db, NOWHERE, &err), -1);
    assert_err(err, ERR_ITEM_NOT_FOUND);
    assert_int_equal(item_remove_prompt(db, NOWHERE, &err), -1);
    assert_err(err, ERR_ITEM_NOT_FOUND);
    assert_int_equal(
        item_set_prompt(db, NOWHERE, "p", "x", NULL, NULL, NULL, &err), -1);
    assert_err(err, ERR_ITEM_NOT_FOUND);
    assert_int_equal(
        items_list(db, NOWHERE, &(struct items_query){.limit = 5}, &its, &err),
        -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);
    assert_int_equal(export_ids_list(db, NOWHERE, true, &ids, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);
    assert_int_equal(items_enqueue(db, NOWHERE, P("p"), 1, &its, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);

    fill_item(&it, NOWHERE, "p");
    assert_int_equal(item_insert(db, &it, "key", "hash", &known, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);
}

/* Text that the database cannot store is the client's to fix, and the error
 * says so. */
static void
test_unstorable_text(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_item struct item it = {0};
    auto_free char *known = NULL;

    fill_item(&it, artist, "p");
    free(it.prompt_text);
    it.prompt_text = xstrdup("\xff\xfe");
    assert_int_equal(item_insert(db, &it, NULL, NULL, &known, &err), -1);
    assert_err(err, ERR_INVALID_FIELD);

    free(it.prompt_text);
    it.prompt_text = xstrdup("deep house");
    it.fields = json_object_new_object();
    json_add(it.fields, "genre", json_object_new_string_len("a\0b", 3));
    assert_int_equal(item_insert(db, &it, NULL, NULL, &known, &err), -1);
    assert_err(err, ERR_INVALID_FIELD);
    assert_int_equal(item_get(db, it.id, &it, &err), -1);
    assert_err(err, ERR_ITEM_NOT_FOUND);
}

static void
test_queue_there_and_back(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *set = xasprintf("%s-set", artist);
    auto_items struct items its = {0};
    auto_item struct item by = {0};
    auto_item struct item it = {0};
    const char *id;

    some_set(db, artist, set);
    assert_fine(items_enqueue(db, artist, P(set), 1, &its, &err), err);
    assert_int_equal(its.n, 1);
    assert_string_equal(its.v[0].als_filename, "Night Drive.als");
    assert_non_null(its.v[0].als_summary_id);
    assert_null(its.v[0].audio.format);
    assert_null(its.v[0].analysis_state);
    id = its.v[0].id;
    assert_status(db, id, "needs_audio");

    fill_audio(&by.audio, sha_one, 10);
    assert_fine(item_set_audio(db, id, "a.mp3", &by.audio, NULL, &err), err);
    assert_status(db, id, "needs_prompt");
    by.model_name = xstrdup("gpt-4o-mini");
    assert_fine(item_set_prompt(db, id, "p.txt", "deep house", &by, "New name",
                                NULL, &err),
                err);
    assert_status(db, id, "ready");
    assert_fine(item_remove_audio(db, id, &err), err);
    assert_status(db, id, "needs_audio");
    assert_fine(item_set_audio(db, id, "a.mp3", &by.audio, NULL, &err), err);
    assert_status(db, id, "ready");
    assert_fine(item_remove_prompt(db, id, &err), err);
    assert_status(db, id, "needs_prompt");
    fail_item(db, id, "it does not decode");
    assert_fine(item_get(db, id, &it, &err), err);
    assert_string_equal(it.status, "failed");
    assert_string_equal(it.error, "it does not decode");
    assert_null(it.model_name);
    assert_string_equal(it.project_name, "New name");

    /* Tried again, it is as good as any. */
    assert_fine(
        item_set_prompt(db, id, "p.txt", "techno", NULL, NULL, NULL, &err),
        err);
    item_release(&it);
    assert_fine(item_get(db, id, &it, &err), err);
    assert_string_equal(it.status, "ready");
    assert_null(it.error);
}

static void
test_set_waits_once(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *other = some_artist(db);
    auto_free char *a = xasprintf("%s-a", artist);
    auto_free char *b = xasprintf("%s-b", artist);
    auto_items struct items its = {0};
    auto_free char *id = NULL;

    some_set(db, artist, a);
    some_set(db, artist, b);
    assert_fine(items_enqueue(db, artist, P(a, a), 2, &its, &err), err);
    assert_int_equal(its.n, 1);
    items_release(&its);
    assert_fine(items_enqueue(db, artist, P(a, b), 2, &its, &err), err);
    assert_int_equal(its.n, 2);
    items_release(&its);

    /* One set that is not theirs, and none is put. */
    assert_int_equal(items_enqueue(db, other, P(a), 1, &its, &err), -1);
    assert_err(err, ERR_SET_NOT_FOUND);
    assert_int_equal(items_enqueue(db, artist, P(a, hostile), 2, &its, &err),
                     -1);
    assert_err(err, ERR_SET_NOT_FOUND);

    /* A save of a set takes it from the queue. */
    id = save(db, artist, a);
    assert_fine(
        items_list(db, artist, &(struct items_query){.limit = 10}, &its, &err),
        err);
    assert_int_equal(its.total, 2);
    assert_int_equal(its.ready, 1);
    assert_int_equal(its.needs_audio, 1);
}

static void
test_key_says_the_same_again(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_item struct item it = {0};
    auto_item struct item again = {0};
    auto_item struct item gone = {0};
    auto_free char *known = NULL;

    fill_item(&it, artist, "p");
    fill_item(&again, artist, "p");
    assert_fine(item_by_key(db, artist, hostile, "h1", &known, &err), err);
    assert_null(known);
    assert_fine(item_insert(db, &it, hostile, "h1", &known, &err), err);
    assert_null(known);
    assert_fine(item_insert(db, &again, hostile, "h1", &known, &err), err);
    assert_string_equal(known, it.id);
    free(steal(&known));
    assert_fine(item_by_key(db, artist, hostile, "h1", &known, &err), err);
    assert_string_equal(known, it.id);
    free(steal(&known));
    assert_int_equal(item_insert(db, &again, hostile, "h2", &known, &err), -1);
    assert_err(err, ERR_IDEMPOTENCY_MISMATCH);
    assert_int_equal(item_by_key(db, artist, hostile, "h2", &known, &err), -1);
    assert_err(err, ERR_IDEMPOTENCY_MISMATCH);
    assert_int_equal(item_get(db, again.id, &gone, &err), -1);
    assert_err(err, ERR_ITEM_NOT_FOUND);

    /* With the item its key goes. */
    assert_fine(item_delete(db, it.id, &gone, &err), err);
    assert_string_equal(gone.audio_path, it.audio_path);
    assert_fine(item_insert(db, &again, hostile, "h2", &known, &err), err);
    assert_null(known);
}

struct racer {
    pthread_t thread;
    struct db *db;
    struct item it;
    char *known;
    struct err err;
    int rc;
};

static void *
race(void *arg)
{
    struct racer *r = arg;

    r->rc = item_insert(r->db, &r->it, "one key", "h", &r->known, &r->err);
    return NULL;
}

/* The same request from all sides at the same time: one item, and all are
 * told. */
static void
test_key_race(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    auto_free char *winner = NULL;
    auto_free char *count = NULL;
    struct racer racers[THREADS] = {0};

    for (int i = 0; i < THREADS; i++) {
        racers[i].db = db;
        fill_item(&racers[i].it, artist, "p");
        assert_int_equal(
            pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(racers[i].thread, NULL), 0);
    winner = must_ask(db, "SELECT id FROM training_items WHERE artist_id = $1",
                      1, P(artist));
    count =
        must_ask(db, "SELECT count(*) FROM training_items WHERE artist_id = $1",
                 1, P(artist));
    assert_string_equal(count, "1");
    for (int i = 0; i < THREADS; i++) {
        assert_fine(racers[i].rc, racers[i].err);
        assert_string_equal(racers[i].known != NULL ? racers[i].known
                                                    : racers[i].it.id,
                            winner);
        free(racers[i].known);
        item_release(&racers[i].it);
    }
}

/* Pages show the state at the first one, whatever arrives in the meantime. */
static void
test_pages_hold_still(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *cursor = NULL;
    char *before[7];
    size_t seen = 0;

    for (size_t i = 0; i < 7; i++)
        before[i] = save(db, artist, "p");
    /* From the same moment, so that the id must distinguish them. */
    must_do(db,
            "UPDATE training_items SET created_at = '2020-01-01T00:00:00.123"
            "457Z' WHERE artist_id = $1",
            1, P(artist));
    do {
        auto_items struct items page = {0};

        assert_fine(items_list(db, artist,
                               &(struct items_query){.status = "ready",
                                                     .limit = 2,
                                                     .cursor = cursor},
                               &page, &err),
                    err);
        for (size_t i = 0; i < page.n; i++, seen++)
            for (size_t k = 0; k < 7; k++)
                if (before[k] != NULL && strcmp(page.v[i].id, before[k]) == 0)
                    free(steal(&before[k]));
        free(cursor);
        cursor = steal(&page.next);
        free(save(db, artist, "p"));
    } while (cursor != NULL);
    assert_int_equal(seen, 7);
    for (size_t k = 0; k < 7; k++)
        assert_null(before[k]);
}

static void
test_bad_cursors(void **state)
{
    static const char *const bad[] = {"",
                                      ".",
                                      "1",
                                      "1.",
                                      "1.x",
                                      "-1." NOWHERE,
                                      "1234567890123456789." NOWHERE,
                                      "1." NOWHERE "'",
                                      "x." NOWHERE};
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err err = ERR_INIT;
        auto_items struct items page = {0};

        assert_int_equal(
            items_list(db, artist,
                       &(struct items_query){.limit = 2, .cursor = bad[i]},
                       &page, &err),
            -1);
        assert_string_equal(err.field, "cursor");
        assert_err(err, ERR_INVALID_FIELD);
    }
}

static void
test_exportable_oldest_first(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *first = save(db, artist, "1");
    auto_free char *second = save(db, artist, "2");
    auto_free char *third = save(db, artist, "3");
    auto_export_ids struct export_ids ids = {0};

    must_do(db, "UPDATE training_items SET status = 'exported' WHERE id = $1",
            1, P(first));
    fail_item(db, third, "x");
    assert_fine(export_ids_list(db, artist, false, &ids, &err), err);
    assert_int_equal(ids.n, 1);
    assert_string_equal(ids.v[0], second);
    export_ids_release(&ids);
    assert_fine(export_ids_list(db, artist, true, &ids, &err), err);
    assert_int_equal(ids.n, 2);
    assert_string_equal(ids.v[0], first);
    assert_true(ids.bytes == INT64_C(10000000000));
    export_ids_release(&ids);

    /* An edit makes an exported item ready again. */
    assert_fine(
        item_set_prompt(db, first, "p", "ambient", NULL, NULL, NULL, &err),
        err);
    assert_fine(export_ids_list(db, artist, false, &ids, &err), err);
    assert_int_equal(ids.n, 2);
}

/* More than a page of ids, and no gap between the pages. */
static void
test_exportable_in_pages(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_export_ids struct export_ids ids = {0};
    auto_items struct items its = {0};

    must_do(db,
            "INSERT INTO training_items (artist_id, parse_id, status, "
            "audio_path, audio_format, audio_bytes, audio_sha256, "
            "prompt_path, prompt_text, analysis_state, created_at) "
            "SELECT $1, 'set-' || n, 'ready', 'artists/x/' || n, 'mp3', 7, "
            "repeat('a', 64), 'p', 'caption ' || n, 'done', "
            "now() - (1500 - n) / 2 * interval '1 microsecond' "
            "FROM generate_series(1, 1500) n",
            1, P(artist));
    assert_fine(export_ids_list(db, artist, false, &ids, &err), err);
    assert_int_equal(ids.n, 1500);
    assert_true(ids.bytes == 1500 * 7);
    assert_fine(export_items_load(db, &ids, 0, 1500, NULL, &its, &err), err);
    assert_int_equal(its.n, 1500);
    for (size_t i = 0; i < its.n; i++)
        assert_string_equal(its.v[i].id, ids.v[i]);
}

static void
test_exportable_as_claimed(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *first = save(db, artist, "1");
    auto_free char *second = save(db, artist, "2");
    auto_free char *claim = NULL;
    auto_export_ids struct export_ids ids = {0};
    auto_items struct items its = {0};
    auto_items struct items rest = {0};

    assert_fine(export_claim(db, artist, &claim, &err), err);
    assert_fine(export_ids_list(db, artist, false, &ids, &err), err);
    assert_fine(export_items_load(db, &ids, 1, 1, claim, &its, &err), err);
    assert_int_equal(its.n, 1);
    assert_string_equal(its.v[0].id, second);
    assert_string_equal(its.v[0].audio.format, "mp3");
    assert_true(its.v[0].audio.bytes == INT64_C(5000000000));
    assert_string_equal(its.v[0].prompt_text,
                        "deep house, warm, 122 BPM, A minor");
    items_release(&its);

    /* Edited since the claim: nothing of it is taken. */
    assert_fine(
        item_set_prompt(db, first, "p", "ambient", NULL, NULL, NULL, &err),
        err);
    assert_int_equal(export_items_load(db, &ids, 0, 2, claim, &its, &err), -1);
    assert_err(err, ERR_CONFLICT);
    assert_fine(export_items_load(db, &ids, 1, 1, claim, &its, &err), err);
    assert_fine(export_items_load(db, &ids, 0, 2, NULL, &rest, &err), err);
    assert_int_equal(rest.n, 2);
    items_release(&rest);

    /* Gone: who only looks does without. */
    must_do(db, "DELETE FROM training_items WHERE id = $1", 1, P(first));
    assert_fine(export_items_load(db, &ids, 0, 2, NULL, &rest, &err), err);
    assert_int_equal(rest.n, 1);
    items_release(&rest);
    assert_int_equal(export_items_load(db, &ids, 0, 2, claim, &rest, &err), -1);
    assert_err(err, ERR_CONFLICT);

    assert_fine(export_release(db, claim, &err), err);
    assert_int_equal(export_items_load(db, &ids, 1, 1, claim, &rest, &err), -1);
    assert_err(err, ERR_EXPORT_RUNNING);
}

static void
test_objects_known(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *id = save(db, artist, "p");
    auto_free char *audio = xasprintf("artists/x/training/%s/audio.mp3", id);
    auto_free char *prompt = xasprintf("artists/x/training/%s/prompt.txt", id);
    auto_item struct item gone = {0};
    bool known = false;

    assert_fine(object_known(db, audio, &known, &err), err);
    assert_true(known);
    assert_fine(object_known(db, prompt, &known, &err), err);
    assert_true(known);
    assert_fine(object_known(db, hostile, &known, &err), err);
    assert_false(known);
    assert_fine(item_delete(db, id, &gone, &err), err);
    assert_fine(object_known(db, audio, &known, &err), err);
    assert_false(known);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_insert_gives_it_back),
        cmocka_unit_test(test_the_crc_goes_with_its_audio),
        cmocka_unit_test(test_whose_audio_it_still_is),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_unstorable_text),
        cmocka_unit_test(test_queue_there_and_back),
        cmocka_unit_test(test_set_waits_once),
        cmocka_unit_test(test_key_says_the_same_again),
        cmocka_unit_test(test_key_race),
        cmocka_unit_test(test_pages_hold_still),
        cmocka_unit_test(test_bad_cursors),
        cmocka_unit_test(test_exportable_oldest_first),
        cmocka_unit_test(test_exportable_in_pages),
        cmocka_unit_test(test_exportable_as_claimed),
        cmocka_unit_test(test_objects_known),
    };
    const char *missing = cluster_missing();

    if (missing != NULL) {
        printf("1..1\nok 1 - items # SKIP %s\n", missing);
        return 0;
    }
    return cmocka_run_group_tests_name("db/items", tests, cluster_setup,
                                       cluster_teardown) +
           (pooler_installed() ? cmocka_run_group_tests_name(
                                     "db/items, pooled", tests,
                                     cluster_setup_pooled, cluster_teardown)
                               : 0);
}
