/*
 * training_items: what an item is, and how its status follows.
 *
 * Long, since most of it is the text of its queries, and this table has no
 * other home.
 */
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "db/pg.h"

#define COLUMNS                                                                \
    "t.id, t.artist_id, t.als_summary_id, t.parse_id, t.als_filename, "        \
    "t.project_name, t.audio_path, t.prompt_path, t.prompt_text, t.status, "   \
    "t.system_prompt_version, t.model_name, "                                  \
    "extract(epoch FROM t.generated_at)::bigint, "                             \
    "extract(epoch FROM t.created_at)::bigint, "                               \
    "extract(epoch FROM t.updated_at)::bigint, t.audio_format, "               \
    "t.audio_bytes, t.audio_sha256, t.audio_duration_sec, "                    \
    "t.audio_sample_rate, t.audio_channels, t.audio_bitrate, "                 \
    "t.analysis_state, t.checks, t.generation_id, t.prompt_edited, t.fields, " \
    "t.error, (extract(epoch FROM t.created_at) * 1000000)::bigint"
#define PAGE 500 /* rows of one query of items_exportable */
#define MICROS_COLUMN 28
#define ANALYSIS_COLUMN 29

static void
read_audio(const struct rows *r, size_t i, struct audio_facts *ret)
{
    ret->format = rows_text(r, i, 15);
    ret->bytes = rows_int(r, i, 16);
    ret->sha256 = rows_text(r, i, 17);
    ret->duration_sec = rows_num(r, i, 18);
    ret->sample_rate = (int)rows_int(r, i, 19);
    ret->channels = (int)rows_int(r, i, 20);
    ret->bitrate = (int)rows_int(r, i, 21);
}

static void
read_item(const struct rows *r, size_t i, struct item *ret)
{
    ret->id = rows_text(r, i, 0);
    ret->artist_id = rows_text(r, i, 1);
    ret->als_summary_id = rows_text(r, i, 2);
    ret->parse_id = rows_text(r, i, 3);
    ret->als_filename = rows_text(r, i, 4);
    ret->project_name = rows_text(r, i, 5);
    ret->audio_path = rows_text(r, i, 6);
    ret->prompt_path = rows_text(r, i, 7);
    ret->prompt_text = rows_text(r, i, 8);
    ret->status = rows_text(r, i, 9);
    ret->system_prompt_version = rows_text(r, i, 10);
    ret->model_name = rows_text(r, i, 11);
    ret->generated_at = rows_int(r, i, 12);
    ret->created_at = rows_int(r, i, 13);
    ret->updated_at = rows_int(r, i, 14);
    read_audio(r, i, &ret->audio);
    ret->analysis_state = rows_text(r, i, 22);
    ret->checks = rows_json(r, i, 23);
    ret->generation_id = rows_text(r, i, 24);
    ret->prompt_edited = rows_bool(r, i, 25);
    ret->fields = rows_json(r, i, 26);
    ret->error = rows_text(r, i, 27);
}

void
item_release(struct item *it)
{
    free(it->id);
    free(it->artist_id);
    free(it->als_summary_id);
    free(it->parse_id);
    free(it->als_filename);
    free(it->project_name);
    free(it->audio_path);
    free(it->prompt_path);
    free(it->prompt_text);
    free(it->status);
    free(it->system_prompt_version);
    free(it->model_name);
    free(it->generation_id);
    free(it->error);
    free(it->analysis_state);
    free(it->audio.format);
    free(it->audio.sha256);
    json_object_put(it->analysis);
    json_object_put(it->checks);
    json_object_put(it->fields);
    *it = (struct item){0};
}

void
items_release(struct items *its)
{
    for (size_t i = 0; i < its->n; i++)
        item_release(&its->v[i]);
    free(its->v);
    free(its->next);
    *its = (struct items){0};
}

