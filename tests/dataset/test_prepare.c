/*
 * Goal: before an export, what its layout wants in another format is made once
 * and kept; audio that is not as it was saved ends the making, and so does a
 * client that went away.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../db/cluster.h"
#include "../db/rows.h"
#include "base/child.h"
#include "base/mem.h"
#include "dataset/prepare.h"
#include "house.h"

#define LAYOUT "plan" /* takes MP3 alone */

struct scene {
    void *cluster, *house;
    struct db *db;
    struct house *h;
    char *artist;
    int told; /* how often progress was */
    int most; /* from which on it ends the export; 0: never */
};

static int
begin(void **state)
{
    struct scene *s = xcalloc(1, sizeof(*s));

    *state = s;
    if (cluster_setup(&s->cluster) != 0)
        return -1;
    s->db = ((struct cluster *)s->cluster)->db;
    return 0;
}

static int
end(void **state)
{
    struct scene *s = *state;
    int rc = cluster_teardown(&s->cluster);

    free(s);
    return rc;
}

static int
before(void **state)
{
    struct scene *s = *state;

    s->artist = some_artist(s->db);
    some_set(s->db, s->artist, "night-drive");
    s->told = s->most = 0;
    if (setup(&s->house) != 0)
        return -1;
    s->h = s->house;
    return 0;
}

static int
after(void **state)
{
    struct scene *s = *state;

    must_do(s->db, "DELETE FROM artists", 0, NULL);
    free(s->artist);
    return teardown(&s->house);
}

/* An item of so many seconds, with its row. */
static void
add_wav(struct scene *s, double seconds)
{
    size_t len;
    auto_free uint8_t *sound = wav(seconds, &len);
    struct item *it = add_item(s->h, "wav", sound, len, seconds, CAPTION);
    auto_item struct item row = {0};
    auto_free char *known = NULL;
    struct err err = ERR_INIT;

    fill_item(&row, s->artist, "night-drive");
    free(row.audio_path);
    row.audio_path = xstrdup(it->audio_path);
    free(row.audio.format);
    row.audio.format = xstrdup("wav");
    free(row.audio.sha256);
    row.audio.sha256 = xstrdup(it->audio.sha256);
    row.audio.bytes = it->audio.bytes;
    assert_fine(item_insert(s->db, &row, NULL, NULL, &known, &err), err);
}

static int
progress(void *ctx, const struct export_progress *p, struct err *err)
{
    struct scene *s = ctx;

    (void)p;
    s->told++;
    if (s->most > 0 && s->told >= s->most)
        return err_set(err, ERR_CLIENT_GONE, "gone");
    return 0;
}

static struct export_job
prepared_job(struct scene *s)
{
    struct export_job job = job_of(s->h, LAYOUT);

    job.db = s->db;
    job.artist_id = s->artist;
    job.converts = 2;
    job.lease_sec = 60;
    job.progress = progress;
    job.ctx = s;
    return job;
}

static void
each_is_made_once(void **state)
{
    struct scene *s = *state;
    struct export_job job;
    struct pack x;
    struct err err = ERR_INIT;
    auto_free char *first = NULL;

    add_wav(s, 1);
    add_item(s->h, "mp3", NULL, 0, 60, CAPTION);
    add_wav(s, 2);
    job = prepared_job(s);

    pack_init(&x, &job);
    assert_fine(prepare_run(&x, &err), err);
    assert_int_equal(x.progress.conversion_count, 2);
    assert_false(x.doomed);
    assert_non_null(x.kept[0].path);
    assert_null(x.kept[1].path); /* MP3 goes as it is */
    assert_non_null(x.kept[2].path);
    first = xstrdup(x.kept[0].path);
    pack_release(&x);

    pack_init(&x, &job);
    assert_fine(prepare_run(&x, &err), err);
    assert_int_equal(x.progress.conversion_count, 0);
    assert_string_equal(x.kept[0].path, first);
    pack_release(&x);
}

static void
with_nothing_to_make_nothing_is_asked(void **state)
{
    struct scene *s = *state;
    struct export_job job;
    struct pack x;
    struct err err = ERR_INIT;

    add_item(s->h, "mp3", NULL, 0, 60, CAPTION);
    job = prepared_job(s);
    pack_init(&x, &job);
    assert_fine(prepare_run(&x, &err), err);
    assert_null(x.kept);
    assert_int_equal(s->told, 0);
    pack_release(&x);
}

static void
other_audio_dooms_the_export(void **state)
{
    struct scene *s = *state;
    struct export_job job;
    struct pack x;
    struct err err = ERR_INIT;

    add_wav(s, 1);
    put_bytes(s->h, s->h->items.v[0].audio_path, "other bytes", 11);
    job = prepared_job(s);
    pack_init(&x, &job);
    assert_fine(prepare_run(&x, &err), err); /* the walk says which item */
    assert_true(x.doomed);
    assert_null(x.kept[0].path);
    pack_release(&x);
}

static void
who_went_away_ends_it(void **state)
{
    struct scene *s = *state;
    struct export_job job;
    struct pack x;
    struct err err = ERR_INIT;

    add_wav(s, 1);
    add_wav(s, 2);
    s->most = 1;
    job = prepared_job(s);
    job.converts = 1;
    pack_init(&x, &job);
    assert_int_equal(prepare_run(&x, &err), -1);
    assert_err(err, ERR_CLIENT_GONE);
    assert_int_equal(s->told, 1); /* and is not told any more */
    pack_release(&x);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, before, after)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_is_made_once),
        TEST(with_nothing_to_make_nothing_is_asked),
        TEST(other_audio_dooms_the_export),
        TEST(who_went_away_ends_it),
    };
    const char *missing = cluster_missing();

    if (missing != NULL) {
        printf("1..1\nok 1 - prepare # SKIP %s\n", missing);
        return 0;
    }
    child_folder("."); /* of the build that runs the tests */
    return cmocka_run_group_tests_name("dataset/prepare", tests, begin, end);
}
