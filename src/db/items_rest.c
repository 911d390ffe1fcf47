/*
 * Deleted items at rest: the row of training_items as it was is stored in
 * resting_items, so no query about items has to know about it. Its objects stay
 * until the rest is over.
 */
#include "db/items.h"

#include "base/mem.h"

/* The windows are deleted with the item, so they are read before. */
/* The windows are deleted with the item, so they are read before. */
/* clang-format off */
static const char lay_to_rest_sql[] =
    "WITH gone AS ("
    "  DELETE FROM training_items t "
    "  WHERE t.id = $1 "
    "  AND " PG_MINE("t.artist_id")
    "  RETURNING t.*) "
    "INSERT INTO resting_items ("
    "  id, artist_id, audio_path, prompt_path, item, windows) "
    "SELECT g.id, g.artist_id, g.audio_path, g.prompt_path, to_jsonb(g), "
    "  coalesce(("
    "    SELECT jsonb_agg(to_jsonb(w) ORDER BY w.position) "
    "    FROM training_windows w "
    "    WHERE w.item_id = g.id), '[]') "
    "FROM gone g";
/* clang-format on */

static int
lay_to_rest(struct pg *tx, const char *id, struct err *err)
{
    auto_rows struct rows *r =
        pg_query(tx, PG_NONE, err, lay_to_rest_sql, 1, P(id));

    return r == NULL ? -1 : 0;
}

int
item_rest(struct db *db, const char *id, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_NONE, err, lay_to_rest_sql, 1, P(id))) == NULL)
        return -1;
    return rows_changed(r) == 0 ? item_missing(id, err) : 0;
}

static const char lock_artist_sql[] =
    "SELECT 1 FROM artists WHERE id = $1 FOR UPDATE";

static const char find_other_sql[] =
    "SELECT t.id "
    "FROM training_items t "
    "WHERE t.artist_id = $1 "
    "AND t.parse_id = $2 "
    "AND t.audio_path IS NOT NULL "
    "ORDER BY t.created_at DESC, t.id DESC LIMIT 1";

/* The newest item of the same set with audio, if there is one. The lock
 * serializes two saves of one set. */
static int
find_other(struct pg *tx, const struct item *it, char **ret_id, struct err *err)
{
    auto_rows struct rows *locked =
        pg_query(tx, PG_MAYBE, err, lock_artist_sql, 1, P(it->artist_id));
    auto_rows struct rows *r = NULL;

    if (locked == NULL ||
        (r = pg_query(tx, PG_MAYBE, err, find_other_sql, 2,
                      P(it->artist_id, it->parse_id))) == NULL)
        return -1;
    if (rows_count(r) == 1)
        *ret_id = rows_text(r, 0, 0);
    return 0;
}

int
item_make_room(struct pg *tx, const struct item *it, enum if_exists how,
               char **ret_other, struct err *err)
{
    if (how == EXISTS_NEW)
        return 0;
    if (find_other(tx, it, ret_other, err) == -1)
        return -1;
    if (*ret_other == NULL)
        return 0;
    if (how == EXISTS_REFUSE)
        return err_set(err, ERR_ITEM_EXISTS,
                       "this set has an item with audio already; save it as a "
                       "new version, or have it replace that one");
    return lay_to_rest(tx, *ret_other, err);
}

/* $1 the new item, $2 the one at rest. */
/* clang-format off */
static const char inherit_sql[] =
    "WITH old AS ("
    "  SELECT r.item, r.windows "
    "  FROM resting_items r "
    "  WHERE r.id = $2 "
    "  AND " PG_MINE("r.artist_id") "), "
    "cut AS ("
    "  UPDATE training_items t "
    "  SET window_max_sec = (o.item ->> 'window_max_sec')::float8, "
    "    window_min_sec = (o.item ->> 'window_min_sec')::float8 "
    "  FROM old o "
    "  WHERE t.id = $1) "
    "INSERT INTO training_windows "
    "SELECT (jsonb_populate_record("
    "  NULL::training_windows, "
    "  w || jsonb_build_object("
    "    'id', gen_random_uuid(), "
    "    'item_id', $1::text, "
    "    'waiting', true))).* "
    "FROM old o, jsonb_array_elements(o.windows) w";
/* clang-format on */

int
item_inherit_windows(struct pg *tx, const char *id, const char *from,
                     struct err *err)
{
    auto_rows struct rows *r =
        pg_query(tx, PG_NONE, err, inherit_sql, 2, P(id, from));