static void
read_items(const struct rows *r, size_t n, struct items *ret)
{
    ret->n = n;
    ret->v = xcalloc(n, sizeof(*ret->v));
    for (size_t i = 0; i < n; i++)
        read_item(r, i, &ret->v[i]);
}

static int
no_item(const char *id, struct err *err)
{
    return err_set(err, ERR_ITEM_NOT_FOUND, "there is no item %s", id);
}

/* A change of an item that gives its new row, in a transaction of its own. */
static int
change_item(struct db *db, const char *sql, int n, const char *const *params,
            struct item *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL)
        return -1;
    r = pg_query(tx, PG_MAYBE, err, sql, n, params);
    if (r == NULL || pg_commit(tx, err) == -1)
        return -1;
    if (rows_count(r) == 0)
        return no_item(params[0], err);
    if (ret != NULL)
        read_item(r, 0, ret);
    return 0;
}

int
item_get(struct db *db, const char *id, struct item *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_query(tx, PG_MAYBE, err,
                      "SELECT " COLUMNS ", t.analysis FROM training_items t "
                      "WHERE t.id = $1",
                      1, P(id))) == NULL ||
        pg_commit(tx, err) == -1)
        return -1;
    if (rows_count(r) == 0)
        return no_item(id, err);
    read_item(r, 0, ret);
    ret->analysis = rows_json(r, 0, ANALYSIS_COLUMN);
    return 0;
}

static int
count_items(struct pg *tx, const char *artist, struct items *ret,
            struct err *err)
{
    auto_rows struct rows *r = pg_query(
        tx, PG_ONE, err,
        "SELECT count(*), count(*) FILTER (WHERE status = 'needs_audio'), "
        "count(*) FILTER (WHERE status = 'needs_prompt'), "
        "count(*) FILTER (WHERE status = 'ready'), "
        "count(*) FILTER (WHERE status = 'exported'), "
        "count(*) FILTER (WHERE status = 'failed') "
        "FROM training_items WHERE artist_id = $1",
        1, P(artist));

    if (r == NULL)
        return -1;
    ret->total = rows_int(r, 0, 0);
    ret->needs_audio = rows_int(r, 0, 1);
    ret->needs_prompt = rows_int(r, 0, 2);
    ret->ready = rows_int(r, 0, 3);
    ret->exported = rows_int(r, 0, 4);
    ret->failed = rows_int(r, 0, 5);
    return 0;
}

int
items_list(struct db *db, const char *artist, const char *status, long limit,
           const char *cursor, struct items *ret, struct err *err)
{
    auto_cursor struct cursor at = {0};
    auto_pg struct pg *tx = NULL;
    auto_rows struct rows *r = NULL;
    struct items page = {0};
    size_t n;

    if (cursor_parse(cursor, &at, err) == -1 ||
        (tx = pg_begin(db, err)) == NULL ||
        pg_need_artist(tx, artist, err) == -1 ||
        count_items(tx, artist, &page, err) == -1 ||
        (r = pg_query(
             tx, PG_MANY, err,
             "SELECT " COLUMNS " FROM training_items t WHERE t.artist_id = $1 "
             "AND ($2::text IS NULL OR t.status = $2) "
             "AND ($3::bigint IS NULL OR (t.created_at, t.id) < "
             "(timestamptz 'epoch' + $3::bigint * interval '1 microsecond', "
             "$4::uuid)) ORDER BY t.created_at DESC, t.id DESC "
             "LIMIT $5::bigint",
             5, P(artist, status, at.micros, at.id, pg_int(limit + 1).text))) ==
            NULL ||
        pg_commit(tx, err) == -1)
        return -1;

    n = rows_count(r);
    read_items(r, n > (size_t)limit ? (size_t)limit : n, &page);
    if (n > (size_t)limit)
        page.next = xasprintf("%s.%s", rows_peek(r, page.n - 1, MICROS_COLUMN),
                              page.v[page.n - 1].id);
    *ret = page;
    return 0;
}

