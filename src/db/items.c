/* training_items: the fields of an item, and the queries that change
 * nothing. */
#include "db/items.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"

#define READ(name, member, kind, sql)                                          \
    ret->member = (__typeof__(ret->member))rows_##kind(r, i, ITEM_##name);

void
item_read(const struct rows *r, size_t i, struct item *ret)
{
    ret->id = rows_text(r, i, ITEM_ID);
    ITEM_FIELDS(READ)
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
    json_object_put(it->alignment);
    json_object_put(it->tempo);
    json_object_put(it->checks);
    json_object_put(it->fields);
    song_release(&it->song);
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

static const char get_sql[] = "SELECT " ITEM_COLUMNS ", t.analysis "
                              "FROM training_items t "
                              "WHERE t.id = $1 "
                              "AND " PG_MINE("t.artist_id");

int
item_get(struct db *db, const char *id, struct item *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err, get_sql, 1, P(id))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return item_missing(id, err);
    item_read(r, 0, ret);
    ret->analysis = rows_json(r, 0, ITEM_MORE);
    return 0;
}

/* $1 artist, $2 hash, $3 the item itself. */
/* clang-format off */
static const char same_audio_sql[] =
    "SELECT t.id, t.parse_id "
    "FROM training_items t "
    "WHERE t.artist_id = $1 "
    "AND t.audio_sha256 = $2 "
    "AND t.id <> $3 "
    "AND " PG_MINE("t.artist_id")
    "ORDER BY t.created_at LIMIT 1";
/* clang-format on */

int
item_same_audio(struct db *db, const char *artist, const char *sha256,
                const char *but_id, char **ret_id, char **ret_parse_id,
                struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_read(tx, PG_MAYBE, err, same_audio_sql, 3,
                                   P(artist, sha256, but_id))) == NULL)
        return -1;
    *ret_id = rows_count(r) == 1 ? rows_text(r, 0, 0) : NULL;
    *ret_parse_id = rows_count(r) == 1 ? rows_text(r, 0, 1) : NULL;
    return 0;
}

/* clang-format off */
static const char with_audio_sql[] =
    "SELECT t.id, t.audio_sha256 "
    "FROM training_items t "
    "WHERE t.artist_id = $1 "
    "AND t.parse_id = $2 "
    "AND t.audio_path IS NOT NULL "
    "AND " PG_MINE("t.artist_id")
    "ORDER BY t.created_at DESC, t.id DESC LIMIT 1";
/* clang-format on */

int
item_with_audio(struct db *db, const char *artist, const char *parse_id,
                char **ret_id, char **ret_sha256, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_read(tx, PG_MAYBE, err, with_audio_sql, 2,
                                   P(artist, parse_id))) == NULL)
        return -1;
    *ret_id = rows_count(r) == 1 ? rows_text(r, 0, 0) : NULL;
    *ret_sha256 = rows_count(r) == 1 ? rows_text(r, 0, 1) : NULL;
    return 0;
}

int
object_known(struct db *db, const char *path, bool *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_ONE, err, "SELECT store_object_known($1)", 1,
                     P(path))) == NULL)
        return -1;
    *ret = rows_bool(r, 0, 0);
    return 0;
}
