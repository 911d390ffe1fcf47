/* The owner of the store, and objects that are to be removed; see objects.h. */
#include "db/objects.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "db/pg.h"

/* Slugs have no character that LIKE knows; a range would need one collation. */
#define NOTHING_UNDER(slug)                                                    \
    "NOT EXISTS (SELECT FROM store_intents WHERE "                             \
    "starts_with(path, 'artists/' || " slug " || '/')) "

/* The first column of all rows. */
static void
add_all(const struct rows *r, struct strs *ret)
{
    for (size_t i = 0; i < rows_count(r); i++)
        strs_add(ret, rows_peek(r, i, 0));
}

int
store_owner_id(struct db *db, char **ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_ONE, err, "SELECT id FROM store_owner", 0, NULL)) ==
            NULL)
        return -1;
    *ret = rows_text(r, 0, 0);
    return 0;
}

static const char begin_once_sql[] =
    "SELECT store_begin($1::jsonb), "
    "  set_config('synchronous_commit', 'off', true)";

/* No wait for the disk: after a power failure, at worst, a file without a
 * record remains that nobody asks for. */
static int
begin_once(struct db *db, const char *paths, size_t n, bool *ret_busy,
           struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_again(tx, PG_ONE, err, begin_once_sql, 1, P(paths))) == NULL)
        return -1;
    *ret_busy = (size_t)rows_int(r, 0, 0) < n;
    return 0;
}

/* Repeating it does no harm, so if an answer is lost the query is repeated, and
 * needs no mark. */
int
objects_begin(struct db *db, const char *const *paths, size_t n, bool *ret_busy,
              struct err *err)
{
    auto_json json_object *list = json_object_new_array();
    struct err first = ERR_INIT;

    for (size_t i = 0; i < n; i++)
        json_object_array_add(list, json_object_new_string(paths[i]));
    if (begin_once(db, json_out(list), n, ret_busy, &first) == 0)
        return 0;
    return begin_once(db, json_out(list), n, ret_busy, err);
}

/* One statement that may be repeated. */
static int
change(struct db *db, const char *sql, const char *param, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    return tx == NULL ||
                   (r = pg_again(tx, PG_NONE, err, sql, 1, P(param))) == NULL
               ? -1
               : 0;
}

int
objects_end(struct db *db, const char *path, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    return tx == NULL || (r = pg_again(tx, PG_ONE, err, "SELECT store_end($1)",
                                       1, P(path))) == NULL
               ? -1
               : 0;
}

void
dues_release(struct dues *ds)
{
    for (size_t i = 0; i < ds->n; i++)
        free(ds->v[i].path);
    free(ds->v);
    *ds = (struct dues){0};
}

static void
read_dues(const struct rows *r, struct dues *ret)
{
    ret->n = rows_count(r);
    ret->v = xcalloc(ret->n, sizeof(*ret->v));
    for (size_t i = 0; i < ret->n; i++) {
        ret->v[i].path = rows_text(r, i, 0);
        ret->v[i].known = rows_bool(r, i, 1);
    }
}

/* $1 doubtful ones too, $2 how many. */
static const char take_sql[] =
    "UPDATE store_intents i "
    "SET taken = true, due = now() + interval '10 minutes' "
    "FROM ("
    "  SELECT path "
    "  FROM store_intents "
    "  WHERE due <= now() "
    "  AND ($1::boolean OR why = 'left') "
    "  ORDER BY due LIMIT $2::bigint FOR UPDATE SKIP LOCKED) d "
    "WHERE i.path = d.path "
    "RETURNING i.path, store_object_known(i.path)";

int
objects_take(struct db *db, bool doubtful, size_t limit, struct dues *ret,
             struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_last(tx, PG_MANY, err, take_sql, 2,
                                   P(doubtful ? "true" : "false",
                                     pg_int((int64_t)limit).text))) == NULL)
        return -1;
    read_dues(r, ret);
    return 0;
}

static const char weigh_sql[] =
    "SELECT ("
    "  SELECT count(*) "
    "  FROM store_intents "
    "  WHERE due <= now() "
    "  AND why <> 'left' "
    "  AND NOT store_object_known(path)), "
    "  (SELECT count(*) FROM store_intents) + "
    "  (SELECT count(audio_path) + count(prompt_path) FROM training_items) + "
    "  (SELECT count(audio_path) + count(prompt_path) FROM resting_items) + "
    "  (SELECT count(*) FROM training_uploads) + "
    "  (SELECT count(path) FROM audio_conversions) + "
    "  (SELECT 2 * count(*) FROM training_datasets)";