/* The next page behind *at, which moves on. A result of 10,000 whole rows
 * would lie in memory twice. */
static int
exportable_page(struct pg *tx, const char *artist, bool include_exported,
                struct cursor *at, struct items *its, struct err *err)
{
    auto_rows struct rows *r = pg_query(
        tx, PG_MANY, err,
        "SELECT " COLUMNS " FROM training_items t WHERE t.artist_id = $1 "
        "AND (t.status = 'ready' OR ($2::boolean AND t.status = 'exported')) "
        "AND ($3::bigint IS NULL OR (t.created_at, t.id) > "
        "(timestamptz 'epoch' + $3::bigint * interval '1 microsecond', "
        "$4::uuid)) ORDER BY t.created_at, t.id LIMIT $5::bigint",
        5,
        P(artist, include_exported ? "t" : "f", at->micros, at->id,
          pg_int(PAGE).text));
    size_t n;

    if (r == NULL)
        return -1;
    n = rows_count(r);
    if (n > 0) {
        its->v = xreallocarray(its->v, its->n + n, sizeof(*its->v));
        memset(its->v + its->n, 0, n * sizeof(*its->v));
    }
    for (size_t i = 0; i < n; i++)
        read_item(r, i, &its->v[its->n++]);
    cursor_release(at);
    *at = (struct cursor){0};
    if (n == PAGE) {
        at->micros = rows_text(r, n - 1, MICROS_COLUMN);
        at->id = rows_text(r, n - 1, 0);
    }
    return 0;
}

int
items_exportable(struct db *db, const char *artist, bool include_exported,
                 struct items *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_cursor struct cursor at = {0};
    auto_items struct items its = {0};

    if (tx == NULL || pg_need_artist(tx, artist, err) == -1)
        return -1;
    do {
        if (exportable_page(tx, artist, include_exported, &at, &its, err) == -1)
            return -1;
    } while (at.id != NULL);
    if (pg_commit(tx, err) == -1)
        return -1;
    *ret = its;
    its = (struct items){0};
    return 0;
}

/* What the key stands for already. *ret_known stays NULL where it is new. */
static int
known_key(struct pg *tx, const char *artist, const char *key,
          const char *request_hash, char **ret_known, struct err *err)
{
    auto_rows struct rows *r =
        pg_query(tx, PG_MAYBE, err,
                 "SELECT item_id, request_hash FROM idempotency_keys "
                 "WHERE artist_id = $1 AND key = $2",
                 2, P(artist, key));

    if (r == NULL)
        return -1;
    if (rows_count(r) == 0)
        return 0;
    if (strcmp(rows_peek(r, 0, 1), request_hash) != 0)
        return err_set(err, ERR_IDEMPOTENCY_MISMATCH,
                       "this Idempotency-Key was used for another request; "
                       "use a new one");
    *ret_known = rows_text(r, 0, 0);
    return 0;
}

int
item_by_key(struct db *db, const char *artist, const char *idem_key,
            const char *request_hash, char **ret_known, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);

    if (tx == NULL ||
        known_key(tx, artist, idem_key, request_hash, ret_known, err) == -1)
        return -1;
    return pg_commit(tx, err);
}

/*
 * Take the key for this item. Where somebody has taken it in the meantime
 * (the INSERT waits for a transaction that is about to), *ret_known says for
 * which.
 */
static int
take_key(struct pg *tx, const struct item *it, const char *key,
         const char *request_hash, char **ret_known, struct err *err)
{
    auto_rows struct rows *r = pg_query(
        tx, PG_NONE, err,
        "INSERT INTO idempotency_keys (artist_id, key, request_hash, item_id) "
        "VALUES ($1, $2, $3, $4) ON CONFLICT (artist_id, key) DO NOTHING",
        4, P(it->artist_id, key, request_hash, it->id));

    if (r == NULL)
        return -1;
    if (rows_changed(r) == 1)
        return 0;
    return known_key(tx, it->artist_id, key, request_hash, ret_known, err);
}

