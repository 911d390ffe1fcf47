/* audio_conversions: see conversions.h. */
#include "db/conversions.h"

#include "base/buf.h"
#include "base/mem.h"
#include "db/pg.h"

#define COLUMNS "c.id, c.lease, c.path, c.bytes, c.crc32, c.duration_sec"
#define BEHIND 6 /* the first column after these */

void
conversion_release(struct conversion *c)
{
    free(c->id);
    free(c->lease);
    free(c->path);
    *c = (struct conversion){0};
}

static void
read_one(const struct rows *r, size_t i, struct conversion *ret)
{
    ret->id = rows_text(r, i, 0);
    ret->path = rows_text(r, i, 2);
    ret->lease = ret->path == NULL ? rows_text(r, i, 1) : NULL;
    ret->bytes = rows_int(r, i, 3);
    ret->crc32 = (uint32_t)rows_int(r, i, 4);
    ret->duration_sec = rows_num(r, i, 5);
}

/* ---- existing conversions ---- */

/* As one array parameter: hexadecimal needs no quoting. */
static void
add_sources(const char *const *sources, size_t n, struct buf *out)
{
    buf_add_str(out, "{");
    for (size_t i = 0; i < n; i++)
        buf_addf(out, "%s%s", i > 0 ? "," : "", sources[i]);
    buf_add_str(out, "}");
}

/* $1 artist, $2 recipe, $3 the sources; BEHIND: which of them. */
static const char find_sql[] =
    "SELECT " COLUMNS ", s.place - 1 "
    "FROM unnest($3::text[]) WITH ORDINALITY s(sha, place) "
    "JOIN audio_conversions c ON c.source_sha256 = s.sha "
    "WHERE c.artist_id = $1 "
    "AND c.recipe = $2 "
    "AND c.path IS NOT NULL";

int
conversions_find(struct db *db, const char *artist, const char *recipe,
                 const char *const *sources, size_t n, struct conversion *ret,
                 struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_buf struct buf list = BUF_INIT(n * 80 + 3);
    auto_rows struct rows *r = NULL;

    add_sources(sources, n, &list);
    if (tx == NULL || (r = pg_read(tx, PG_MANY, err, find_sql, 3,
                                   P(artist, recipe, buf_str(&list)))) == NULL)
        return -1;
    for (size_t i = 0; i < rows_count(r); i++)
        read_one(r, i, &ret[rows_int(r, i, BEHIND)]);
    return 0;
}

/* ---- who makes it ---- */

/* $1 artist, $2 source, $3 recipe, $4 the lease in seconds. */
static const char take_sql[] =
    "WITH source AS ("
    "  SELECT FROM training_items "
    "  WHERE artist_id = $1 "
    "  AND audio_sha256 = $2 "
    "  LIMIT 1 FOR SHARE) "
    "INSERT INTO audio_conversions AS c ("
    "  artist_id, source_sha256, recipe, leased_until) "
    "SELECT $1, $2, $3, now() + make_interval(secs => $4) "
    "FROM source "
    "ON CONFLICT (artist_id, source_sha256, recipe) DO UPDATE "
    "SET lease = gen_random_uuid(), leased_until = excluded.leased_until, "
    "  error = NULL "
    "RETURNING " COLUMNS;

int
conversion_take(struct db *db, const char *artist, const char *source,
                const char *recipe, int lease_sec, struct conversion *ret,
                struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    /* The lock holds the item until its conversion's row exists. */
    if (tx == NULL || (r = pg_last(tx, PG_MAYBE, err, take_sql, 4,
                                   P(artist, source, recipe,
                                     pg_int(lease_sec).text))) == NULL)
        return -1;
    if (rows_count(r) == 1)
        read_one(r, 0, ret);
    return 0;
}