static int
weigh(struct pg *tx, long *ret_doubtful, long *ret_all, struct err *err)
{
    auto_rows struct rows *r = pg_query(tx, PG_ONE, err, weigh_sql, 0, NULL);

    if (r == NULL)
        return -1;
    *ret_doubtful = (long)rows_int(r, 0, 0);
    *ret_all = (long)rows_int(r, 0, 1);
    return 0;
}

static const char look_sql[] = "SELECT path, false "
                               "FROM store_intents "
                               "WHERE due <= now() "
                               "AND NOT store_object_known(path) "
                               "ORDER BY due, path LIMIT $1::bigint";

int
objects_look(struct db *db, size_t limit, struct dues *ret, long *ret_doubtful,
             long *ret_all, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || weigh(tx, ret_doubtful, ret_all, err) == -1 ||
        (r = pg_last(tx, PG_MANY, err, look_sql, 1,
                     P(pg_int((int64_t)limit).text))) == NULL)
        return -1;
    read_dues(r, ret);
    return 0;
}

static const char upload_goes_sql[] =
    "INSERT INTO store_uploads (name, path, due) "
    "VALUES ($1, $2, now() + interval '1 hour') "
    "ON CONFLICT (name) DO UPDATE "
    "SET due = excluded.due";

int
store_upload_goes(struct db *db, const char *path, const char *name,
                  struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    return tx == NULL || (r = pg_again(tx, PG_NONE, err, upload_goes_sql, 2,
                                       P(name, path))) == NULL
               ? -1
               : 0;
}

int
store_upload_over(struct db *db, const char *name, struct err *err)
{
    return change(db, "DELETE FROM store_uploads WHERE name = $1", name, err);
}

static const char uploads_drop_sql[] =
    "DELETE FROM store_uploads "
    "WHERE begun_at < now() - interval '1 day' "
    "AND due <= now()";

static const char uploads_take_sql[] =
    "UPDATE store_uploads u SET due = now() + interval '1 hour' "
    "FROM ("
    "  SELECT name "
    "  FROM store_uploads "
    "  WHERE due <= now() "
    "  ORDER BY due LIMIT $1::bigint FOR UPDATE SKIP LOCKED) d "
    "WHERE u.name = d.name "
    "RETURNING u.name";

int
store_uploads_take(struct db *db, size_t limit, struct strs *ret,
                   struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *gone = NULL;
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (gone = pg_query(tx, PG_NONE, err, uploads_drop_sql, 0, NULL)) ==
            NULL ||
        (r = pg_last(tx, PG_MANY, err, uploads_take_sql, 1,
                     P(pg_int((int64_t)limit).text))) == NULL)
        return -1;
    add_all(r, ret);
    return 0;
}

static const char uploads_look_sql[] = "SELECT path "
                                       "FROM store_uploads "
                                       "WHERE due <= now() "
                                       "ORDER BY due, path";

int
store_uploads_look(struct db *db, struct strs *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MANY, err, uploads_look_sql, 0, NULL)) == NULL)
        return -1;
    add_all(r, ret);
    return 0;
}

/* A yes-or-no question about one text. */
static int
ask(struct db *db, const char *sql, const char *param, bool *ret,
    struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_read(tx, PG_ONE, err, sql, 1, P(param))) == NULL)
        return -1;
    *ret = rows_bool(r, 0, 0);
    return 0;
}

static const char ours_sql[] =
    "SELECT store_object_known($1) "
    "  OR EXISTS (SELECT FROM store_intents WHERE path = $1)";

int
object_ours(struct db *db, const char *path, bool *ret, struct err *err)
{
    return ask(db, ours_sql, path, ret, err);
}

/* clang-format off */
static const char waiting_sql[] =
    "SELECT s.slug "
    "FROM store_slugs s "
    "WHERE " NOTHING_UNDER("s.slug")
    "ORDER BY random() LIMIT 100";
/* clang-format on */

int
slugs_waiting(struct db *db, struct strs *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MANY, err, waiting_sql, 0, NULL)) == NULL)
        return -1;
    add_all(r, ret);
    return 0;
}

static const char waits_sql[] = "SELECT EXISTS ("
                                "  SELECT FROM store_slugs s "
                                "  WHERE s.slug = $1 "
                                "  AND " NOTHING_UNDER("s.slug") ")";

int
slug_waits(struct db *db, const char *slug, bool *ret, struct err *err)
{
    return ask(db, waits_sql, slug, ret, err);
}

int
slug_free(struct db *db, const char *slug, struct err *err)
{
    return change(db, "DELETE FROM store_slugs WHERE slug = $1", slug, err);
}

static const char keep_sql[] = "INSERT INTO store_slugs (slug) "
                               "VALUES ($1) "
                               "ON CONFLICT DO NOTHING";

int
slug_keep(struct db *db, const char *slug, struct err *err)
{
    return change(db, keep_sql, slug, err);
}