static const char *
text_of(json_object *o)
{
    return o != NULL ? json_out(o) : NULL;
}

/* The set that this item is made of waits no longer. */
static int
settle_queue(struct pg *tx, const struct item *it, struct err *err)
{
    auto_rows struct rows *r = pg_query(
        tx, PG_NONE, err,
        "DELETE FROM training_items WHERE artist_id = $1 AND parse_id = $2 "
        "AND status = 'needs_audio' AND prompt_text IS NULL",
        2, P(it->artist_id, it->parse_id));

    return r == NULL ? -1 : 0;
}

static int
insert_row(struct pg *tx, const struct item *it, struct err *err)
{
    const struct audio_facts *a = &it->audio;
    auto_rows struct rows *r = pg_query(
        tx, PG_NONE, err,
        "INSERT INTO training_items (id, artist_id, als_summary_id, parse_id, "
        "als_filename, project_name, audio_path, prompt_path, prompt_text, "
        "status, system_prompt_version, model_name, generated_at, "
        "audio_format, audio_bytes, audio_sha256, audio_duration_sec, "
        "audio_sample_rate, audio_channels, audio_bitrate, analysis_state, "
        "checks, generation_id, prompt_edited, fields) VALUES ($1, $2, $3, $4, "
        "$5, $6, $7, $8, $9, $10, $11, $12, "
        "to_timestamp(nullif($13::bigint, 0)), $14, $15, $16, $17, $18, $19, "
        "$20, CASE WHEN $7::text IS NOT NULL THEN 'pending' END, $21, $22, "
        "$23, $24)",
        24,
        P(it->id, it->artist_id, it->als_summary_id, it->parse_id,
          it->als_filename, it->project_name, it->audio_path, it->prompt_path,
          it->prompt_text, it->status, it->system_prompt_version,
          it->model_name, pg_int(it->generated_at).text, a->format,
          pg_int(a->bytes).text, a->sha256, pg_double(a->duration_sec).text,
          pg_int(a->sample_rate).text, pg_int(a->channels).text,
          pg_int(a->bitrate).text, text_of(it->checks), it->generation_id,
          it->prompt_edited ? "t" : "f", text_of(it->fields)));

    return r == NULL ? -1 : 0;
}

int
item_insert(struct db *db, const struct item *it, const char *idem_key,
            const char *request_hash, char **ret_known, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_free char *known = NULL;

    if (tx == NULL || pg_need_artist(tx, it->artist_id, err) == -1)
        return -1;
    if (idem_key != NULL &&
        take_key(tx, it, idem_key, request_hash, &known, err) == -1)
        return -1;
    if (known == NULL &&
        (settle_queue(tx, it, err) == -1 || insert_row(tx, it, err) == -1))
        return -1;
    if (pg_commit(tx, err) == -1)
        return -1;
    *ret_known = steal(&known);
    return 0;
}

/* All of the sets must be this artist's. */
static int
need_sets(struct pg *tx, const char *artist, const char *wanted,
          struct err *err)
{
    auto_rows struct rows *r =
        pg_query(tx, PG_MAYBE, err,
                 "SELECT w FROM jsonb_array_elements_text($2::jsonb) w "
                 "WHERE NOT EXISTS (SELECT 1 FROM als_summaries s "
                 "WHERE s.parse_id = w AND s.artist_id = $1) LIMIT 1",
                 2, P(artist, wanted));

    if (r == NULL)
        return -1;
    if (rows_count(r) == 1)
        return err_set(err, ERR_SET_NOT_FOUND,
                       "there is no set %s in the library; nothing was put on "
                       "the queue",
                       rows_peek(r, 0, 0));
    return 0;
}

