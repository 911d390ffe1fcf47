/* model_settings; see model.h. */
#include "db/model.h"

#include <stdlib.h>

#include "base/mem.h"
#include "db/pg.h"

void
model_row_release(struct model_row *m)
{
    free(m->url);
    free(m->model);
    free_secret(m->key);
    *m = (struct model_row){0};
}

int
model_row_get(struct db *db, struct model_row *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err,
                     "SELECT url, model, api_key FROM model_settings", 0,
                     NULL)) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return 0;
    ret->url = rows_text(r, 0, 0);
    ret->model = rows_text(r, 0, 1);
    ret->key = rows_text(r, 0, 2);
    return 0;
}

static const char row_put_sql[] =
    "INSERT INTO model_settings (url, model, api_key) "
    "VALUES ($1, $2, $3) "
    "ON CONFLICT (one) DO UPDATE "
    "SET url = $1, model = $2, api_key = $3, updated_at = now()";

int
model_row_put(struct db *db, const struct model_row *m, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_last(tx, PG_NONE, err, row_put_sql, 3,
                                   P(m->url, m->model, m->key))) == NULL)
        return -1;
    return 0;
}

int
model_row_delete(struct db *db, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_NONE, err, "DELETE FROM model_settings", 0,
                     NULL)) == NULL)
        return -1;
    return 0;
}
