/* training_items: how they are changed and deleted, and how a status
 * follows. */
#include "db/items.h"
#include "db/windows.h"

/* A change of an item that returns its new row, the last query of its
 * transaction. */
static int
change_in(struct pg *tx, const char *sql, int n, const char *const *params,
          struct item *ret, struct err *err)
{
    auto_rows struct rows *r = pg_last(tx, PG_MAYBE, err, sql, n, params);

    if (r == NULL)
        return -1;
    if (rows_count(r) == 0)
        return item_missing(params[0], err);
    if (ret != NULL)
        item_read(r, 0, ret);
    return 0;
}

/* The same in its own transaction. */
static int
change_item(struct db *db, const char *sql, int n, const char *const *params,
            struct item *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);

    return tx == NULL ? -1 : change_in(tx, sql, n, params, ret, err);
}

/* Windows belong to the audio that is removed. */
#define WINDOWS_WAIT                                                           \
    "WITH waits AS (UPDATE training_windows w SET waiting = true "             \
    "WHERE w.item_id = $1 AND " PG_MINE("w.artist_id") ") "

/* $5: audio without a set is identified by its own hash. */
/* clang-format off */
static const char set_audio_sql[] =
    WINDOWS_WAIT
    "UPDATE training_items t "
    "SET audio_path = $2, audio_format = $3, audio_bytes = $4, "
    "  audio_sha256 = $5, audio_duration_sec = $6, audio_sample_rate = $7, "
    "  audio_channels = $8, audio_bitrate = $9, checks = $10, "
    "  audio_crc32 = $11, audio_odd_head = $12, analysis = NULL, "
    "  analysis_state = 'pending', analysis_lease = NULL, error = NULL, "
    "  parse_id = CASE "
    "    WHEN starts_with(t.parse_id, 'audio:') "
    "      AND t.als_summary_id IS NULL THEN 'audio:' || $5 "
    "    ELSE t.parse_id END, "
    "  status = CASE "
    "    WHEN prompt_text IS NULL THEN 'needs_prompt' "
    "    ELSE 'ready' END "
    "WHERE t.id = $1 "
    "AND " PG_MINE("t.artist_id")
    "RETURNING " ITEM_COLUMNS;
/* clang-format on */

int
item_set_audio(struct db *db, const char *id, const char *audio_path,
               const struct audio_facts *a, json_object *checks,
               struct err *err)
{
    return change_item(
        db, set_audio_sql, 12,
        P(id, audio_path, a->format, pg_int(a->bytes).text, a->sha256,
          pg_double(a->duration_sec).text, pg_int(a->sample_rate).text,
          pg_int(a->channels).text, pg_int(a->bitrate).text, pg_json(checks),
          a->has_crc32 ? pg_int(a->crc32).text : NULL, a->odd_head ? "t" : "f"),
        NULL, err);
}

/* clang-format off */
static const char set_project_sql[] =
    "UPDATE training_items t "
    "SET project_name = coalesce($2, project_name) "
    "WHERE t.id = $1 "
    "AND " PG_MINE("t.artist_id")
    "RETURNING " ITEM_COLUMNS;
/* clang-format on */

/* clang-format off */
static const char set_prompt_sql[] =
    "UPDATE training_items t "
    "SET prompt_path = $2, prompt_text = $3, generation_id = $4, "
    "  model_name = $5, system_prompt_version = $6, "
    "  generated_at = to_timestamp(nullif($7::bigint, 0)), "
    "  prompt_edited = $8, fields = $9, error = NULL, "
    "  project_name = coalesce($10, project_name), "
    "  status = CASE "
    "    WHEN audio_path IS NULL THEN 'needs_audio' "
    "    ELSE 'ready' END "
    "WHERE t.id = $1 "
    "AND " PG_MINE("t.artist_id")
    "RETURNING " ITEM_COLUMNS;
/* clang-format on */

int
item_set_prompt(struct db *db, const char *id, const char *prompt_path,
                const char *prompt_text, const struct item *provenance,
                const char *project_name, struct windows_made *windows,
                struct err *err)
{
    static const struct item nobody = {0};
    const struct item *by = provenance != NULL ? provenance : &nobody;
    auto_pg struct pg *tx = NULL;