int
items_enqueue(struct db *db, const char *artist, const char *const *parse_ids,
              size_t n, struct items *ret, struct err *err)
{
    auto_json json_object *list = json_object_new_array();
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *locked = NULL;
    auto_rows struct rows *put = NULL;
    auto_rows struct rows *r = NULL;
    const char *wanted;

    for (size_t i = 0; i < n; i++)
        json_object_array_add(list, json_object_new_string(parse_ids[i]));
    wanted = json_out(list);

    /* The lock lets two requests for one set come one after the other. */
    if (tx == NULL || pg_need_artist(tx, artist, err) == -1 ||
        (locked = pg_query(tx, PG_MAYBE, err,
                           "SELECT 1 FROM artists WHERE id = $1 FOR UPDATE", 1,
                           P(artist))) == NULL ||
        need_sets(tx, artist, wanted, err) == -1 ||
        (put = pg_query(
             tx, PG_NONE, err,
             "INSERT INTO training_items (artist_id, als_summary_id, "
             "parse_id, als_filename, project_name) "
             "SELECT s.artist_id, s.id, s.parse_id, s.als_filename, "
             "s.project_name FROM als_summaries s WHERE s.artist_id = $1 "
             "AND s.parse_id IN "
             "(SELECT jsonb_array_elements_text($2::jsonb)) "
             "AND NOT EXISTS (SELECT 1 FROM training_items t "
             "WHERE t.artist_id = $1 AND t.parse_id = s.parse_id "
             "AND t.status = 'needs_audio')",
             2, P(artist, wanted))) == NULL ||
        (r = pg_query(tx, PG_MANY, err,
                      "SELECT " COLUMNS " FROM training_items t "
                      "WHERE t.artist_id = $1 AND t.status = 'needs_audio' "
                      "AND t.parse_id IN "
                      "(SELECT jsonb_array_elements_text($2::jsonb)) "
                      "ORDER BY t.created_at DESC, t.id DESC",
                      2, P(artist, wanted))) == NULL ||
        pg_commit(tx, err) == -1)
        return -1;
    read_items(r, rows_count(r), ret);
    return 0;
}

int
item_set_audio(struct db *db, const char *id, const char *audio_path,
               const struct audio_facts *a, json_object *checks,
               struct err *err)
{
    return change_item(
        db,
        "UPDATE training_items t SET audio_path = $2, audio_format = $3, "
        "audio_bytes = $4, audio_sha256 = $5, audio_duration_sec = $6, "
        "audio_sample_rate = $7, audio_channels = $8, audio_bitrate = $9, "
        "checks = $10, analysis = NULL, analysis_state = 'pending', "
        "analysis_lease = NULL, error = NULL, "
        "status = CASE WHEN prompt_text IS NULL THEN 'needs_prompt' "
        "ELSE 'ready' END WHERE id = $1 RETURNING " COLUMNS,
        10,
        P(id, audio_path, a->format, pg_int(a->bytes).text, a->sha256,
          pg_double(a->duration_sec).text, pg_int(a->sample_rate).text,
          pg_int(a->channels).text, pg_int(a->bitrate).text, text_of(checks)),
        NULL, err);
}

int
item_set_prompt(struct db *db, const char *id, const char *prompt_path,
                const char *prompt_text, const struct item *provenance,
                const char *project_name, struct err *err)
{
    static const struct item nobody = {0};
    const struct item *by = provenance != NULL ? provenance : &nobody;

    if (prompt_text == NULL)
        return change_item(db,
                           "UPDATE training_items t SET project_name = "
                           "coalesce($2, project_name) WHERE id = $1 "
                           "RETURNING " COLUMNS,
                           2, P(id, project_name), NULL, err);
    return change_item(
        db,
        "UPDATE training_items t SET prompt_path = $2, prompt_text = $3, "
        "generation_id = $4, model_name = $5, system_prompt_version = $6, "
        "generated_at = to_timestamp(nullif($7::bigint, 0)), "
        "prompt_edited = $8, fields = $9, error = NULL, "
        "project_name = coalesce($10, project_name), "
        "status = CASE WHEN audio_path IS NULL THEN 'needs_audio' "
        "ELSE 'ready' END WHERE id = $1 RETURNING " COLUMNS,
        10,
        P(id, prompt_path, prompt_text, by->generation_id, by->model_name,
          by->system_prompt_version, pg_int(by->generated_at).text,
          by->prompt_edited ? "t" : "f", text_of(by->fields), project_name),
        NULL, err);
}

