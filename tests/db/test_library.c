/* db/: artists, schemas, sets, generations, and datasets with their claims. */
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

static const char hostile[] =
    "'; DROP TABLE artists; -- \"$1\" \\ %s \xf0\x9f\x8e\x9b e\xcc\x81\n{}";

static void
test_artists(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_artist struct artist a = {0};
    auto_artist struct artist b = {0};
    auto_artist struct artist got = {0};
    auto_artists struct artists all = {0};

    assert_fine(artist_insert(db, hostile, "one-slug", true, &a, &err), err);
    assert_string_equal(a.slug, "one-slug");
    assert_true(a.created_at > 1700000000);
    assert_int_equal(artist_insert(db, "B", "one-slug", true, &b, &err), -1);
    assert_err(err, ERR_ARTIST_EXISTS);
    assert_fine(artist_insert(db, "B", "one-slug", false, &b, &err), err);
    assert_string_equal(b.slug, "one-slug-2");
    assert_fine(artist_get(db, a.id, &got, &err), err);
    assert_string_equal(got.name, hostile);
    artist_release(&got);
    assert_fine(artist_rename(db, a.id, "Renamed", &got, &err), err);
    assert_string_equal(got.name, "Renamed");
    assert_string_equal(got.slug, "one-slug");
    assert_fine(artists_list(db, &all, &err), err);
    assert_true(all.n >= 2);
    artist_release(&got);

    assert_fine(artist_delete(db, a.id, &err), err);
    assert_int_equal(artist_delete(db, a.id, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);
    assert_int_equal(artist_get(db, a.id, &got, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);
    assert_int_equal(artist_rename(db, a.id, "x", &got, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);
}

/* The longest slug still has room for its number. */
static void
test_long_slug(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_artist struct artist a = {0};
    auto_artist struct artist b = {0};
    char slug[SLUG_MAX + 1] = {0};

    memset(slug, 'x', SLUG_MAX);
    assert_fine(artist_insert(db, "A", slug, false, &a, &err), err);
    assert_fine(artist_insert(db, "A", slug, false, &b, &err), err);
    assert_int_equal(strlen(b.slug), SLUG_MAX);
    assert_string_equal(b.slug + SLUG_MAX - 2, "-2");
}

static void
test_schema(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_json json_object *schema = json_object_new_object();
    auto_json json_object *huge = json_tokener_parse("{\"a\": 1e200000}");
    auto_json json_object *got = NULL;
    auto_free char *moved = NULL;

    assert_int_equal(schema_get(db, artist, &got, &err), -1);
    assert_err(err, ERR_SCHEMA_NOT_FOUND);
    assert_int_equal(schema_get(db, NOWHERE, &got, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);
    assert_int_equal(schema_put(db, NOWHERE, schema, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);

    assert_fine(schema_put(db, artist, schema, &err), err);
    json_add_str(schema, hostile, hostile);
    assert_fine(schema_put(db, artist, schema, &err), err);
    assert_fine(schema_get(db, artist, &got, &err), err);
    assert_true(json_object_equal(schema, got));
    moved = must_ask(db,
                     "SELECT updated_at > created_at FROM artist_profiles "
                     "WHERE artist_id = $1",
                     1, P(artist));
    assert_string_equal(moved, "t");

    assert_int_equal(schema_put(db, artist, huge, &err), -1);
    assert_err(err, ERR_INVALID_FIELD);
    json_add(schema, "genre", json_object_new_string_len("a\0b", 3));
    assert_int_equal(schema_put(db, artist, schema, &err), -1);
    assert_err(err, ERR_INVALID_FIELD);
}

/* Sent again, a set gets the summary of a later version, and no other. */
static void
renewal(struct db *db, const char *artist, const char *other)
{
    static const struct {
        const char *sent;
        int version;
    } rows[] = {{"{\"summaryVersion\":2}", 2},
                {"{\"summaryVersion\":3}", 3},
                {"{\"summaryVersion\":1}", 3},
                {"{\"tempo\":9}", 3},
                {"{\"summaryVersion\":\"9\"}", 3}};
    auto_free char *id = xasprintf("again-%s", artist);
    struct err err = ERR_INIT;
    bool is_new = false;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        auto_json json_object *sent = json_tokener_parse(rows[i].sent);
        auto_set struct set s = {0};

        assert_fine(set_insert(db, artist, id, NULL, NULL, sent, &is_new, &err),
                    err);
        assert_int_equal(is_new, i == 0);
        assert_fine(set_get(db, id, &s, &err), err);
        assert_true(json_number(s.summary, "summaryVersion", 0) ==
                    rows[i].version);
        assert_int_equal(
            set_insert(db, other, id, NULL, NULL, sent, &is_new, &err), -1);
        assert_err(err, ERR_CONFLICT);
    }
}

static void
test_sets(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *other = some_artist(db);
    auto_free char *id = xasprintf("%s %s", artist, hostile);
    auto_free char *endless = xcalloc(1, 100001);
    auto_json json_object *summary = json_tokener_parse(
        "{\"tempo\": {\"bpm\": 122.5}, \"length\": {\"sec\": 240}, "
        "\"key\": {\"text\": \"A minor\"}, \"live\": {\"version\": \"12\"}}");
    auto_set struct set s = {0};
    bool is_new = false;

    assert_fine(
        set_insert(db, artist, id, hostile, NULL, summary, &is_new, &err), err);
    assert_true(is_new);
    assert_fine(set_insert(db, artist, id, "x", "x", summary, &is_new, &err),
                err);
    assert_false(is_new);
    assert_int_equal(
        set_insert(db, other, id, "x", "x", summary, &is_new, &err), -1);
    assert_err(err, ERR_CONFLICT);
    assert_int_equal(
        set_insert(db, NOWHERE, id, "x", "x", summary, &is_new, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);

    assert_fine(set_get(db, id, &s, &err), err);
    assert_string_equal(s.als_filename, hostile);
    assert_null(s.project_name);
    assert_true(s.tempo == 122.5 && s.duration_sec == 240);
    assert_string_equal(s.key, "A minor");
    assert_string_equal(s.live_version, "12");
    assert_true(json_object_equal(s.summary, summary));
    set_release(&s);
    renewal(db, artist, other);
    assert_fine(set_get_of(db, artist, id, &s, &err), err);
    set_release(&s);
    assert_int_equal(set_get_of(db, other, id, &s, &err), -1);
    assert_err(err, ERR_SET_NOT_FOUND);
    assert_int_equal(set_get_of(db, NOWHERE, id, &s, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);
    assert_fine(set_delete(db, id, &err), err);
    assert_int_equal(set_delete(db, id, &err), -1);
    assert_err(err, ERR_SET_NOT_FOUND);
    assert_int_equal(set_get(db, id, &s, &err), -1);
    assert_err(err, ERR_SET_NOT_FOUND);

    /* Longer than an index can hold, and not compressible. */
    for (size_t i = 0; i + UUID_LEN < 100000; i += UUID_LEN)
        id_make(endless + i);
    assert_int_equal(
        set_insert(db, artist, endless, "x", "x", summary, &is_new, &err), -1);
    assert_err(err, ERR_INVALID_FIELD);
}

/* Hand-written summaries say the same in plainer ways. */
/* The sources of a caption, and which of them is missing. */
static void
test_sources(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *other = some_artist(db);
    auto_json json_object *written = json_tokener_parse("{\"a\": \"ü\"}");
    auto_sources struct sources bare = {0};
    auto_sources struct sources from = {0};
    auto_sources struct sources alone = {0};

    assert_int_equal(sources_get(db, NOWHERE, "src", &from, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);
    some_set(db, other, "src");
    assert_int_equal(sources_get(db, artist, "src", &from, &err), -1);
    assert_err(err, ERR_SET_NOT_FOUND);
    assert_null(from.schema);
    assert_fine(sources_get(db, other, "src", &bare, &err), err);
    assert_null(bare.schema);
    assert_string_equal(json_out(bare.summary), "{}");
    assert_fine(schema_put(db, other, written, &err), err);
    assert_fine(sources_get(db, other, "src", &from, &err), err);
    assert_string_equal(json_out(from.schema), "{\"a\":\"ü\"}");
    assert_non_null(from.artist);
    assert_fine(sources_get(db, other, NULL, &alone, &err), err);
    assert_string_equal(json_out(alone.schema), "{\"a\":\"ü\"}");
    assert_null(alone.summary);
}

static void
test_plain_summary(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *odd = xasprintf("%s-odd", artist);
    auto_json json_object *plain = json_tokener_parse(
        "{\"tempo\": 90, \"durationSec\": 3.5, \"key\": \"C\"}");
    auto_json json_object *strange = json_tokener_parse(
        "{\"tempo\": [1], \"durationSec\": \"long\", \"key\": 5}");
    auto_free char *theirs = xasprintf("%s-theirs", artist);
    auto_json json_object *other = json_tokener_parse(
        "{\"tempoBpm\": 128, \"duration_sec\": 100, \"key\": {\"text\": "
        "\"E minor\", \"source\": \"notes\", \"confidence\": 0.4}}");
    auto_set struct set s = {0};
    bool is_new;

    assert_fine(
        set_insert(db, artist, artist, NULL, NULL, plain, &is_new, &err), err);
    assert_fine(set_get(db, artist, &s, &err), err);
    assert_true(s.tempo == 90 && s.duration_sec == 3.5);
    assert_string_equal(s.key, "C");
    assert_null(s.live_version);
    set_release(&s);
    assert_fine(set_insert(db, artist, odd, NULL, NULL, strange, &is_new, &err),
                err);
    assert_fine(set_get(db, odd, &s, &err), err);
    assert_true(s.tempo == 0 && s.duration_sec == 0);
    set_release(&s);
    /* Another parser's; its key is a guess. */
    assert_fine(
        set_insert(db, artist, theirs, NULL, NULL, other, &is_new, &err), err);
    assert_fine(set_get(db, theirs, &s, &err), err);
    assert_true(s.tempo == 128 && s.duration_sec == 100);
    assert_null(s.key);
}

static void
test_sets_found_by_name(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_sets struct sets page = {0};
    auto_free char *cursor = NULL;

    for (int i = 0; i < 5; i++) {
        auto_free char *id = xasprintf("%s-%d", artist, i);

        some_set(db, artist, id);
    }
    must_do(db,
            "UPDATE als_summaries SET project_name = '100%_pure' "
            "WHERE parse_id = $1 || '-3'",
            1, P(artist));
    assert_fine(sets_list(db, artist, "NIGHT dr", 3, NULL, &page, &err), err);
    assert_int_equal(page.n, 3);
    assert_null(page.v[0].summary);
    cursor = steal(&page.next);
    assert_non_null(cursor);
    sets_release(&page);
    assert_fine(sets_list(db, artist, "NIGHT dr", 3, cursor, &page, &err), err);
    assert_int_equal(page.n, 2);
    assert_null(page.next);
    sets_release(&page);

    /* The search text is taken literally. */
    assert_fine(sets_list(db, artist, "0%_P", 3, NULL, &page, &err), err);
    assert_int_equal(page.n, 1);
    sets_release(&page);
    assert_fine(sets_list(db, artist, "%", 9, NULL, &page, &err), err);
    assert_int_equal(page.n, 1);
    sets_release(&page);
    assert_fine(sets_list(db, artist, hostile, 9, NULL, &page, &err), err);
    assert_int_equal(page.n, 0);
    sets_release(&page);
    assert_int_equal(sets_list(db, artist, NULL, 9, hostile, &page, &err), -1);
    assert_err(err, ERR_INVALID_FIELD);

    /* Whether a name comes from a Mac's file or from a keyboard. */
    for (size_t i = 0; i < 4; i++) {
        static const char *const forms[][2] = {
            {"F\xc3\xbcr", "Fu\xcc\x88r"},
            {"\xed\x95\x9c", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"}};
        auto_free char *id = xasprintf("%s-form-%zu", artist, i);
        auto_json json_object *empty = json_object_new_object();
        bool is_new;

        assert_fine(set_insert(db, artist, id, forms[i / 2][i % 2], NULL, empty,
                               &is_new, &err),
                    err);
        for (size_t k = 0; k < 2; k++) {
            assert_fine(
                sets_list(db, artist, forms[i / 2][k], 9, NULL, &page, &err),
                err);
            assert_int_equal(page.n, 1 + i % 2);
            assert_string_equal(page.v[0].als_filename, forms[i / 2][i % 2]);
            sets_release(&page);
        }
    }
    assert_int_equal(sets_list(db, NOWHERE, NULL, 9, NULL, &page, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);
}

static struct generation
some_generation(const char *artist, const char *prompt)
{
    struct generation g = {.artist_id = xstrdup(artist),
                           .parse_id = xstrdup("p"),
                           .prompt = xstrdup(prompt),
                           .model = xstrdup("gpt-4o-mini"),
                           .version = xstrdup("train-v1"),
                           .instructions = xstrdup(hostile),
                           .tokens_in = 1200,
                           .tokens_out = 60,
                           .ms = 900};

    g.params = json_object_new_object();
    json_add_num(g.params, "temperature", 0.5);
    return g;
}

static void
test_generations(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_generation struct generation one = some_generation(artist, "first");
    auto_generation struct generation two = some_generation(artist, "second");
    auto_generation struct generation bad = some_generation(artist, "third");
    auto_generation struct generation lost = some_generation(NOWHERE, "x");
    auto_generation struct generation got = {0};
    auto_generations struct generations all = {0};

    assert_fine(generation_newest(db, artist, "p", &got, &err), err);
    assert_null(got.id);
    assert_fine(generation_insert(db, &one, &err), err);
    assert_fine(generation_insert(db, &two, &err), err);
    bad.error = xstrdup("it was cut off");
    assert_fine(generation_insert(db, &bad, &err), err);
    assert_int_equal(generation_insert(db, &lost, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);

    assert_fine(generation_get(db, one.id, &got, &err), err);
    assert_string_equal(got.prompt, "first");
    assert_string_equal(got.instructions, hostile);
    assert_int_equal(got.tokens_in, 1200);
    assert_int_equal(got.created_at, one.created_at);
    assert_true(json_object_equal(got.params, one.params));
    assert_null(got.fields);
    generation_release(&got);
    assert_fine(generation_newest(db, artist, "p", &got, &err), err);
    assert_string_equal(got.id, two.id);
    assert_fine(generations_list(db, artist, "p", &all, &err), err);
    assert_int_equal(all.n, 3);
    assert_string_equal(all.v[0].error, "it was cut off");
    assert_string_equal(all.v[2].id, one.id);
    generations_release(&all);
    assert_fine(generations_list(db, artist, "other", &all, &err), err);
    assert_int_equal(all.n, 0);
    assert_int_equal(generations_list(db, NOWHERE, "p", &all, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);

    generation_release(&got);
    assert_int_equal(generation_get(db, NOWHERE, &got, &err), -1);
    assert_string_equal(err.field, "generationId");
    assert_err(err, ERR_INVALID_FIELD);
}

struct racer {
    pthread_t thread;
    struct db *db;
    const char *artist;
    char *claim;
    struct err err;
    int rc;
};

static void *
race(void *arg)
{
    struct racer *r = arg;

    r->rc = export_claim(r->db, r->artist, &r->claim, &r->err);
    return NULL;
}

static void
test_one_claim(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *other = some_artist(db);
    auto_free char *theirs = NULL;
    auto_free char *claim = NULL;
    struct racer racers[THREADS] = {0};

    for (int i = 0; i < THREADS; i++) {
        racers[i].db = db;
        racers[i].artist = artist;
        assert_int_equal(
            pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(racers[i].thread, NULL), 0);
    for (int i = 0; i < THREADS; i++) {
        if (racers[i].rc == 0) {
            assert_null(claim);
            claim = racers[i].claim;
        } else {
            assert_err(racers[i].err, ERR_EXPORT_RUNNING);
        }
    }
    assert_non_null(claim);
    assert_fine(export_claim(db, other, &theirs, &err), err);
    assert_fine(export_beat(db, claim, &err), err);
    assert_fine(export_release(db, claim, &err), err);
    assert_int_equal(export_beat(db, claim, &err), -1);
    assert_err(err, ERR_EXPORT_RUNNING);
    assert_int_equal(export_claim(db, NOWHERE, &claim, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);
}

static void
test_stale_claim(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *dead = NULL;
    auto_free char *claim = NULL;
    auto_dataset struct dataset d = {.artist_id = xstrdup(artist),
                                     .layout = xstrdup("plan"),
                                     .path = xstrdup(artist),
                                     .sha256 = xstrdup("x")};

    assert_fine(export_claim(db, artist, &dead, &err), err);
    must_do(db,
            "UPDATE export_claims SET beat_at = now() - interval '55 s' "
            "WHERE artist_id = $1",
            1, P(artist));
    assert_int_equal(export_claim(db, artist, &claim, &err), -1);
    assert_err(err, ERR_EXPORT_RUNNING);
    must_do(db,
            "UPDATE export_claims SET beat_at = now() - interval '61 s' "
            "WHERE artist_id = $1",
            1, P(artist));
    assert_fine(export_claim(db, artist, &claim, &err), err);
    assert_string_not_equal(claim, dead);

    /* The one that was thought dead can do nothing any more. */
    assert_int_equal(export_beat(db, dead, &err), -1);
    assert_err(err, ERR_EXPORT_RUNNING);
    assert_int_equal(export_release(db, dead, &err), -1);
    assert_err(err, ERR_EXPORT_RUNNING);
    assert_int_equal(dataset_insert(db, &d, NULL, 0, dead, &err), -1);
    assert_err(err, ERR_EXPORT_RUNNING);
    assert_fine(export_beat(db, claim, &err), err);
}

static char *
ready_item(struct db *db, const char *artist)
{
    return must_ask(db,
                    "INSERT INTO training_items (artist_id, parse_id, status, "
                    "audio_path, prompt_text) VALUES ($1, 'p', 'ready', 'a', "
                    "'deep house') RETURNING id",
                    1, P(artist));
}

static void
assert_count(struct db *db, const char *artist, const char *status,
             const char *n)
{
    auto_free char *got =
        must_ask(db,
                 "SELECT count(*) FROM training_items WHERE artist_id = $1 "
                 "AND status = $2",
                 2, P(artist, status));

    assert_string_equal(got, n);
}

/* Rows, dataset and claim: together or not at all. */
static void
test_dataset(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_free char *one = ready_item(db, artist);
    auto_free char *two = ready_item(db, artist);
    auto_free char *claim = NULL;
    auto_dataset struct dataset got = {0};
    auto_datasets struct datasets all = {0};
    auto_dataset struct dataset d = {.artist_id = xstrdup(artist),
                                     .layout = xstrdup("plan"),
                                     .path = xasprintf("%s.zip", artist),
                                     .sha256 = xstrdup("x"),
                                     .item_count = 2,
                                     .bytes = INT64_C(6000000000),
                                     .manifest = json_object_new_object()};
    auto_free char *in_order = NULL;
    auto_free char *sidecar = xasprintf("%s.manifest.json", artist);
    bool known = false;

    json_add_str(d.manifest, "layout", "plan");
    assert_fine(export_claim(db, artist, &claim, &err), err);
    fail_item(db, two, "x");
    assert_int_equal(dataset_insert(db, &d, P(one, two), 2, claim, &err), -1);
    assert_err(err, ERR_CONFLICT);
    assert_count(db, artist, "ready", "1");
    assert_fine(datasets_list(db, artist, &all, &err), err);
    assert_int_equal(all.n, 0);
    datasets_release(&all);
    assert_fine(export_beat(db, claim, &err), err);

    /* Ready again, but with another caption than the zip has. */
    assert_fine(item_set_prompt(db, two, "p", "techno", NULL, NULL, NULL, &err),
                err);
    assert_int_equal(dataset_insert(db, &d, P(one, two), 2, claim, &err), -1);
    assert_err(err, ERR_CONFLICT);
    assert_count(db, artist, "ready", "2");
    assert_fine(export_release(db, claim, &err), err);
    free(steal(&claim));
    assert_fine(export_claim(db, artist, &claim, &err), err);
    assert_fine(dataset_insert(db, &d, P(one, two), 2, claim, &err), err);
    assert_count(db, artist, "exported", "2");
    assert_int_equal(export_beat(db, claim, &err), -1);
    assert_err(err, ERR_EXPORT_RUNNING);

    assert_fine(dataset_get(db, d.id, &got, &err), err);
    assert_true(got.bytes == INT64_C(6000000000));
    assert_int_equal(got.item_count, 2);
    assert_string_equal(got.path, d.path);
    in_order =
        xasprintf("{\"items\":[\"%s\",\"%s\"],\"layout\":\"plan\"}", one, two);
    assert_string_equal(json_out(got.manifest), in_order);
    assert_fine(datasets_list(db, artist, &all, &err), err);
    assert_int_equal(all.n, 1);
    assert_string_equal(all.v[0].id, d.id);
    assert_fine(object_known(db, d.path, &known, &err), err);
    assert_true(known);
    assert_fine(object_known(db, sidecar, &known, &err), err);
    assert_true(known);
    assert_int_equal(dataset_get(db, NOWHERE, &got, &err), -1);
    assert_err(err, ERR_DATASET_NOT_FOUND);
    assert_int_equal(datasets_list(db, NOWHERE, &all, &err), -1);
    assert_err(err, ERR_ARTIST_NOT_FOUND);
}

/* A set that goes leaves its items; an artist that goes takes all along. */
static void
test_what_goes_along(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(db);
    auto_items struct items its = {0};
    auto_item struct item it = {0};
    auto_generation struct generation g = some_generation(artist, "x");
    auto_json json_object *schema = json_object_new_object();
    auto_free char *claim = NULL;

    some_set(db, artist, artist);
    assert_fine(items_enqueue(db, artist, P(artist), 1, &its, &err), err);
    assert_fine(set_delete(db, artist, &err), err);
    assert_fine(item_get(db, its.v[0].id, &it, &err), err);
    assert_null(it.als_summary_id);
    assert_string_equal(it.parse_id, artist);

    assert_fine(schema_put(db, artist, schema, &err), err);
    assert_fine(generation_insert(db, &g, &err), err);
    assert_fine(export_claim(db, artist, &claim, &err), err);
    assert_fine(artist_delete(db, artist, &err), err);
    item_release(&it);
    assert_int_equal(item_get(db, its.v[0].id, &it, &err), -1);
    assert_err(err, ERR_ITEM_NOT_FOUND);
    assert_int_equal(generation_get(db, g.id, &g, &err), -1);
    assert_err(err, ERR_INVALID_FIELD);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_artists),
        cmocka_unit_test(test_long_slug),
        cmocka_unit_test(test_schema),
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_plain_summary),
        cmocka_unit_test(test_sets_found_by_name),
        cmocka_unit_test(test_generations),
        cmocka_unit_test(test_one_claim),
        cmocka_unit_test(test_stale_claim),
        cmocka_unit_test(test_dataset),
        cmocka_unit_test(test_what_goes_along),
    };
    const char *missing = cluster_missing();

    if (missing != NULL) {
        printf("1..1\nok 1 - library # SKIP %s\n", missing);
        return 0;
    }
    return cmocka_run_group_tests_name("db/library", tests, cluster_setup,
                                       cluster_teardown) +
           (pooler_installed() ? cmocka_run_group_tests_name(
                                     "db/library, pooled", tests,
                                     cluster_setup_pooled, cluster_teardown)
                               : 0);
}
