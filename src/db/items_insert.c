/* training_items: how they are added, by a save or to the queue. */
#include "db/items.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"

static const char known_key_sql[] = "SELECT item_id, request_hash "
                                    "FROM idempotency_keys "
                                    "WHERE artist_id = $1 "
                                    "AND key = $2";

/* The item that the key already belongs to. *ret_known stays NULL if the key is
 * new. */
static int
known_key(struct pg *tx, const char *artist, const char *key,
          const char *request_hash, char **ret_known, struct err *err)
{
    auto_rows struct rows *r =
        pg_query(tx, PG_MAYBE, err, known_key_sql, 2, P(artist, key));

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
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);

    if (tx == NULL ||
        known_key(tx, artist, idem_key, request_hash, ret_known, err) == -1)
        return -1;
    return pg_commit(tx, err);
}

static const char take_key_sql[] =
    "INSERT INTO idempotency_keys (artist_id, key, request_hash, item_id) "
    "VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (artist_id, key) DO NOTHING";

/*
 * Take the key for this item. If somebody has taken it in the meantime (the
 * INSERT waits for a transaction that is about to), *ret_known is that item.
 */
static int
take_key(struct pg *tx, const struct item *it, const char *key,
         const char *request_hash, char **ret_known, struct err *err)
{
    auto_rows struct rows *r =
        pg_query(tx, PG_NONE, err, take_key_sql, 4,
                 P(it->artist_id, key, request_hash, it->id));

    if (r == NULL)
        return -1;
    if (rows_changed(r) == 1)
        return 0;
    return known_key(tx, it->artist_id, key, request_hash, ret_known, err);
}

/* The set of this item no longer waits in the queue. */
static const char insert_row_sql[] =
    "WITH settled AS ("
    "  DELETE FROM training_items "
    "  WHERE artist_id = $2 "
    "  AND parse_id = $4 "
    "  AND status = 'needs_audio' "
    "  AND prompt_text IS NULL) "
    "INSERT INTO training_items ("
    "  id, artist_id, als_summary_id, parse_id, als_filename, project_name, "
    "  audio_path, prompt_path, prompt_text, status, system_prompt_version, "
    "  model_name, generated_at, audio_format, audio_bytes, audio_sha256, "
    "  audio_duration_sec, audio_sample_rate, audio_channels, audio_bitrate, "
    "  analysis_state, checks, generation_id, prompt_edited, fields, "
    "  audio_crc32, audio_odd_head) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
    "  to_timestamp(nullif($13::bigint, 0)), $14, $15, $16, $17, $18, $19, "
    "  $20, CASE WHEN $7::text IS NOT NULL THEN 'pending' END, $21, $22, "
    "  $23, $24, $25, $26)";

static int
insert_row(struct pg *tx, const struct item *it, struct err *err)
{
    const struct audio_facts *a = &it->audio;
    auto_rows struct rows *r = pg_query(
        tx, PG_NONE, err, insert_row_sql, 26,
        P(it->id, it->artist_id, it->als_summary_id, it->parse_id,
          it->als_filename, it->project_name, it->audio_path, it->prompt_path,
          it->prompt_text, it->status, it->system_prompt_version,
          it->model_name, pg_int(it->generated_at).text, a->format,
          pg_int(a->bytes).text, a->sha256, pg_double(a->duration_sec).text,
          pg_int(a->sample_rate).text, pg_int(a->channels).text,
          pg_int(a->bitrate).text, pg_json(it->checks), it->generation_id,
          it->prompt_edited ? "t" : "f", pg_json(it->fields),
          a->has_crc32 ? pg_int(a->crc32).text : NULL,
          a->odd_head ? "t" : "f"));

    return r == NULL ? -1 : 0;
}

