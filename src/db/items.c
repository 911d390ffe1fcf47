/* training_items: what an item is, and the questions that change nothing. */
#include "db/items.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"

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

void
item_read(const struct rows *r, size_t i, struct item *ret)
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

void
items_read(const struct rows *r, size_t n, struct items *ret)
{
    ret->n = n;
    ret->v = xcalloc(n, sizeof(*ret->v));
    for (size_t i = 0; i < n; i++)
        item_read(r, i, &ret->v[i]);
}

int
item_missing(const char *id, struct err *err)
{
    return err_set(err, ERR_ITEM_NOT_FOUND, "there is no item %s", id);
}

int
item_get(struct db *db, const char *id, struct item *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err,
                     "SELECT " ITEM_COLUMNS ", t.analysis "
                     "FROM training_items t WHERE t.id = $1 AND " PG_MINE(
                         "t.artist_id"),
                     1, P(id))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return item_missing(id, err);
    item_read(r, 0, ret);
    ret->analysis = rows_json(r, 0, ITEM_MORE);
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
        (tx = pg_begin_for(db, artist, err)) == NULL ||
        count_items(tx, artist, &page, err) == -1 ||
        (r = pg_last(
             tx, PG_MANY, err,
             "SELECT " ITEM_COLUMNS
             " FROM training_items t WHERE t.artist_id = $1 "
             "AND ($2::text IS NULL OR t.status = $2) "
             "AND ($3::bigint IS NULL OR (t.created_at, t.id) < "
             "(timestamptz 'epoch' + $3::bigint * interval '1 microsecond', "
             "$4::uuid)) ORDER BY t.created_at DESC, t.id DESC "
             "LIMIT $5::bigint",
             5, P(artist, status, at.micros, at.id, pg_int(limit + 1).text))) ==
            NULL)
        return -1;

    n = rows_count(r);
    items_read(r, n > (size_t)limit ? (size_t)limit : n, &page);
    if (n > (size_t)limit)
        page.next = xasprintf("%s.%s", rows_peek(r, page.n - 1, ITEM_MICROS),
                              page.v[page.n - 1].id);
    *ret = page;
    return 0;
}

int
item_same_audio(struct db *db, const char *artist, const char *sha256,
                const char *but_id, char **ret_id, char **ret_parse_id,
                struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err,
                     "SELECT t.id, t.parse_id FROM training_items t "
                     "WHERE t.artist_id = $1 AND t.audio_sha256 = $2 "
                     "AND t.id <> $3 AND " PG_MINE(
                         "t.artist_id") "ORDER BY t.created_at LIMIT 1",
                     3, P(artist, sha256, but_id))) == NULL)
        return -1;
    *ret_id = rows_count(r) == 1 ? rows_text(r, 0, 0) : NULL;
    *ret_parse_id = rows_count(r) == 1 ? rows_text(r, 0, 1) : NULL;
    return 0;
}

int
object_known(struct db *db, const char *path, bool *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_ONE, err,
                     "SELECT EXISTS (SELECT 1 FROM training_items "
                     "WHERE audio_path = $1) OR EXISTS (SELECT 1 FROM "
                     "training_items WHERE prompt_path = $1) OR EXISTS "
                     "(SELECT 1 FROM training_datasets WHERE $1 IN (path, "
                     "left(path, -4) || '.manifest.json'))",
                     1, P(path))) == NULL)
        return -1;
    *ret = rows_bool(r, 0, 0);
    return 0;
}
