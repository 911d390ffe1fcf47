/* Two users and their things; see owners.h. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "db/consent.h"
#include "db/pairing.h"
#include "db/spending.h"
#include "db/windows.h"
#include "owners.h"
#include "rows.h"

/* The call is refused with this code. */
#define refused(call, wanted)                                                  \
    do {                                                                       \
        struct err err_ = ERR_INIT;                                            \
        struct err *err = &err_;                                               \
                                                                               \
        if ((call) != -1)                                                      \
            fail_msg("%s was not refused", #call);                             \
        if (err_.code != (wanted))                                             \
            fail_msg("%s: %s (%s)", #call, err_word(err_.code), err_.msg);     \
    } while (0)
#define works(call)                                                            \
    do {                                                                       \
        struct err err_ = ERR_INIT;                                            \
        struct err *err = &err_;                                               \
                                                                               \
        if ((call) != 0)                                                       \
            fail_msg("%s: %s (%s)", #call, err_word(err_.code), err_.msg);     \
    } while (0)

static void
make_item(struct db *db, struct owned *o)
{
    auto_item struct item it = {0};
    auto_free char *known = NULL;
    struct err err_ = ERR_INIT;

    fill_item(&it, o->artist, o->parse_id);
    free(it.audio_path);
    free(it.prompt_path);
    free(it.audio.sha256);
    it.audio_path =
        xasprintf("artists/%s/training/%s/audio.mp3", o->slug, it.id);
    it.prompt_path =
        xasprintf("artists/%s/training/%s/prompt.txt", o->slug, it.id);
    it.audio.sha256 = xstrdup(o->sha);
    assert_fine(item_insert(db, &it, o->key, "hash", &known, &err_), err_);
    o->item = xstrdup(it.id);
}

/* One window, of all there is to it. */
static void
cut_window(struct windows *ws)
{
    *ws = (struct windows){.v = xcalloc(1, sizeof(*ws->v)), .n = 1};
    ws->v[0].end_sec = 30;
    ws->v[0].start_bar = ws->v[0].bars = (double)NAN;
    ws->v[0].source = xstrdup("embedded");
    ws->v[0].prompt_text = xstrdup("deep house");
}

static void
make_windows(struct db *db, const struct owned *o)
{
    auto_windows struct windows ws = {0}, gone = {0};

    cut_window(&ws);
    works(windows_replace(db, o->item, o->sha, NULL, true, &ws, &gone, err));
}

static void
make_dataset(struct db *db, struct owned *o)
{
    auto_dataset struct dataset d = {
        .artist_id = xstrdup(o->artist),
        .layout = xstrdup("plan"),
        .path = xasprintf("artists/%s/datasets/dataset-1.zip", o->slug),
        .sha256 = xstrdup("x"),
        .item_count = 1,
        .bytes = 1};
    auto_training struct training t = {.artist_id = xstrdup(o->artist),
                                       .destination = xstrdup("owner/name"),
                                       .version = xstrdup("trainer/of:1"),
                                       .input = json_object_new_object()};
    auto_free char *claim = NULL;

    works(export_claim(db, o->artist, &claim, err));
    works(export_beat(db, claim, err));
    works(dataset_insert(db, &d, P(o->item), 1, claim, err));
    o->dataset = xstrdup(d.id);
    t.dataset_id = xstrdup(d.id);
    works(training_insert(db, &t, 100, err));
    o->training = xstrdup(t.id);
}

void
owned_make(struct db *db, const struct db_who *who, const char *slug,
           struct owned *ret)
{
    auto_artist struct artist a = {0};
    auto_json json_object *schema = json_object_new_object();
    struct owned o = {.who = who};
    struct generation g = {.prompt = (char *)"deep house",
                           .model = (char *)"m",
                           .version = (char *)"train-v1"};
    auto_items struct items waiting = {0};
    bool is_new;

    db_act_as(who);
    works(artist_insert(db, slug, slug, false, &a, err));
    o.artist = xstrdup(a.id);
    o.slug = xstrdup(a.slug);
    (void)snprintf(o.parse_id, sizeof(o.parse_id), "set-of-%s", slug);
    (void)snprintf(o.key, sizeof(o.key), "key-of-%s", slug);
    memset(o.sha, slug[0], 64);
    works(schema_put(db, o.artist, schema, err));
    works(set_insert(db, o.artist, o.parse_id, "x.als", "x", schema, &is_new,
                     err));
    make_item(db, &o);
    make_windows(db, &o);
    g.artist_id = o.artist;
    g.parse_id = o.parse_id;
    works(generation_insert(db, &g, err));
    o.generation = g.id;
    make_dataset(db, &o);
    works(items_enqueue(db, o.artist, P(o.parse_id), 1, &waiting, err));
    assert_int_equal(waiting.n, 1);
    o.queued = xstrdup(waiting.v[0].id);
    works(export_claim(db, o.artist, &o.claim, err));
    db_act_as(NULL);
    *ret = o;
}

void
owned_release(struct owned *o)
{
    free(o->artist);
    free(o->slug);
    free(o->item);
    free(o->queued);
    free(o->generation);
    free(o->dataset);
    free(o->training);
    free(o->claim);
    *o = (struct owned){0};
}

static void
ask_windows(struct db *db, const struct owned *theirs)
{
    auto_windows struct windows ws = {0}, gone = {0};
    struct windows_state all = {0};
    struct windows of = {0};
    struct window w = {0};
    bool out = true;

    cut_window(&ws);
    refused(windows_list(db, theirs->item, &of, err), ERR_ITEM_NOT_FOUND);
    refused(windows_state(db, theirs->item, &all, err), ERR_ITEM_NOT_FOUND);
    refused(window_get(db, theirs->item, 0, &w, err), ERR_WINDOW_NOT_FOUND);
    refused(windows_replace(db, theirs->item, theirs->sha, NULL, false, &ws,
                            &gone, err),
            ERR_ITEM_NOT_FOUND);
    refused(window_change(db, theirs->item, 0, "x", NULL, NULL, &out, &w, err),
            ERR_WINDOW_NOT_FOUND);
    works(windows_of(db, P(theirs->item), 1, &of, err));
    assert_int_equal(of.n, 0);
    free(of.v);
}

/* Resting items are no more visible than others. */
static void
rest_of_theirs(struct db *db, const struct db_who *asks,
               const struct owned *theirs)
{
    const struct export_state state = {.layout = (char *)"x"};
    struct item it = {0};
    bool rested = true;
    bool cancel = true;

    db_act_as(theirs->who);
    works(item_rest(db, theirs->queued, err));
    db_act_as(asks);
    works(item_restore(db, theirs->queued, &rested, err));
    assert_false(rested);
    refused(item_rest_end(db, theirs->queued, &it, err), ERR_ITEM_NOT_FOUND);
    refused(export_report(db, theirs->claim, &state, &cancel, err),
            ERR_EXPORT_RUNNING);
    db_act_as(theirs->who);
    works(item_restore(db, theirs->queued, &rested, err));
    assert_true(rested);
    db_act_as(asks);
}

void
owners_ask_by_id(struct db *db, const struct db_who *asks,
                 const struct owned *theirs)
{
    struct audio_facts audio = {.format = (char *)"wav", .sha256 = (char *)"y"};
    struct training news = {.status = (char *)"failed"};
    struct item it = {0};
    struct set set = {0};
    struct generation g = {0};
    struct dataset d = {0};
    struct training t = {0};
    char ids[1][UUID_LEN + 1];
    const struct export_ids one = {.v = ids, .n = 1};
    struct items items = {0};
    auto_free char *path = xasprintf("artists/%s/training/%s/audio.mp3",
                                     theirs->slug, theirs->item);
    bool changed = true, holds = true;

    memcpy(ids[0], theirs->item, sizeof(ids[0]));
    db_act_as(asks);
    works(export_items_load(db, &one, 0, 1, NULL, &items, err));
    assert_int_equal(items.n, 0);
    free(items.v);
    refused(export_items_load(db, &one, 0, 1, theirs->claim, &items, err),
            ERR_EXPORT_RUNNING);
    refused(item_get(db, theirs->item, &it, err), ERR_ITEM_NOT_FOUND);
    refused(item_set_audio(db, theirs->queued, "a", &audio, NULL, err),
            ERR_ITEM_NOT_FOUND);
    refused(item_set_prompt(db, theirs->item, "p", "x", NULL, NULL, NULL, err),
            ERR_ITEM_NOT_FOUND);
    refused(item_set_prompt(db, theirs->item, NULL, NULL, NULL, "x", NULL, err),
            ERR_ITEM_NOT_FOUND);
    works(item_learn_crc32(db, theirs->item, theirs->sha, 7, err));
    works(item_has_audio(db, theirs->item, path, &holds, err));
    assert_false(holds);
    refused(item_remove_audio(db, theirs->item, err), ERR_ITEM_NOT_FOUND);
    refused(item_remove_prompt(db, theirs->item, err), ERR_ITEM_NOT_FOUND);
    refused(item_retry(db, theirs->item, err), ERR_ITEM_NOT_FOUND);
    refused(item_delete(db, theirs->item, &it, err), ERR_ITEM_NOT_FOUND);
    refused(item_rest(db, theirs->item, err), ERR_ITEM_NOT_FOUND);
    rest_of_theirs(db, asks, theirs);
    refused(set_get(db, theirs->parse_id, &set, err), ERR_SET_NOT_FOUND);
    refused(set_delete(db, theirs->parse_id, err), ERR_SET_NOT_FOUND);
    refused(generation_get(db, theirs->generation, &g, err), ERR_INVALID_FIELD);
    refused(dataset_get(db, theirs->dataset, &d, err), ERR_DATASET_NOT_FOUND);
    refused(export_beat(db, theirs->claim, err), ERR_EXPORT_RUNNING);
    refused(export_release(db, theirs->claim, err), ERR_EXPORT_RUNNING);
    refused(training_get(db, theirs->training, &t, err),
            ERR_TRAINING_NOT_FOUND);
    works(training_update(db, theirs->training, &news, &changed, err));
    assert_false(changed);
    works(training_delete(db, theirs->training, err)); /* none, no matter */
    ask_windows(db, theirs);
    db_act_as(NULL);
}

void
owners_ask_by_artist(struct db *db, const struct db_who *asks,
                     const struct owned *theirs)
{
    auto_strs struct strs ranges = {0};
    struct spending spent;
    auto_sources struct sources from = {0};
    auto_json json_object *o = json_object_new_object();
    struct artist a = {0};
    json_object *schema = NULL;
    struct set set = {0};
    struct sets sets = {0};
    struct items items = {0};
    struct generation newest = {0};
    auto_json json_object *list = json_object_new_array();
    struct export_state state = {0};
    struct generations gs = {0};
    struct edits edits = {0};
    struct consent consent = {0};
    struct datasets ds = {0};
    struct trainings ts = {0};
    struct export_ids ids = {0};
    char *claim = NULL, *id = NULL, *parse_id = NULL, *sound = NULL;
    const char *of = theirs->artist;
    auto_item struct item it = {0};
    struct generation g = {.artist_id = theirs->artist,
                           .parse_id = (char *)theirs->parse_id,
                           .prompt = (char *)"x",
                           .model = (char *)"m",
                           .version = (char *)"v"};
    struct training t = {.artist_id = theirs->artist,
                         .dataset_id = theirs->dataset,
                         .destination = (char *)"a/b",
                         .version = (char *)"a/b:1",
                         .input = o};
    struct dataset d = {.artist_id = theirs->artist,
                        .layout = (char *)"plan",
                        .path = (char *)"y.zip",
                        .sha256 = (char *)"x"};
    struct upload upload = {.id = (char *)NOWHERE,
                            .artist_id = theirs->artist,
                            .path = (char *)"x",
                            .sha256 = (char *)"x",
                            .analysis = o};
    bool is_new;

    db_act_as(asks);
    fill_item(&it, of, theirs->parse_id);
    refused(artist_get(db, of, &a, err), ERR_ARTIST_NOT_FOUND);
    refused(spending_get(db, of, &spent, err), ERR_ARTIST_NOT_FOUND);
    refused(artist_rename(db, of, "x", &a, err), ERR_ARTIST_NOT_FOUND);
    refused(artist_delete(db, of, err), ERR_ARTIST_NOT_FOUND);
    refused(schema_get(db, of, &schema, err), ERR_ARTIST_NOT_FOUND);
    refused(schema_put(db, of, o, err), ERR_ARTIST_NOT_FOUND);
    refused(set_get_of(db, of, theirs->parse_id, &set, err),
            ERR_ARTIST_NOT_FOUND);
    refused(sources_get(db, of, theirs->parse_id, &from, err),
            ERR_ARTIST_NOT_FOUND);
    refused(sets_list(db, of, NULL, 9, NULL, &sets, err), ERR_ARTIST_NOT_FOUND);
    refused(sets_ranges(db, of, "1." NOWHERE, 9, &ranges, err),
            ERR_ARTIST_NOT_FOUND);
    refused(items_ranges(db, of, "1." NOWHERE, 9, &ranges, err),
            ERR_ARTIST_NOT_FOUND);
    refused(set_insert(db, of, "new", NULL, NULL, o, &is_new, err),
            ERR_ARTIST_NOT_FOUND);
    refused(items_list(db, of, &(struct items_query){.limit = 9}, &items, err),
            ERR_ARTIST_NOT_FOUND);
    refused(export_ids_list(db, of, true, &ids, err), ERR_ARTIST_NOT_FOUND);
    refused(item_insert(db, &it, "k", "h", &id, err), ERR_ARTIST_NOT_FOUND);
    refused(item_insert_as(db, &it, EXISTS_REPLACE, NULL, NULL, &id, &parse_id,
                           err),
            ERR_ARTIST_NOT_FOUND);
    refused(export_ids_chosen(db, of, list, &ids, err), ERR_ARTIST_NOT_FOUND);
    refused(export_running(db, of, &state, &is_new, err), ERR_ARTIST_NOT_FOUND);
    refused(export_cancel(db, of, &is_new, err), ERR_ARTIST_NOT_FOUND);
    refused(item_by_key(db, of, theirs->key, "hash", &id, err),
            ERR_ARTIST_NOT_FOUND);
    refused(items_enqueue(db, of, P(theirs->parse_id), 1, &items, err),
            ERR_ARTIST_NOT_FOUND);
    works(item_same_audio(db, of, theirs->sha, NOWHERE, &id, &parse_id, err));
    assert_null(id);
    works(item_with_audio(db, of, theirs->parse_id, &id, &parse_id, err));
    assert_null(id);
    refused(item_sound(db, theirs->item, &sound, err), ERR_ITEM_NOT_FOUND);
    refused(upload_insert(db, &upload, err), ERR_ARTIST_NOT_FOUND);
    refused(upload_get(db, of, NOWHERE, &upload, err), ERR_ARTIST_NOT_FOUND);
    refused(sets_timelines(db, of, 9, &sets, err), ERR_ARTIST_NOT_FOUND);
    works(items_as_long(db, of, "", 241, 10, 9, &items, err));
    assert_int_equal(items.n, 0);
    free(items.v);
    refused(generation_insert(db, &g, err), ERR_ARTIST_NOT_FOUND);
    works(generation_newest(db, of, theirs->parse_id, &newest, err));
    assert_null(newest.id);
    refused(generations_list(db, of, theirs->parse_id, &gs, err),
            ERR_ARTIST_NOT_FOUND);
    refused(edits_latest(db, of, "", 9, &edits, err), ERR_ARTIST_NOT_FOUND);
    refused(consent_get(db, of, &consent, err), ERR_ARTIST_NOT_FOUND);
    refused(consent_put(db, of, "x", true, err), ERR_ARTIST_NOT_FOUND);
    refused(datasets_list(db, of, &ds, err), ERR_ARTIST_NOT_FOUND);
    refused(export_claim(db, of, &claim, err), ERR_ARTIST_NOT_FOUND);
    refused(dataset_insert(db, &d, NULL, 0, theirs->claim, err),
            ERR_ARTIST_NOT_FOUND);
    refused(training_insert(db, &t, 100, err), ERR_ARTIST_NOT_FOUND);
    refused(trainings_list(db, of, &ts, err), ERR_ARTIST_NOT_FOUND);
    refused(trainings_take_due(db, of, 0, &ts, err), ERR_ARTIST_NOT_FOUND);
    db_act_as(NULL);
}

/* Their ids together with an artist of ours. */
void
owners_mix(struct db *db, const struct owned *ours, const struct owned *theirs)
{
    auto_sources struct sources from = {0};
    auto_json json_object *o = json_object_new_object();
    struct set set = {0};
    struct items items = {0};
    struct dataset d = {.artist_id = ours->artist,
                        .layout = (char *)"plan",
                        .path = (char *)"artists/anna/datasets/z.zip",
                        .sha256 = (char *)"x"};
    char *known = NULL;
    bool is_new;

    db_act_as(ours->who);
    refused(set_get_of(db, ours->artist, theirs->parse_id, &set, err),
            ERR_SET_NOT_FOUND);
    refused(set_insert(db, ours->artist, theirs->parse_id, NULL, NULL, o,
                       &is_new, err),
            ERR_CONFLICT);
    refused(sources_get(db, ours->artist, theirs->parse_id, &from, err),
            ERR_SET_NOT_FOUND);
    refused(
        items_enqueue(db, ours->artist, P(theirs->parse_id), 1, &items, err),
        ERR_SET_NOT_FOUND);
    works(item_by_key(db, ours->artist, theirs->key, "hash", &known, err));
    assert_null(known);
    refused(dataset_insert(db, &d, P(theirs->item), 1, ours->claim, err),
            ERR_CONFLICT);
    refused(dataset_insert(db, &d, P(ours->item), 1, theirs->claim, err),
            ERR_EXPORT_RUNNING);
    db_act_as(NULL);
}

static void
use_lists(struct db *db, const struct owned *ours)
{
    auto_strs struct strs ranges = {0};
    auto_artists struct artists as = {0};
    auto_sets struct sets sets = {0};
    auto_items struct items items = {0}, out = {0};
    auto_generations struct generations gs = {0};
    auto_datasets struct datasets ds = {0};
    auto_trainings struct trainings ts = {0}, due = {0};
    auto_export_ids struct export_ids ids = {0};
    const char *of = ours->artist;

    works(artists_list(db, &as, err));
    assert_int_equal(as.n, 1);
    assert_string_equal(as.v[0].id, of);
    works(sets_list(db, of, NULL, 9, NULL, &sets, err));
    works(sets_ranges(db, of, "999999999999999999." NOWHERE, 1, &ranges, err));
    works(items_ranges(db, of, "999999999999999999." NOWHERE, 1, &ranges, err));
    assert_true(ranges.n > 1);
    assert_int_equal(sets.n, 1);
    works(items_list(db, of, &(struct items_query){.limit = 9}, &items, err));
    assert_int_equal(items.n, 2);
    works(export_ids_list(db, of, true, &ids, err));
    assert_int_equal(ids.n, 1);
    works(export_items_load(db, &ids, 0, 1, NULL, &out, err));
    assert_int_equal(out.n, 1);
    works(generations_list(db, of, ours->parse_id, &gs, err));
    assert_int_equal(gs.n, 1);
    works(datasets_list(db, of, &ds, err));
    assert_int_equal(ds.n, 1);
    works(trainings_list(db, of, &ts, err));
    assert_int_equal(ts.n, 1);
    works(trainings_take_due(db, of, 0, &due, err));
}

/* A summary of a later version takes the place of an earlier one. */
static void
use_renewal(struct db *db, const struct owned *ours)
{
    auto_json json_object *first = json_tokener_parse("{\"summaryVersion\":1}");
    auto_json json_object *later = json_tokener_parse("{\"summaryVersion\":3}");
    auto_set struct set s = {0};
    bool is_new;

    works(set_insert(db, ours->artist, ours->slug, NULL, NULL, first, &is_new,
                     err));
    works(set_insert(db, ours->artist, ours->slug, NULL, NULL, later, &is_new,
                     err));
    assert_false(is_new);
    works(set_get(db, ours->slug, &s, err));
    assert_true(json_number(s.summary, "summaryVersion", 0) == 3);
}

static void
use_windows(struct db *db, const struct owned *ours)
{
    auto_windows struct windows ws = {0}, old = {0}, gone = {0};
    struct windows of = {0};
    auto_window struct window w = {0}, changed = {0};

    works(windows_list(db, ours->item, &old, err));
    assert_int_equal(old.n, 1);
    cut_window(&ws);
    works(windows_replace(db, ours->item, ours->sha, NULL, true, &ws, &gone,
                          err));
    works(window_get(db, ours->item, 0, &w, err));
    works(window_change(db, ours->item, 0, "mine", NULL, NULL, NULL, &changed,
                        err));
    works(windows_of(db, P(ours->item), 1, &of, err));
    assert_int_equal(of.n, 1);
    windows_release(&of);
}

void
owners_use(struct db *db, const struct owned *ours)
{
    auto_sources struct sources from = {0};
    auto_artist struct artist a = {0};
    auto_item struct item it = {0}, gone = {0};
    auto_set struct set set = {0};
    auto_json json_object *schema = NULL;
    auto_json json_object *o = json_object_new_object();
    auto_training struct training t = {0};
    struct training news = {.status = (char *)"starting",
                            .replicate_id = ours->slug};
    struct audio_facts audio = {.format = (char *)"wav", .sha256 = (char *)"y"};
    auto_free char *path =
        xasprintf("artists/%s/training/%s/audio.wav", ours->slug, ours->item);
    auto_free char *known = NULL;
    bool changed = false, holds = false;

    db_act_as(ours->who);
    use_lists(db, ours);
    works(artist_rename(db, ours->artist, "Renamed", &a, err));
    works(schema_get(db, ours->artist, &schema, err));
    works(schema_put(db, ours->artist, o, err));
    works(set_get_of(db, ours->artist, ours->parse_id, &set, err));
    works(sources_get(db, ours->artist, ours->parse_id, &from, err));
    works(item_by_key(db, ours->artist, ours->key, "hash", &known, err));
    assert_string_equal(known, ours->item);
    works(item_get(db, ours->item, &it, err));
    use_windows(db, ours);
    use_renewal(db, ours);
    works(item_set_audio(db, ours->item, path, &audio, NULL, err));
    works(item_remove_prompt(db, ours->item, err));
    fail_item(db, ours->item, "x");
    works(item_retry(db, ours->item, err));
    works(item_learn_crc32(db, ours->item, "y", 7, err));
    works(item_has_audio(db, ours->item, path, &holds, err));
    assert_true(holds);
    works(item_remove_audio(db, ours->item, err));
    works(training_update(db, ours->training, &news, &changed, err));
    assert_true(changed);
    works(training_get(db, ours->training, &t, err));
    works(training_delete(db, ours->training, err));
    works(export_beat(db, ours->claim, err));
    works(export_release(db, ours->claim, err));
    works(item_delete(db, ours->item, &gone, err));
    works(set_delete(db, ours->parse_id, err));
    works(artist_delete(db, ours->artist, err));
    db_act_as(NULL);
}

char *
owners_digest(struct db *db, const char *artist)
{
    return must_ask(
        db,
        "SELECT count(*) || ' ' || md5(string_agg(x, '|' ORDER BY x)) FROM ("
        "SELECT to_jsonb(a)::text FROM artists a WHERE id = $1 UNION ALL "
        "SELECT to_jsonb(a)::text FROM artist_profiles a "
        "WHERE artist_id = $1 UNION ALL "
        "SELECT to_jsonb(a)::text FROM als_summaries a "
        "WHERE artist_id = $1 UNION ALL "
        "SELECT to_jsonb(a)::text FROM training_items a "
        "WHERE artist_id = $1 UNION ALL "
        "SELECT to_jsonb(a)::text FROM training_windows a "
        "WHERE artist_id = $1 UNION ALL "
        "SELECT to_jsonb(a)::text FROM prompt_generations a "
        "WHERE artist_id = $1 UNION ALL "
        "SELECT to_jsonb(a)::text FROM training_datasets a "
        "WHERE artist_id = $1 UNION ALL "
        "SELECT to_jsonb(a)::text FROM trainings a "
        "WHERE artist_id = $1 UNION ALL "
        "SELECT to_jsonb(a)::text FROM export_claims a "
        "WHERE artist_id = $1 UNION ALL "
        "SELECT to_jsonb(a)::text FROM idempotency_keys a "
        "WHERE artist_id = $1) t(x)",
        1, P(artist));
}

void
owners_stay_apart(struct db *db, const struct owned *ours,
                  const struct owned *theirs)
{
    auto_free char *before = owners_digest(db, theirs->artist);
    auto_free char *after = NULL;

    owners_ask_by_id(db, ours->who, theirs);
    owners_ask_by_artist(db, ours->who, theirs);
    owners_mix(db, ours, theirs);
    after = owners_digest(db, theirs->artist);
    assert_string_equal(after, before);
}
