/* Datasets and the claim that lets one export of an artist run at a time. */
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "db/pg.h"

#define COLUMNS                                                                \
    "d.id, d.artist_id, d.layout, d.path, d.sha256, d.item_count, d.bytes, "   \
    "extract(epoch FROM d.created_at)::bigint"
#define MANIFEST_COLUMN 8
#define PAGE 500 /* items marked by one query */

static void
read_dataset(const struct rows *r, size_t i, struct dataset *ret)
{
    ret->id = rows_text(r, i, 0);
    ret->artist_id = rows_text(r, i, 1);
    ret->layout = rows_text(r, i, 2);
    ret->path = rows_text(r, i, 3);
    ret->sha256 = rows_text(r, i, 4);
    ret->item_count = rows_int(r, i, 5);
    ret->bytes = rows_int(r, i, 6);
    ret->created_at = rows_int(r, i, 7);
}

void
dataset_release(struct dataset *d)
{
    free(d->id);
    free(d->artist_id);
    free(d->layout);
    free(d->path);
    free(d->sha256);
    json_object_put(d->manifest);
    *d = (struct dataset){0};
}

void
datasets_release(struct datasets *ds)
{
    for (size_t i = 0; i < ds->n; i++)
        dataset_release(&ds->v[i]);
    free(ds->v);
    *ds = (struct datasets){0};
}

static const char mark_page_sql[] =
    "UPDATE training_items SET status = 'exported' "
    "WHERE id = ANY($1::uuid[]) "
    "AND artist_id = $3 "
    "AND status IN ('ready', 'exported') "
    "AND content_at < $2::timestamptz";

/* The ids as one array parameter: UUIDs need no quoting. If an item's audio or
 * caption changed since the claim, the zip does not hold it. */
static int
mark_page(struct pg *tx, const char *artist, const char *const *items, size_t n,
          const char *claimed_at, struct err *err)
{
    auto_buf struct buf list = BUF_INIT(n * 40 + 2);
    auto_rows struct rows *r = NULL;

    buf_add_str(&list, "{");
    for (size_t i = 0; i < n; i++)
        buf_addf(&list, "%s%s", i > 0 ? "," : "", items[i]);
    buf_add_str(&list, "}");
    r = pg_query(tx, PG_NONE, err, mark_page_sql, 3,
                 P(buf_str(&list), claimed_at, artist));
    if (r == NULL)
        return -1;
    if (rows_changed(r) != n)
        return err_set(err, ERR_CONFLICT,
                       "an item was changed while it was exported; export "
                       "again");
    return 0;
}

/* In pages: a connection keeps memory for the longest query it ever sent. */
static int
mark_exported(struct pg *tx, const char *artist, const char *const *items,
              size_t n, const char *claimed_at, struct err *err)
{
    for (size_t at = 0; at < n; at += PAGE) {
        size_t left = n - at;

        if (mark_page(tx, artist, items + at, left < PAGE ? left : PAGE,
                      claimed_at, err) == -1)
            return -1;
    }
    return 0;
}

static const char insert_sql[] =
    "INSERT INTO training_datasets ("
    "  artist_id, layout, path, item_count, bytes, sha256, manifest) "
    "VALUES ($1, $2, $3, $4, $5, $6, "
    "  $7::jsonb || ("
    "    SELECT jsonb_build_object('items', "
    "      coalesce(jsonb_agg(i.id ORDER BY i.created_at, i.id), '[]')) "
    "    FROM training_items i "
    "    WHERE i.artist_id = $1 "
    "    AND i.xmin = pg_current_xact_id()::xid)) "
    "RETURNING id, extract(epoch FROM created_at)::bigint";

/* The manifest's items are those that this transaction has marked. */
static struct rows *
insert(struct pg *tx, const struct dataset *d, struct err *err)
{
    return pg_last(tx, PG_ONE, err, insert_sql, 7,
                   P(d->artist_id, d->layout, d->path,
                     pg_int(d->item_count).text, pg_int(d->bytes).text,
                     d->sha256, pg_json(d->manifest)));
}

static const char release_claim_sql[] = "DELETE FROM export_claims "
                                        "WHERE claim = $1 "
                                        "AND artist_id = $2 "
                                        "RETURNING claimed_at, cancel";

int
dataset_insert(struct db *db, struct dataset *d, const char *const *items,
               size_t n, const char *claim, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, d->artist_id, err);
    auto_rows struct rows *released = NULL;
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (released = pg_query(tx, PG_MAYBE, err, release_claim_sql,
                                           2, P(claim, d->artist_id))) == NULL)
        return -1;
    if (rows_count(released) == 0)
        return err_set(err, ERR_EXPORT_RUNNING,
                       "the export took too long to report and another one "
                       "has begun");
    if (rows_bool(released, 0, 1))
        return err_set(err, ERR_EXPORT_CANCELED,
                       "this export was canceled; nothing was changed");
    if (mark_exported(tx, d->artist_id, items, n, rows_peek(released, 0, 0),
                      err) == -1 ||
        (r = insert(tx, d, err)) == NULL)
        return -1;
    free(d->id);
    d->id = rows_text(r, 0, 0);
    d->created_at = rows_int(r, 0, 1);
    return 0;
}

static const char get_sql[] = "SELECT " COLUMNS ", d.manifest "
                              "FROM training_datasets d "
                              "WHERE d.id = $1 "
                              "AND " PG_MINE("d.artist_id");

int
dataset_get(struct db *db, const char *id, struct dataset *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err, get_sql, 1, P(id))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_set(err, ERR_DATASET_NOT_FOUND, "there is no dataset %s",
                       id);
    read_dataset(r, 0, ret);
    ret->manifest = rows_json(r, 0, MANIFEST_COLUMN);
    return 0;
}

static const char list_sql[] = "SELECT " COLUMNS " "
                               "FROM training_datasets d "
                               "WHERE d.artist_id = $1 "
                               "ORDER BY d.created_at DESC, d.id DESC";

int
datasets_list(struct db *db, const char *artist, struct datasets *ret,
              struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MANY, err, list_sql, 1, P(artist))) == NULL)
        return -1;
    ret->n = rows_count(r);
    ret->v = xcalloc(ret->n, sizeof(*ret->v));
    for (size_t i = 0; i < ret->n; i++)
        read_dataset(r, i, &ret->v[i]);
    return 0;
}
