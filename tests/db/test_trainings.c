/* db/: trainings, with news that comes late, twice, or from somewhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "cluster.h"
#include "rows.h"

#define NOWHERE "00000000-0000-4000-8000-000000000000"

static void
some_training(struct db *db, const char *artist, struct training *ret)
{
    struct err err = ERR_INIT;

    ret->artist_id = xstrdup(artist);
    ret->destination = xstrdup("owner/name");
    ret->version = xstrdup("trainer/of:1");
    ret->input = json_object_new_object();
    json_add_bool(ret->input, "drop_vocals", false);
    assert_fine(training_insert(db, ret, 100, &err), err);
}

/* Tell news; was it any? */
static bool
news(struct db *db, const char *id, const char *replicate_id,
     const char *status)
{
    struct training t = {.replicate_id = (char *)replicate_id,
                         .status = (char *)status};
    struct err err = ERR_INIT;
    bool changed;

    assert_fine(training_update(db, id, &t, &changed, &err), err);
    return changed;
}

static void
test_row(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    auto_training struct training t = {0};
    auto_training struct training got = {0};
    auto_trainings struct trainings all = {0};
    struct err err = ERR_INIT;

    some_training(db, artist, &t);
    assert_string_equal(t.status, "creating");
    assert_null(t.replicate_id);
    assert_fine(training_get(db, t.id, &got, &err), err);
    assert_string_equal(json_out(got.input), "{\"drop_vocals\":false}");
    assert_true(got.created_at > 1700000000);
    assert_fine(trainings_list(db, artist, &all, &err), err);
    assert_int_equal(all.n, 1);
    assert_int_equal(trainings_list(db, NOWHERE, &all, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);
    assert_fine(training_delete(db, t.id, &err), err);
    assert_int_equal(training_get(db, t.id, &got, &err), -1);
    assert_err(err, ERR_TRAINING_NOT_FOUND);
}

static void
test_news(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    auto_training struct training t = {0};

    some_training(db, artist, &t);
    assert_true(news(db, t.id, "r1", "starting"));
    assert_true(news(db, t.id, "r1", "processing"));
    assert_true(news(db, t.id, "r1", "processing"));
    assert_false(news(db, t.id, "r1", "starting"));
    assert_false(news(db, t.id, "r2", "failed"));
    assert_true(news(db, t.id, "r1", "succeeded"));
    assert_false(news(db, t.id, "r1", "succeeded"));
    assert_false(news(db, t.id, "r1", "failed"));
    assert_false(news(db, NOWHERE, "r3", "failed"));
}

/* Given up in doubt, then heard of after all. */
static void
test_doubt(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    auto_training struct training t = {0};

    some_training(db, artist, &t);
    assert_true(news(db, t.id, NULL, "failed"));
    assert_true(news(db, t.id, "doubted", "processing"));
    assert_true(news(db, t.id, "doubted", "failed"));
    assert_false(news(db, t.id, "doubted", "processing"));
}

static void
test_due(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    auto_training struct training runs = {0};
    auto_training struct training over = {0};
    auto_training struct training lost = {0};
    auto_training struct training got = {0};
    auto_trainings struct trainings due = {0};
    struct err err = ERR_INIT;

    some_training(db, artist, &runs);
    some_training(db, artist, &over);
    some_training(db, artist, &lost);
    assert_true(news(db, runs.id, "runs", "processing"));
    assert_true(news(db, over.id, "over", "canceled"));
    must_do(db,
            "UPDATE trainings SET created_at = now() - interval '6 minutes' "
            "WHERE id = $1",
            1, P(lost.id));
    assert_fine(trainings_take_due(db, artist, 3, &due, &err), err);
    assert_int_equal(due.n, 1);
    assert_string_equal(due.v[0].id, runs.id);
    trainings_release(&due);
    assert_fine(trainings_take_due(db, artist, 3, &due, &err), err);
    assert_int_equal(due.n, 0);
    trainings_release(&due);
    assert_fine(trainings_take_due(db, artist, 0, &due, &err), err);
    assert_int_equal(due.n, 1);
    assert_fine(training_get(db, lost.id, &got, &err), err);
    assert_string_equal(got.status, "failed");
    assert_non_null(got.error);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row),
        cmocka_unit_test(test_news),
        cmocka_unit_test(test_doubt),
        cmocka_unit_test(test_due),
    };
    const char *missing = cluster_missing();

    if (missing != NULL) {
        printf("1..1\nok 1 - trainings # SKIP %s\n", missing);
        return 0;
    }
    return cmocka_run_group_tests_name("db/trainings", tests, cluster_setup,
                                       cluster_teardown);
}