int
item_remove_audio(struct db *db, const char *id, struct err *err)
{
    return change_item(
        db,
        "UPDATE training_items t SET audio_path = NULL, audio_format = NULL, "
        "audio_bytes = NULL, audio_sha256 = NULL, audio_duration_sec = NULL, "
        "audio_sample_rate = NULL, audio_channels = NULL, "
        "audio_bitrate = NULL, checks = NULL, analysis = NULL, "
        "analysis_state = NULL, analysis_lease = NULL, "
        "status = 'needs_audio' WHERE id = $1 RETURNING " COLUMNS,
        1, P(id), NULL, err);
}

int
item_remove_prompt(struct db *db, const char *id, struct err *err)
{
    return change_item(
        db,
        "UPDATE training_items t SET prompt_path = NULL, prompt_text = NULL, "
        "generation_id = NULL, model_name = NULL, "
        "system_prompt_version = NULL, generated_at = NULL, "
        "prompt_edited = false, fields = NULL, "
        "status = CASE WHEN audio_path IS NULL THEN 'needs_audio' "
        "ELSE 'needs_prompt' END WHERE id = $1 RETURNING " COLUMNS,
        1, P(id), NULL, err);
}

int
item_retry(struct db *db, const char *id, struct err *err)
{
    return change_item(
        db,
        "UPDATE training_items t SET error = NULL, analysis_lease = NULL, "
        "analysis_state = CASE WHEN audio_path IS NULL THEN NULL "
        "ELSE 'pending' END, "
        "status = CASE WHEN audio_path IS NULL THEN 'needs_audio' "
        "WHEN prompt_text IS NULL THEN 'needs_prompt' ELSE 'ready' END "
        "WHERE id = $1 AND status = 'failed' RETURNING " COLUMNS,
        1, P(id), NULL, err);
}

int
item_fail(struct db *db, const char *id, const char *reason, struct err *err)
{
    return change_item(db,
                       "UPDATE training_items t SET status = 'failed', "
                       "error = $2 WHERE id = $1 RETURNING " COLUMNS,
                       2, P(id, reason), NULL, err);
}

int
item_delete(struct db *db, const char *id, struct item *ret_gone,
            struct err *err)
{
    return change_item(
        db, "DELETE FROM training_items t WHERE id = $1 RETURNING " COLUMNS, 1,
        P(id), ret_gone, err);
}

int
item_same_audio(struct db *db, const char *artist, const char *sha256,
                const char *but_id, char **ret_id, char **ret_parse_id,
                struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_query(tx, PG_MAYBE, err,
                      "SELECT id, parse_id FROM training_items "
                      "WHERE artist_id = $1 AND audio_sha256 = $2 "
                      "AND id <> $3 ORDER BY created_at LIMIT 1",
                      3, P(artist, sha256, but_id))) == NULL ||
        pg_commit(tx, err) == -1)
        return -1;
    *ret_id = rows_count(r) == 1 ? rows_text(r, 0, 0) : NULL;
    *ret_parse_id = rows_count(r) == 1 ? rows_text(r, 0, 1) : NULL;
    return 0;
}

