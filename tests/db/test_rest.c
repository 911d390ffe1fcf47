/* db/items_rest and db/items_list: deleted items come back as they were or end
 * with the day; pages are found, sorted and hold together in every order. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "db/windows.h"
#include "cluster.h"
#include "rows.h"

static char *
row_of(struct db *db, const char *id)
{
    return must_ask(db,
                    "SELECT to_jsonb(t) - 'updated_at' - 'analysis_lease' "
                    "FROM training_items t WHERE id = $1",
                    1, P(id));
}

static void
test_a_deleted_item_comes_back(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *id = save(db, artist, "p");
    auto_free char *audio = xasprintf("artists/x/training/%s/audio.mp3", id);
    auto_free char *was = NULL;
    auto_free char *is = NULL;
    auto_items struct items its = {0};
    bool known = false;
    bool rested = false;

    must_do(db,
            "UPDATE training_items SET analysis = '{\"lufs\": -9.25}', "
            "analysis_state = 'done' WHERE id = $1",
            1, P(id));
    was = row_of(db, id);
    assert_fine(item_rest(db, id, &err), err);
    assert_fine(
        items_list(db, artist, &(struct items_query){.limit = 5}, &its, &err),
        err);
    assert_int_equal(its.total, 0);
    assert_fine(object_known(db, audio, &known, &err), err);
    assert_true(known); /* the sweeper leaves it */
    assert_int_equal(item_rest(db, id, &err), -1);
    assert_err(err, ERR_ITEM_NOT_FOUND);

    assert_fine(item_restore(db, id, &rested, &err), err);
    assert_true(rested);
    is = row_of(db, id);
    assert_string_equal(is, was);
    assert_fine(item_restore(db, id, &rested, &err), err);
    assert_false(rested);
}

/* Deleted by an older version, before the table had all of its columns. */
static void
test_a_row_of_an_earlier_version_comes_back(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *id = save(db, artist, "earlier");
    auto_free char *was = row_of(db, id);
    auto_free char *is = NULL;
    bool rested = false;

    assert_fine(item_rest(db, id, &err), err);
    must_do(db,
            "UPDATE resting_items SET item = jsonb_build_object("
            "'id', item->'id') || (SELECT jsonb_object_agg(key, value) "
            "FROM jsonb_each(item) WHERE key NOT IN ('audio_odd_head', "
            "'audio_crc32', 'alignment', 'sound', 'window_max_sec', "
            "'window_min_sec')) WHERE id = $1",
            1, P(id));
    assert_fine(item_restore(db, id, &rested, &err), err);
    assert_true(rested);
    is = row_of(db, id);
    assert_string_equal(is, was);
}

static void
test_a_rest_ends_with_the_day(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *old = save(db, artist, "p");
    auto_free char *young = save(db, artist, "q");
    auto_items struct items its = {0};
    auto_item struct item gone = {0};
    bool rested = true;

    assert_fine(item_rest(db, old, &err), err);
    assert_fine(item_rest(db, young, &err), err);
    must_do(db,
            "UPDATE resting_items SET rests_since = now() - interval '1 day 1 "
            "second' WHERE id = $1",
            1, P(old));
    assert_fine(items_rested(db, 86400, 10, &its, &err), err);
    assert_int_equal(its.n, 1);
    assert_string_equal(its.v[0].id, old);
    assert_non_null(strstr(its.v[0].audio_path, old));
    assert_fine(item_restore(db, old, &rested, &err), err);
    assert_false(rested);
    assert_fine(item_rest_end(db, young, &gone, &err), err);
    assert_non_null(strstr(gone.prompt_path, young));
    assert_int_equal(item_rest_end(db, young, &gone, &err), -1);
    assert_err(err, ERR_ITEM_NOT_FOUND);
}

