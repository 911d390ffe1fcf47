/* training_items as an export reads them: ids of all, whole items a few at a
 * time, each time in its own transaction. */
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "db/pg.h"

#define PAGE 500 /* ids per query */

void
export_ids_release(struct export_ids *ids)
{
    free(ids->v);
    *ids = (struct export_ids){0};
}

/* $1 artist, $2 exported ones too, $3 and $4 the row to start after, $5 how
 * many, $6 the chosen ids or NULL. */
static const char ids_page_sql[] =
    "SELECT id, audio_bytes, "
    "  (extract(epoch FROM created_at) * 1000000)::bigint "
    "FROM training_items "
    "WHERE artist_id = $1 "
    "AND (status = 'ready' OR ($2::boolean AND status = 'exported')) "
    "AND ($3::bigint IS NULL "
    "  OR (created_at, id) > ("
    "    timestamptz 'epoch' + $3::bigint * interval '1 microsecond', "
    "    $4::uuid)) "
    "AND ($6::jsonb IS NULL "
    "  OR id IN ("
    "    SELECT value::uuid "
    "    FROM jsonb_array_elements_text($6::jsonb))) "
    "ORDER BY created_at, id LIMIT $5::bigint";

/* The next page after *at, which moves on. */
static int
ids_page(struct pg *tx, const char *artist, bool include_exported,
         json_object *chosen, struct cursor *at, struct export_ids *ids,
         struct err *err)
{
    auto_rows struct rows *r =
        pg_query(tx, PG_MANY, err, ids_page_sql, 6,
                 P(artist, include_exported ? "t" : "f", at->micros, at->id,
                   pg_int(PAGE).text, pg_json(chosen)));
    size_t n;

    if (r == NULL)
        return -1;
    n = rows_count(r);
    ids->v = xreallocarray(ids->v, ids->n + n, sizeof(*ids->v));
    for (size_t i = 0; i < n; i++) {
        memcpy(ids->v[ids->n++], rows_peek(r, i, 0), UUID_LEN + 1);
        ids->bytes += rows_int(r, i, 1);
    }
    cursor_release(at);
    if (n == PAGE) {
        at->id = rows_text(r, n - 1, 0);
        at->micros = rows_text(r, n - 1, 2);
    }
    return 0;
}

static int
ids_all(struct pg *tx, const char *artist, bool include_exported,
        json_object *chosen, struct export_ids *ret, struct err *err)
{
    auto_cursor struct cursor at = {0};
    auto_export_ids struct export_ids ids = {0};

    do {
        if (ids_page(tx, artist, include_exported, chosen, &at, &ids, err) ==
            -1)
            return -1;
    } while (at.id != NULL);
    if (pg_commit(tx, err) == -1)
        return -1;
    *ret = ids;
    ids = (struct export_ids){0};
    return 0;
}

int
export_ids_list(struct db *db, const char *artist, bool include_exported,
                struct export_ids *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);

    return tx == NULL ? -1
                      : ids_all(tx, artist, include_exported, NULL, ret, err);
}

/* $1 artist, $2 the chosen ids. */
static const char need_whole_sql[] =
    "SELECT w.value, t.id IS NOT NULL "
    "FROM jsonb_array_elements_text($2::jsonb) w "
    "LEFT JOIN training_items t ON t.id = w.value::uuid "
    "AND t.artist_id = $1 "
    "WHERE t.id IS NULL OR t.status NOT IN ('ready', 'exported') "
    "LIMIT 1";

/* Each chosen item must exist and be complete. */
static int
need_whole(struct pg *tx, const char *artist, json_object *chosen,
           struct err *err)
{
    auto_rows struct rows *r = pg_query(tx, PG_MAYBE, err, need_whole_sql, 2,
                                        P(artist, pg_json(chosen)));

    if (r == NULL)
        return -1;
    if (rows_count(r) == 0)
        return 0;
    if (!rows_bool(r, 0, 1))
        return err_set(err, ERR_ITEM_NOT_FOUND, "there is no item %s",
                       rows_peek(r, 0, 0));
    return err_field(err, "itemIds",
                     "item %s is not ready: it lacks audio or a caption",
                     rows_peek(r, 0, 0));
}

int
export_ids_chosen(struct db *db, const char *artist, json_object *chosen,
                  struct export_ids *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);

    if (tx == NULL || need_whole(tx, artist, chosen, err) == -1)
        return -1;
    return ids_all(tx, artist, true, chosen, ret, err);
}

/* Only one summary at a time is a tree in memory. */
static void
read_song(const struct rows *r, size_t i, struct item *ret)
{
    auto_json json_object *summary = rows_json(r, i, 19);

    song_read(&ret->song, summary);
}