/* $1 recipe, $2 the lease in seconds, $3 the artist whose turn was last. */
static const char take_next_sql[] =
    "WITH next AS ("
    "  SELECT t.id, t.artist_id, t.audio_path, t.audio_sha256, "
    "    t.audio_bytes, t.audio_crc32 "
    "  FROM training_items t "
    "  WHERE t.audio_path IS NOT NULL "
    "  AND t.audio_format <> 'mp3' "
    "  AND t.analysis_state <> 'failed' "
    "  AND NOT EXISTS ("
    "    SELECT FROM audio_conversions c "
    "    WHERE c.artist_id = t.artist_id "
    "    AND c.source_sha256 = t.audio_sha256 "
    "    AND c.recipe = $1 "
    "    AND (c.path IS NOT NULL "
    "      OR c.error IS NOT NULL "
    "      OR c.leased_until > now())) "
    "  ORDER BY coalesce(t.artist_id <= $3::uuid, false), t.artist_id, "
    "    t.created_at "
    "  LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED), "
    "taken AS ("
    "  INSERT INTO audio_conversions AS c ("
    "    artist_id, source_sha256, recipe, leased_until) "
    "  SELECT artist_id, audio_sha256, $1, now() + make_interval(secs => $2) "
    "  FROM next "
    "  ON CONFLICT (artist_id, source_sha256, recipe) DO UPDATE "
    "  SET lease = gen_random_uuid(), leased_until = excluded.leased_until "
    "  WHERE c.path IS NULL "
    "  AND c.error IS NULL "
    "  AND c.leased_until <= now() "
    "  RETURNING " COLUMNS ") "
    "SELECT c.*, n.* "
    "FROM taken c, next n";

static void
read_source(const struct rows *r, struct item *ret)
{
    ret->id = rows_text(r, 0, BEHIND);
    ret->artist_id = rows_text(r, 0, BEHIND + 1);
    ret->audio_path = rows_text(r, 0, BEHIND + 2);
    ret->audio.sha256 = rows_text(r, 0, BEHIND + 3);
    ret->audio.bytes = rows_int(r, 0, BEHIND + 4);
    ret->audio.crc32 = (uint32_t)rows_int(r, 0, BEHIND + 5);
    ret->audio.has_crc32 = rows_peek(r, 0, BEHIND + 5) != NULL;
}

int
conversion_take_next(struct db *db, const char *recipe, int lease_sec,
                     const char *after, struct item *ret_item,
                     struct conversion *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_MAYBE, err, take_next_sql, 3,
                     P(recipe, pg_int(lease_sec).text, after))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return 0;
    read_one(r, 0, ret);
    read_source(r, ret_item);
    return 0;
}

/* Change a row that must still be ours. */
static int
change(struct db *db, const char *sql, int n, const char *const *params,
       bool *ret_ours, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_last(tx, PG_NONE, err, sql, n, params)) == NULL)
        return -1;
    if (ret_ours != NULL)
        *ret_ours = rows_changed(r) == 1;
    return 0;
}

#define IF_OURS "WHERE id = $1 AND lease = $2 AND path IS NULL"

static const char keep_sql[] =
    "UPDATE audio_conversions "
    "SET leased_until = now() + make_interval(secs => $3) " IF_OURS;

int
conversion_keep(struct db *db, const struct conversion *c, int lease_sec,
                bool *ret_ours, struct err *err)
{
    return change(db, keep_sql, 3, P(c->id, c->lease, pg_int(lease_sec).text),
                  ret_ours, err);
}

static const char put_sql[] =
    "UPDATE audio_conversions "
    "SET path = $3, bytes = $4, crc32 = $5, duration_sec = $6, "
    "  error = NULL " IF_OURS;

int
conversion_put(struct db *db, const struct conversion *c, bool *ret_ours,
               struct err *err)
{
    return change(db, put_sql, 6,
                  P(c->id, c->lease, c->path, pg_int(c->bytes).text,
                    pg_int(c->crc32).text, pg_double(c->duration_sec).text),
                  ret_ours, err);
}

static const char fail_sql[] =
    "UPDATE audio_conversions SET error = $3 " IF_OURS;

int
conversion_fail(struct db *db, const struct conversion *c, const char *why,
                struct err *err)
{
    return change(db, fail_sql, 3, P(c->id, c->lease, why), NULL, err);
}

static const char give_back_sql[] =
    "UPDATE audio_conversions SET leased_until = now() " IF_OURS;

int
conversion_give_back(struct db *db, const struct conversion *c, struct err *err)
{
    return change(db, give_back_sql, 2, P(c->id, c->lease), NULL, err);
}

static const char forget_sql[] =
    "DELETE FROM audio_conversions WHERE id = $1 AND path = $2";

int
conversion_forget(struct db *db, const struct conversion *c, struct err *err)
{
    return change(db, forget_sql, 2, P(c->id, c->path), NULL, err);
}
