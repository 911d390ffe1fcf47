/* Artists and their master schemas. */
#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "db/pg.h"
#include "db/who.h"

#define COLUMNS "a.id, a.name, a.slug, extract(epoch FROM a.created_at)::bigint"

static void
read_artist(const struct rows *r, size_t i, struct artist *ret)
{
    ret->id = rows_text(r, i, 0);
    ret->name = rows_text(r, i, 1);
    ret->slug = rows_text(r, i, 2);
    ret->created_at = rows_int(r, i, 3);
}

void
artist_release(struct artist *a)
{
    free(a->id);
    free(a->name);
    free(a->slug);
    *a = (struct artist){0};
}

void
artists_release(struct artists *as)
{
    for (size_t i = 0; i < as->n; i++)
        artist_release(&as->v[i]);
    free(as->v);
    *as = (struct artists){0};
}

/* clang-format off */
static const char list_sql[] =
    "SELECT " COLUMNS " "
    "FROM artists a "
    "WHERE " PG_OWNS("a")
    "ORDER BY " PG_FOLD("a.name") ", a.id";
/* clang-format on */

int
artists_list(struct db *db, struct artists *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MANY, err, list_sql, 0, NULL)) == NULL)
        return -1;
    ret->n = rows_count(r);
    ret->v = xcalloc(ret->n, sizeof(*ret->v));
    for (size_t i = 0; i < ret->n; i++)
        read_artist(r, i, &ret->v[i]);
    return 0;
}

static int
artist_missing(const char *id, struct err *err)
{
    return err_set(err, ERR_ARTIST_NOT_FOUND, "there is no artist %s", id);
}

/* The one row that a change of an artist returns, or not found. */
static int
one_artist(struct db *db, const char *sql, int n, const char *const *params,
           struct artist *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_last(tx, PG_MAYBE, err, sql, n, params)) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return artist_missing(params[0], err);
    if (ret != NULL)
        read_artist(r, 0, ret);
    return 0;
}

static const char artist_get_sql[] = "SELECT " COLUMNS " "
                                     "FROM artists a "
                                     "WHERE a.id = $1 "
                                     "AND " PG_OWNS("a");

int
artist_get(struct db *db, const char *id, struct artist *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err, artist_get_sql, 1, P(id))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return artist_missing(id, err);
    read_artist(r, 0, ret);
    return 0;
}

/* clang-format off */
static const char rename_sql[] =
    "UPDATE artists a SET name = $2 "
    "WHERE a.id = $1 "
    "AND " PG_OWNS("a")
    "RETURNING " COLUMNS;
/* clang-format on */

int
artist_rename(struct db *db, const char *id, const char *name,
              struct artist *ret, struct err *err)
{
    return one_artist(db, rename_sql, 2, P(id, name), ret, err);
}

/* clang-format off */
static const char delete_sql[] =
    "DELETE FROM artists a "
    "WHERE a.id = $1 "
    "AND " PG_OWNS("a")
    "AND " PG_ASKED_NOW
    "RETURNING " COLUMNS;
/* clang-format on */

int
artist_delete(struct db *db, const char *id, struct err *err)
{
    return one_artist(db, delete_sql, 1, P(id), NULL, err);
}

/* $1 name, $2 slug, $3 the user. */
static const char try_insert_sql[] =
    "INSERT INTO artists AS a (name, slug, user_id) "
    "SELECT $1, $2, $3::uuid "
    "WHERE NOT store_slug_waits($2) "
    "ON CONFLICT (slug) DO NOTHING "
    "RETURNING " COLUMNS;

/* 1 inserted, 0 the slug is taken, -1 failed. */
static int
try_insert(struct db *db, const char *name, const char *slug,
           struct artist *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_last(tx, PG_MAYBE, err, try_insert_sql, 3,
                                   P(name, slug, who_now()->user))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return 0;
    read_artist(r, 0, ret);
    return 1;
}

int
artist_insert(struct db *db, const char *name, const char *slug, bool exact,
              struct artist *ret, struct err *err)
{
    int rc;

    if (who_now()->artist != NULL)
        return err_set(err, ERR_FORBIDDEN,
                       "this token opens one artist and cannot make another");
    rc = try_insert(db, name, slug, ret, err);
    if (rc == 0 && exact)
        return err_set(err, ERR_ARTIST_EXISTS,
                       "the slug %s is taken; choose another one", slug);
    for (int i = 2; rc == 0 && i < 10000; i++) {
        char tail[16];
        char next[SLUG_MAX + 1];
        int len = snprintf(tail, sizeof(tail), "-%d", i);

        (void)snprintf(next, sizeof(next), "%.*s%s", SLUG_MAX - len, slug,
                       tail);
        rc = try_insert(db, name, next, ret, err);
    }
    if (rc == 0)
        return err_set(err, ERR_ARTIST_EXISTS,
                       "there are too many artists of that name");
    return rc == 1 ? 0 : -1;
}

static const char schema_get_sql[] =
    "SELECT master_schema FROM artist_profiles WHERE artist_id = $1";

int
schema_get(struct db *db, const char *artist, json_object **ret,
           struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err, schema_get_sql, 1, P(artist))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_set(err, ERR_SCHEMA_NOT_FOUND,
                       "this artist has no master schema yet; write one first");
    *ret = rows_json(r, 0, 0);
    return 0;
}

static const char put_sql[] =
    "INSERT INTO artist_profiles (artist_id, master_schema) "
    "VALUES ($1, $2) "
    "ON CONFLICT (artist_id) DO UPDATE "
    "SET master_schema = excluded.master_schema, updated_at = now()";

int
schema_put(struct db *db, const char *artist, json_object *schema,
           struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_last(tx, PG_NONE, err, put_sql, 2,
                                   P(artist, json_out(schema)))) == NULL)
        return -1;
    return 0;
}