static void
read_item(const struct rows *r, size_t i, struct item *ret)
{
    ret->id = rows_text(r, i, 0);
    ret->parse_id = rows_text(r, i, 1);
    ret->als_filename = rows_text(r, i, 2);
    ret->project_name = rows_text(r, i, 3);
    ret->audio_path = rows_text(r, i, 4);
    ret->prompt_text = rows_text(r, i, 5);
    ret->system_prompt_version = rows_text(r, i, 6);
    ret->model_name = rows_text(r, i, 7);
    ret->generation_id = rows_text(r, i, 8);
    ret->generated_at = rows_int(r, i, 9);
    ret->prompt_edited = rows_bool(r, i, 10);
    ret->fields = rows_json(r, i, 11);
    ret->audio.format = rows_text(r, i, 12);
    ret->audio.bytes = rows_int(r, i, 13);
    ret->audio.sha256 = rows_text(r, i, 14);
    ret->audio.duration_sec = rows_num(r, i, 15);
    ret->audio.sample_rate = (int)rows_int(r, i, 16);
    ret->audio.channels = (int)rows_int(r, i, 17);
    ret->audio.crc32 = (uint32_t)rows_int(r, i, 18);
    ret->audio.has_crc32 = rows_peek(r, i, 18) != NULL;
    ret->audio.odd_head = rows_bool(r, i, 20);
    read_song(r, i, ret);
}

/* As one array parameter: UUIDs need no quoting. */
static void
add_ids(const struct export_ids *ids, size_t first, size_t n, struct buf *out)
{
    buf_add_str(out, "{");
    for (size_t i = 0; i < n; i++)
        buf_addf(out, "%s%s", i > 0 ? "," : "", ids->v[first + i]);
    buf_add_str(out, "}");
}

/* $1 ids, $2 the claim or NULL. */
/* clang-format off */
static const char load_sql[] =
    "SELECT t.id, t.parse_id, t.als_filename, t.project_name, t.audio_path, "
    "  t.prompt_text, t.system_prompt_version, t.model_name, "
    "  t.generation_id, extract(epoch FROM t.generated_at)::bigint, "
    "  t.prompt_edited, t.fields, t.audio_format, t.audio_bytes, "
    "  t.audio_sha256, t.audio_duration_sec, t.audio_sample_rate, "
    "  t.audio_channels, t.audio_crc32, "
    "  s.summary - '{timeline,devices,samples,scenes}'::text[], "
    "  t.audio_odd_head "
    "FROM training_items t "
    "LEFT JOIN als_summaries s ON s.id = t.als_summary_id "
    "WHERE t.id = ANY($1::uuid[]) "
    "AND t.status IN ('ready', 'exported') "
    "AND ($2::uuid IS NULL "
    "  OR t.content_at < ("
    "    SELECT c.claimed_at "
    "    FROM export_claims c "
    "    WHERE c.claim = $2)) "
    "AND " PG_MINE("t.artist_id")
    "ORDER BY t.created_at, t.id";
/* clang-format on */

/* Items that changed since the claim are not part of the answer. */
static struct rows *
load(struct pg *tx, const char *id_list, const char *claim, struct err *err)
{
    return pg_read(tx, PG_MANY, err, load_sql, 2, P(id_list, claim));
}

static const char has_audio_sql[] = "SELECT FROM training_items t "
                                    "WHERE t.id = $1 "
                                    "AND t.audio_path = $2 "
                                    "AND " PG_MINE("t.artist_id");

int
item_has_audio(struct db *db, const char *id, const char *path, bool *ret,
               struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err, has_audio_sql, 2, P(id, path))) == NULL)
        return -1;
    *ret = rows_count(r) == 1;
    return 0;
}

static const char changed_sql[] = "SELECT FROM export_claims c "
                                  "WHERE c.claim = $1 "
                                  "AND " PG_MINE("c.artist_id");

/* Why some did not come. */
static int
changed(struct db *db, const char *claim, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err, changed_sql, 1, P(claim))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_set(err, ERR_EXPORT_RUNNING,
                       "the export took too long to report and another one "
                       "has begun");
    return err_set(err, ERR_CONFLICT,
                   "an item was changed while it was exported; export again");
}

static int
load_whole(struct db *db, const struct export_ids *ids, size_t first, size_t n,
           const char *claim, struct items *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_buf struct buf list = BUF_INIT(n * (UUID_LEN + 1) + 2);
    auto_rows struct rows *r = NULL;

    add_ids(ids, first, n, &list);
    if (tx == NULL || (r = load(tx, buf_str(&list), claim, err)) == NULL)
        return -1;
    *ret = (struct items){.n = rows_count(r)};
    ret->v = xcalloc(ret->n, sizeof(*ret->v));
    for (size_t i = 0; i < ret->n; i++)
        read_item(r, i, &ret->v[i]);
    return 0;
}

int
export_items_load(struct db *db, const struct export_ids *ids, size_t first,
                  size_t n, const char *claim, struct items *ret,
                  struct err *err)
{
    auto_items struct items its = {0};

    if (load_whole(db, ids, first, n, claim, &its, err) == -1)
        return -1;
    if (claim != NULL && its.n != n)
        return changed(db, claim, err);
    *ret = its;
    its = (struct items){0};
    return 0;
}