/* The set left the library in the meantime; or it is queued again. */
static void
test_what_changed_while_it_rested(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *a = xasprintf("%s-a", artist);
    auto_items struct items its = {0};
    auto_items struct items more = {0};
    auto_item struct item it = {0};
    bool rested = false;

    some_set(db, artist, a);
    assert_fine(items_enqueue(db, artist, P(a), 1, &its, &err), err);
    assert_non_null(its.v[0].als_summary_id);
    assert_fine(item_rest(db, its.v[0].id, &err), err);
    assert_fine(items_enqueue(db, artist, P(a), 1, &more, &err), err);
    assert_int_equal(item_restore(db, its.v[0].id, &rested, &err), -1);
    assert_err(err, ERR_CONFLICT);
    assert_fine(item_delete(db, more.v[0].id, &it, &err), err);
    item_release(&it);
    assert_fine(set_delete(db, a, &err), err);
    assert_fine(item_restore(db, its.v[0].id, &rested, &err), err);
    assert_fine(item_get(db, its.v[0].id, &it, &err), err);
    assert_null(it.als_summary_id);
}

static void
test_saves_of_a_set_that_has_an_item(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *first = save(db, artist, "p");
    auto_item struct item it = {0};
    auto_item struct item next = {0};
    auto_items struct items its = {0};
    auto_free char *known = NULL;
    auto_free char *other = NULL;
    auto_free char *replaced = NULL;

    fill_item(&it, artist, "p");
    fill_item(&next, artist, "other");
    assert_int_equal(item_insert_as(db, &it, EXISTS_REFUSE, NULL, NULL, &known,
                                    &other, &err),
                     -1);
    assert_string_equal(other, first);
    assert_err(err, ERR_ITEM_EXISTS);
    assert_fine(item_insert_as(db, &it, EXISTS_REPLACE, NULL, NULL, &known,
                               &replaced, &err),
                err);
    assert_string_equal(replaced, first);
    free(steal(&other));
    assert_fine(item_insert_as(db, &next, EXISTS_REFUSE, NULL, NULL, &known,
                               &other, &err),
                err);
    assert_null(other);
    assert_fine(
        items_list(db, artist, &(struct items_query){.limit = 5}, &its, &err),
        err);
    assert_int_equal(its.total, 2);
}

/* Names of a whole list in pages of two, with blanks between them. */
static char *
names_by(struct db *db, const char *artist, struct items_query q)
{
    auto_free char *cursor = NULL;
    auto_buf struct buf b = BUF_INIT(4096);
    struct err err = ERR_INIT;

    q.limit = 2;
    do {
        auto_items struct items page = {0};

        q.cursor = cursor;
        assert_fine(items_list(db, artist, &q, &page, &err), err);
        for (size_t i = 0; i < page.n; i++)
            (void)buf_addf(&b, "%s%s", b.len > 0 ? " " : "",
                           page.v[i].project_name);
        free(cursor);
        cursor = xstrdup(page.next);
    } while (cursor != NULL);
    return buf_steal(&b);
}

static void
assert_names(struct db *db, const char *artist, struct items_query q,
             const char *names)
{
    auto_free char *got = names_by(db, artist, q);

    assert_string_equal(got, names);
}

#define BY(...) ((struct items_query){__VA_ARGS__})

static void
test_found_and_sorted(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    static const struct {
        const char *name, *checks;
        double sec;
    } rows[] = {{"beta", "[{\"code\":\"mono\",\"level\":\"warn\"}]", 9},
                {"Alpha", NULL, 100},
                {"u\xcc\x88"
                 "ber",
                 "[{\"code\":\"x\",\"level\":\"info\"}]", 30},
                {"100%", "[{\"code\":\"mono\",\"level\":\"warn\"}]", 30},
                {"_", "null", 1}};
    auto_free char *artist = some_artist(db);
    struct err err = ERR_INIT;
    auto_items struct items page = {0};

    for (size_t i = 0; i < 5; i++) {
        auto_free char *id = save(db, artist, "p");

        must_do(db,
                "UPDATE training_items SET project_name = $2, "
                "checks = $3::jsonb, audio_duration_sec = $4, "
                "created_at = '2020-01-01'::timestamptz + $5 * interval '1 s' "
                "WHERE id = $1",
                5,
                P(id, rows[i].name, rows[i].checks, pg_double(rows[i].sec).text,
                  pg_int((int64_t)i).text));
    }
    assert_names(db, artist, BY(0),
                 "_ 100% u\xcc\x88"
                 "ber Alpha beta");
    assert_names(db, artist, BY(.sort = "createdAt"),
                 "beta Alpha u\xcc\x88"
                 "ber 100% _");
    assert_names(db, artist, BY(.sort = "name"),
                 "100% _ Alpha beta u\xcc\x88"
                 "ber");
    assert_names(db, artist, BY(.sort = "name", .descending = true),
                 "u\xcc\x88"
                 "ber beta Alpha _ 100%");
    assert_names(db, artist, BY(.sort = "durationSec", .q = "LPH"), "Alpha");
    assert_names(db, artist, BY(.problem = "any"), "100% beta");
    assert_names(db, artist, BY(.problem = "mono", .sort = "name"),
                 "100% beta");
    assert_names(db, artist, BY(.problem = "none"),
                 "_ u\xcc\x88"
                 "ber Alpha");
    assert_names(db, artist, BY(.problem = "failed"), "");
    assert_names(db, artist, BY(.q = "\xc3\x9c"),
                 "u\xcc\x88"
                 "ber");
    assert_names(db, artist, BY(.q = "%"), "100%");
    assert_names(db, artist, BY(.q = "'; DROP"), "");
    assert_fine(
        items_list(db, artist, &BY(.problem = "mono", .limit = 1), &page, &err),
        err);
    assert_int_equal(page.matches, 2);
    assert_int_equal(page.total, 5);
}