int
item_insert_as(struct db *db, const struct item *it, enum if_exists how,
               const char *idem_key, const char *request_hash, char **ret_known,
               char **ret_other, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, it->artist_id, err);
    auto_free char *known = NULL;

    if (tx == NULL)
        return -1;
    if (idem_key != NULL &&
        take_key(tx, it, idem_key, request_hash, &known, err) == -1)
        return -1;
    if (known == NULL &&
        (item_make_room(tx, it, how, ret_other, err) == -1 ||
         insert_row(tx, it, err) == -1 ||
         (*ret_other != NULL &&
          item_inherit_windows(tx, it->id, *ret_other, err) == -1)))
        return -1;
    if (pg_commit(tx, err) == -1)
        return -1;
    *ret_known = steal(&known);
    return 0;
}

int
item_insert(struct db *db, const struct item *it, const char *idem_key,
            const char *request_hash, char **ret_known, struct err *err)
{
    char *other = NULL;

    return item_insert_as(db, it, EXISTS_NEW, idem_key, request_hash, ret_known,
                          &other, err);
}

/* $1 artist, $2 the sets that are wanted. */
static const char need_sets_sql[] =
    "SELECT w "
    "FROM jsonb_array_elements_text($2::jsonb) w "
    "WHERE NOT EXISTS ("
    "  SELECT 1 FROM als_summaries s "
    "  WHERE s.parse_id = w "
    "  AND s.artist_id = $1) "
    "LIMIT 1";

/* All of the sets must be this artist's. */
static int
need_sets(struct pg *tx, const char *artist, const char *wanted,
          struct err *err)
{
    auto_rows struct rows *r =
        pg_query(tx, PG_MAYBE, err, need_sets_sql, 2, P(artist, wanted));

    if (r == NULL)
        return -1;
    if (rows_count(r) == 1)
        return err_set(err, ERR_SET_NOT_FOUND,
                       "there is no set %s in the library; nothing was put on "
                       "the queue",
                       rows_peek(r, 0, 0));
    return 0;
}

static const char lock_artist_sql[] =
    "SELECT 1 FROM artists WHERE id = $1 FOR UPDATE";

/* $1 artist, $2 the sets that are wanted. */
static const char enqueue_sql[] =
    "INSERT INTO training_items ("
    "  artist_id, als_summary_id, parse_id, als_filename, project_name) "
    "SELECT s.artist_id, s.id, s.parse_id, s.als_filename, s.project_name "
    "FROM als_summaries s "
    "WHERE s.artist_id = $1 "
    "AND s.parse_id IN (SELECT jsonb_array_elements_text($2::jsonb)) "
    "AND NOT EXISTS ("
    "  SELECT 1 FROM training_items t "
    "  WHERE t.artist_id = $1 "
    "  AND t.parse_id = s.parse_id "
    "  AND t.status = 'needs_audio')";

/* The same parameters. */
static const char queued_sql[] =
    "SELECT " ITEM_COLUMNS " "
    "FROM training_items t "
    "WHERE t.artist_id = $1 "
    "AND t.status = 'needs_audio' "
    "AND t.parse_id IN (SELECT jsonb_array_elements_text($2::jsonb)) "
    "ORDER BY t.created_at DESC, t.id DESC";

int
items_enqueue(struct db *db, const char *artist, const char *const *parse_ids,
              size_t n, struct items *ret, struct err *err)
{
    auto_json json_object *list = json_object_new_array();
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *locked = NULL;
    auto_rows struct rows *put = NULL;
    auto_rows struct rows *r = NULL;
    const char *wanted;

    for (size_t i = 0; i < n; i++)
        json_object_array_add(list, json_object_new_string(parse_ids[i]));
    wanted = json_out(list);

    /* The lock serializes two requests for one set. */
    if (tx == NULL ||
        (locked = pg_query(tx, PG_MAYBE, err, lock_artist_sql, 1, P(artist))) ==
            NULL ||
        need_sets(tx, artist, wanted, err) == -1 ||
        (put = pg_query(tx, PG_NONE, err, enqueue_sql, 2, P(artist, wanted))) ==
            NULL ||
        (r = pg_last(tx, PG_MANY, err, queued_sql, 2, P(artist, wanted))) ==
            NULL)
        return -1;
    items_read(r, rows_count(r), ret);
    return 0;
}
