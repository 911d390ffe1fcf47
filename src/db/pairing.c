/*
 * Queries for pairing by ear: what an item sounds like, and when what plays in
 * an artist's sets.
 */
#include "base/mem.h"
#include "db/items.h"
#include "db/pairing.h"

static const char sound_sql[] = "SELECT t.sound "
                                "FROM training_items t "
                                "WHERE t.id = $1 "
                                "AND " PG_MINE("t.artist_id");

int
item_sound(struct db *db, const char *id, char **ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err, sound_sql, 1, P(id))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return item_missing(id, err);
    *ret = rows_text(r, 0, 0);
    return 0;
}

static const char timelines_sql[] =
    "SELECT s.id, s.parse_id, s.als_filename, s.project_name, "
    "  jsonb_build_object('timeline', s.summary->'timeline') "
    "FROM als_summaries s "
    "WHERE s.artist_id = $1 "
    "ORDER BY s.created_at DESC, s.id DESC LIMIT $2::bigint";

int
sets_timelines(struct db *db, const char *artist, long limit, struct sets *ret,
               struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_last(tx, PG_MANY, err, timelines_sql, 2,
                                   P(artist, pg_int(limit).text))) == NULL)
        return -1;
    *ret = (struct sets){.n = rows_count(r)};
    ret->v = xcalloc(ret->n, sizeof(*ret->v));
    for (size_t i = 0; i < ret->n; i++) {
        ret->v[i].id = rows_text(r, i, 0);
        ret->v[i].parse_id = rows_text(r, i, 1);
        ret->v[i].als_filename = rows_text(r, i, 2);
        ret->v[i].project_name = rows_text(r, i, 3);
        ret->v[i].summary = rows_json(r, i, 4);
    }
    return 0;
}