    return r == NULL ? -1 : 0;
}

/* clang-format off */
static const char still_fits_sql[] =
    "SELECT 1 FROM resting_items r "
    "JOIN training_items t ON t.artist_id = r.artist_id "
    "AND t.parse_id = r.item ->> 'parse_id' "
    "WHERE r.id = $1 "
    "AND t.status = 'needs_audio' "
    "AND r.item ->> 'status' = 'needs_audio' "
    "AND " PG_MINE("r.artist_id")
    "LIMIT 1";
/* clang-format on */

/* A set waits at most once, and may be queued again by now. */
static int
still_fits(struct pg *tx, const char *id, struct err *err)
{
    auto_rows struct rows *r =
        pg_query(tx, PG_MAYBE, err, still_fits_sql, 1, P(id));

    if (r == NULL)
        return -1;
    if (rows_count(r) == 1)
        return err_set(err, ERR_CONFLICT,
                       "the set is on the queue again, so this item is not "
                       "needed any more");
    return 0;
}

/* The stored row may lack columns that were added since; those that may not be
 * null are in SINCE. */
#define SINCE "'{\"audio_odd_head\": false}'::jsonb"
/* clang-format off */
static const char restore_sql[] =
    "WITH back AS ("
    "  DELETE FROM resting_items r "
    "  WHERE r.id = $1 "
    "  AND " PG_MINE("r.artist_id")
    "  RETURNING r.item, r.windows), "
    "made AS ("
    "  INSERT INTO training_items "
    "  SELECT (jsonb_populate_record("
    "    NULL::training_items, "
    "    " SINCE " || b.item || jsonb_build_object("
    "      'als_summary_id', ("
    "        SELECT s.id "
    "        FROM als_summaries s "
    "        WHERE s.id = (b.item ->> 'als_summary_id')::uuid), "
    "      'analysis_lease', NULL))).* "
    "  FROM back b "
    "  RETURNING id), "
    "cut AS ("
    "  INSERT INTO training_windows "
    "  SELECT (jsonb_populate_recordset("
    "    NULL::training_windows, b.windows)).* "
    "  FROM back b) "
    "SELECT id FROM made";
/* clang-format on */

int
item_restore(struct db *db, const char *id, bool *ret_rested, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || still_fits(tx, id, err) == -1 ||
        (r = pg_last(tx, PG_MAYBE, err, restore_sql, 1, P(id))) == NULL)
        return -1;
    *ret_rested = rows_count(r) == 1;
    return 0;
}

static void
read_paths(const struct rows *r, size_t i, struct item *ret)
{
    ret->id = rows_text(r, i, 0);
    ret->audio_path = rows_text(r, i, 1);
    ret->prompt_path = rows_text(r, i, 2);
}

/* clang-format off */
static const char rest_end_sql[] =
    "DELETE FROM resting_items r "
    "WHERE r.id = $1 "
    "AND " PG_ASKED_NOW
    "AND " PG_MINE("r.artist_id")
    "RETURNING r.id, r.audio_path, r.prompt_path";
/* clang-format on */

int
item_rest_end(struct db *db, const char *id, struct item *ret_gone,
              struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_MAYBE, err, rest_end_sql, 1, P(id))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return item_missing(id, err);
    read_paths(r, 0, ret_gone);
    return 0;
}

/* $1 seconds, $2 how many. */
/* clang-format off */
static const char rested_sql[] =
    "DELETE FROM resting_items "
    "WHERE " PG_ASKED
    "AND id IN ("
    "  SELECT id "
    "  FROM resting_items "
    "  WHERE rests_since < now() - $1::bigint * interval '1 second' "
    "  ORDER BY rests_since LIMIT $2::bigint FOR UPDATE SKIP LOCKED) "
    "RETURNING id, audio_path, prompt_path";
/* clang-format on */

int
items_rested(struct db *db, int64_t sec, long limit, struct items *ret,
             struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_MANY, err, rested_sql, 2,
                     P(pg_int(sec).text, pg_int(limit).text))) == NULL)
        return -1;
    ret->n = rows_count(r);
    ret->v = xcalloc(ret->n, sizeof(*ret->v));
    for (size_t i = 0; i < ret->n; i++)
        read_paths(r, i, &ret->v[i]);
    return 0;
}