    if (prompt_text == NULL)
        return change_item(db, set_project_sql, 2, P(id, project_name), NULL,
                           err);
    if ((tx = pg_begin(db, err)) == NULL ||
        (windows != NULL && windows->any &&
         windows_swap(tx, id, windows, err) == -1))
        return -1;
    return change_in(
        tx, set_prompt_sql, 10,
        P(id, prompt_path, prompt_text, by->generation_id, by->model_name,
          by->system_prompt_version, pg_int(by->generated_at).text,
          by->prompt_edited ? "t" : "f", pg_json(by->fields), project_name),
        NULL, err);
}

/* clang-format off */
static const char remove_audio_sql[] =
    WINDOWS_WAIT
    "UPDATE training_items t "
    "SET audio_path = NULL, audio_format = NULL, audio_bytes = NULL, "
    "  audio_sha256 = NULL, audio_duration_sec = NULL, "
    "  audio_sample_rate = NULL, audio_channels = NULL, "
    "  audio_bitrate = NULL, audio_crc32 = NULL, audio_odd_head = false, "
    "  checks = NULL, analysis = NULL, analysis_state = NULL, "
    "  analysis_lease = NULL, status = 'needs_audio' "
    "WHERE t.id = $1 "
    "AND " PG_MINE("t.artist_id")
    "RETURNING " ITEM_COLUMNS;
/* clang-format on */

int
item_remove_audio(struct db *db, const char *id, struct err *err)
{
    return change_item(db, remove_audio_sql, 1, P(id), NULL, err);
}

static const char learn_crc32_sql[] =
    "UPDATE training_items t SET audio_crc32 = $3 "
    "WHERE t.id = $1 "
    "AND t.audio_sha256 = $2 "
    "AND " PG_MINE("t.artist_id");

int
item_learn_crc32(struct db *db, const char *id, const char *sha256,
                 uint32_t crc32, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_last(tx, PG_NONE, err, learn_crc32_sql, 3,
                                   P(id, sha256, pg_int(crc32).text))) == NULL)
        return -1;
    return 0;
}

/* clang-format off */
static const char remove_prompt_sql[] =
    "UPDATE training_items t "
    "SET prompt_path = NULL, prompt_text = NULL, generation_id = NULL, "
    "  model_name = NULL, system_prompt_version = NULL, generated_at = NULL, "
    "  prompt_edited = false, fields = NULL, "
    "  status = CASE "
    "    WHEN audio_path IS NULL THEN 'needs_audio' "
    "    ELSE 'needs_prompt' END "
    "WHERE t.id = $1 "
    "AND " PG_MINE("t.artist_id")
    "RETURNING " ITEM_COLUMNS;
/* clang-format on */

int
item_remove_prompt(struct db *db, const char *id, struct err *err)
{
    return change_item(db, remove_prompt_sql, 1, P(id), NULL, err);
}

/* clang-format off */
static const char retry_sql[] =
    "UPDATE training_items t "
    "SET error = NULL, analysis_lease = NULL, "
    "  analysis_state = CASE "
    "    WHEN audio_path IS NULL THEN NULL "
    "    ELSE 'pending' END, "
    "  status = CASE "
    "    WHEN audio_path IS NULL THEN 'needs_audio' "
    "    WHEN prompt_text IS NULL THEN 'needs_prompt' "
    "    ELSE 'ready' END "
    "WHERE t.id = $1 "
    "AND t.status = 'failed' "
    "AND " PG_MINE("t.artist_id")
    "RETURNING " ITEM_COLUMNS;
/* clang-format on */

int
item_retry(struct db *db, const char *id, struct err *err)
{
    return change_item(db, retry_sql, 1, P(id), NULL, err);
}

/* clang-format off */
static const char delete_sql[] =
    "DELETE FROM training_items t "
    "WHERE t.id = $1 "
    "AND " PG_ASKED_NOW
    "AND " PG_MINE("t.artist_id")
    "RETURNING " ITEM_COLUMNS;
/* clang-format on */

int
item_delete(struct db *db, const char *id, struct item *ret_gone,
            struct err *err)
{
    return change_item(db, delete_sql, 1, P(id), ret_gone, err);
}