int
object_known(struct db *db, const char *path, bool *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_query(tx, PG_ONE, err,
                      "SELECT EXISTS (SELECT 1 FROM training_items "
                      "WHERE audio_path = $1) OR EXISTS (SELECT 1 FROM "
                      "training_items WHERE prompt_path = $1) OR EXISTS "
                      "(SELECT 1 FROM training_datasets WHERE $1 IN (path, "
                      "left(path, -4) || '.manifest.json'))",
                      1, P(path))) == NULL ||
        pg_commit(tx, err) == -1)
        return -1;
    *ret = rows_bool(r, 0, 0);
    return 0;
}

int
item_take_for_analysis(struct db *db, struct item *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_query(
             tx, PG_MAYBE, err,
             "UPDATE training_items t "
             "SET analysis_lease = now() + interval '10 minutes' "
             "WHERE id = (SELECT id FROM training_items "
             "WHERE analysis_state = 'pending' AND (analysis_lease IS NULL "
             "OR analysis_lease < now()) ORDER BY created_at LIMIT 1 "
             "FOR UPDATE SKIP LOCKED) RETURNING " COLUMNS,
             0, NULL)) == NULL ||
        pg_commit(tx, err) == -1)
        return -1;
    if (rows_count(r) == 1)
        read_item(r, 0, ret);
    return 0;
}

int
item_put_analysis(struct db *db, const struct item *taken, const char *why,
                  json_object *analysis, json_object *checks, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    /* Without a lease, or with other bytes, it got other audio meanwhile (and
     * maybe another worker, too): this analysis is not its. */
    if (tx == NULL ||
        (r = pg_query(tx, PG_NONE, err,
                      "UPDATE training_items SET analysis_state = $2, "
                      "analysis = $3, checks = coalesce($4, checks), "
                      "status = CASE WHEN $6::text IS NULL THEN status "
                      "ELSE 'failed' END, error = coalesce($6, error), "
                      "analysis_lease = NULL WHERE id = $1 "
                      "AND analysis_state = 'pending' "
                      "AND analysis_lease IS NOT NULL "
                      "AND audio_sha256 IS NOT DISTINCT FROM $5",
                      6, P(taken->id, why == NULL ? "done" : "failed",
                           text_of(analysis), text_of(checks),
                           taken->audio.sha256, why))) == NULL)
        return -1;
    return pg_commit(tx, err);
}

int
item_give_back(struct db *db, const char *id, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_query(tx, PG_NONE, err,
                                    "UPDATE training_items SET "
                                    "analysis_lease = NULL WHERE id = $1 "
                                    "AND analysis_state = 'pending'",
                                    1, P(id))) == NULL)
        return -1;
    return pg_commit(tx, err);
}

int
items_as_long(struct db *db, const char *artist, const char *but_parse_id,
              double sec, double give_or_take, long limit, struct items *ret,
              struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_query(
             tx, PG_MANY, err,
             "SELECT id, parse_id, als_filename, project_name, "
             "jsonb_build_object('fingerprint', analysis->'fingerprint', "
             "'silentFraction', analysis->'silentFraction') "
             "FROM training_items WHERE artist_id = $1 AND parse_id <> $2 "
             "AND analysis_state = 'done' "
             "AND abs(audio_duration_sec - $3) <= $4 "
             "ORDER BY abs(audio_duration_sec - $3), id LIMIT $5",
             5,
             P(artist, but_parse_id, pg_double(sec).text,
               pg_double(give_or_take).text, pg_int(limit).text))) == NULL ||
        pg_commit(tx, err) == -1)
        return -1;
    *ret = (struct items){.n = rows_count(r)};
    ret->v = xcalloc(ret->n, sizeof(*ret->v));
    for (size_t i = 0; i < ret->n; i++) {
        ret->v[i].id = rows_text(r, i, 0);
        ret->v[i].parse_id = rows_text(r, i, 1);
        ret->v[i].als_filename = rows_text(r, i, 2);
        ret->v[i].project_name = rows_text(r, i, 3);
        ret->v[i].analysis = rows_json(r, i, 4);
    }
    return 0;
}
