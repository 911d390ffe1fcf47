/*
 * training_items: the analysis queue, which runs on our own behalf, and the
 * items that an item is compared with.
 */
#include "base/mem.h"
#include "db/items.h"
#include "db/windows.h"

/* $1 the lease in seconds, $2 the artist whose turn was last. */
static const char take_for_analysis_sql[] =
    "UPDATE training_items t "
    "SET analysis_lease = now() + make_interval(secs => $1) "
    "WHERE id = ("
    "  SELECT id "
    "  FROM training_items "
    "  WHERE analysis_state = 'pending' "
    "  AND (analysis_lease IS NULL OR analysis_lease < now()) "
    "  ORDER BY coalesce(artist_id <= $2::uuid, false), artist_id, "
    "    created_at "
    "  LIMIT 1 FOR UPDATE SKIP LOCKED) "
    "RETURNING " ITEM_COLUMNS;

int
item_take_for_analysis(struct db *db, int lease_sec, const char *after,
                       struct item *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_last(tx, PG_MAYBE, err, take_for_analysis_sql, 2,
                                   P(pg_int(lease_sec).text, after))) == NULL)
        return -1;
    if (rows_count(r) == 1)
        item_read(r, 0, ret);
    return 0;
}

static const char keep_for_analysis_sql[] =
    "UPDATE training_items "
    "SET analysis_lease = now() + make_interval(secs => $2) "
    "WHERE id = $1 "
    "AND analysis_state = 'pending' "
    "AND analysis_lease IS NOT NULL "
    "AND audio_sha256 IS NOT DISTINCT FROM $3 "
    "RETURNING id";

int
item_keep_for_analysis(struct db *db, const struct item *taken, int lease_sec,
                       bool *ret_ours, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_last(tx, PG_MAYBE, err, keep_for_analysis_sql, 3,
                                   P(taken->id, pg_int(lease_sec).text,
                                     taken->audio.sha256))) == NULL)
        return -1;
    *ret_ours = rows_count(r) == 1;
    return 0;
}

/* $1 item, $2 state, $3 analysis, $4 checks, $5 the hash that was analyzed, $6
 * why it failed. */
static const char put_analysis_sql[] =
    "UPDATE training_items "
    "SET analysis_state = $2, analysis = $3::jsonb - 'sound' - 'alignment', "
    "  sound = $3::jsonb->>'sound', alignment = $3::jsonb->'alignment', "
    "  checks = coalesce($4, checks), "
    "  status = CASE WHEN $6::text IS NULL THEN status ELSE 'failed' END, "
    "  error = coalesce($6, error), analysis_lease = NULL "
    "WHERE id = $1 "
    "AND analysis_state = 'pending' "
    "AND analysis_lease IS NOT NULL "
    "AND audio_sha256 IS NOT DISTINCT FROM $5";

int
item_put_analysis(struct db *db, const struct item *taken, const char *why,
                  json_object *analysis, json_object *checks,
                  struct windows_made *windows, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;
    bool more = windows != NULL && windows->any;

    /* Without a lease, or with other bytes, the item got other audio in the
     * meantime (and maybe another worker): this analysis is not for it. */
    if (tx == NULL ||
        (r = (more ? pg_query : pg_last)(
             tx, PG_NONE, err, put_analysis_sql, 6,
             P(taken->id, why == NULL ? "done" : "failed", pg_json(analysis),
               pg_json(checks), taken->audio.sha256, why))) == NULL)
        return -1;
    if (!more)
        return 0;
    if (rows_changed(r) == 1 && windows_swap(tx, taken->id, windows, err) == -1)
        return -1;
    return pg_commit(tx, err);
}

static const char give_back_sql[] =
    "UPDATE training_items SET analysis_lease = NULL "
    "WHERE id = $1 "
    "AND analysis_state = 'pending'";

int
item_give_back(struct db *db, const char *id, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_NONE, err, give_back_sql, 1, P(id))) == NULL)
        return -1;
    return 0;
}

/* $1 artist, $2 the set to leave out, $3 seconds, $4 give or take,
 * $5 how many. */
/* clang-format off */
static const char as_long_sql[] =
    "SELECT t.id, t.parse_id, t.als_filename, t.project_name, "
    "  jsonb_build_object("
    "    'fingerprint', t.analysis->'fingerprint', "
    "    'silentFraction', t.analysis->'silentFraction') "
    "FROM training_items t "
    "WHERE t.artist_id = $1 "
    "AND t.parse_id <> $2 "
    "AND t.analysis_state = 'done' "
    "AND abs(t.audio_duration_sec - $3) <= $4 "
    "AND " PG_MINE("t.artist_id")
    "ORDER BY abs(t.audio_duration_sec - $3), t.id LIMIT $5";
/* clang-format on */

int
items_as_long(struct db *db, const char *artist, const char *but_parse_id,
              double sec, double give_or_take, long limit, struct items *ret,
              struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_read(tx, PG_MANY, err, as_long_sql, 5,
                                   P(artist, but_parse_id, pg_double(sec).text,
                                     pg_double(give_or_take).text,
                                     pg_int(limit).text))) == NULL)
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