static void
test_cursors_of_another_order(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    static const char *const bad[] = {"",
                                      "1." NOWHERE,
                                      "name.desc.61." NOWHERE,
                                      "status.asc.61." NOWHERE,
                                      "name.asc.6." NOWHERE,
                                      "name.asc.ff." NOWHERE,
                                      "name.asc.61.x"};
    auto_free char *artist = some_artist(db);

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err err = ERR_INIT;
        auto_items struct items page = {0};

        assert_int_equal(
            items_list(db, artist,
                       &BY(.sort = "name", .limit = 2, .cursor = bad[i]), &page,
                       &err),
            -1);
        assert_string_equal(err.field, "cursor");
        assert_err(err, ERR_INVALID_FIELD);
    }
}

static void
test_its_windows_come_back_with_it(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *id = save(db, artist, "w");
    auto_free char *was = NULL;
    auto_free char *is = NULL;
    auto_windows struct windows ws = {0}, gone = {0};
    bool rested = false;

    ws = (struct windows){.v = xcalloc(2, sizeof(*ws.v)), .n = 2};
    for (int i = 0; i < 2; i++)
        ws.v[i] = (struct window){.start_sec = 30 * i,
                                  .end_sec = 30 * i + 30,
                                  .start_bar = (double)NAN,
                                  .bars = (double)NAN,
                                  .edited = i == 1,
                                  .source = xstrdup("person"),
                                  .prompt_text = xstrdup("pads")};
    assert_fine(windows_replace(db, id, sha_one, NULL, true, &ws, &gone, &err),
                err);
    was = must_ask(db,
                   "SELECT jsonb_agg(to_jsonb(w) ORDER BY w.position) "
                   "FROM training_windows w WHERE w.item_id = $1",
                   1, P(id));
    assert_fine(item_rest(db, id, &err), err);
    assert_fine(item_restore(db, id, &rested, &err), err);
    assert_true(rested);
    is = must_ask(db,
                  "SELECT jsonb_agg(to_jsonb(w) ORDER BY w.position) "
                  "FROM training_windows w WHERE w.item_id = $1",
                  1, P(id));
    assert_string_equal(is, was);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_deleted_item_comes_back),
        cmocka_unit_test(test_its_windows_come_back_with_it),
        cmocka_unit_test(test_a_row_of_an_earlier_version_comes_back),
        cmocka_unit_test(test_a_rest_ends_with_the_day),
        cmocka_unit_test(test_what_changed_while_it_rested),
        cmocka_unit_test(test_saves_of_a_set_that_has_an_item),
        cmocka_unit_test(test_found_and_sorted),
        cmocka_unit_test(test_cursors_of_another_order),
    };

    const char *missing = cluster_missing();

    if (missing != NULL) {
        printf("1..1\nok 1 - rest # SKIP %s\n", missing);
        return 0;
    }
    return cmocka_run_group_tests_name("db/rest", tests, cluster_setup,
                                       cluster_teardown);
}
