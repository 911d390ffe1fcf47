/* Names in Unicode's composed form (NFC), which PostgreSQL knows how to make;
 * see db.h. */
#include "base/json.h"
#include "base/mem.h"
#include "db/pg.h"

static const char compose_sql[] =
    "SELECT normalize(n.name, NFC) "
    "FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY n(name, place) "
    "ORDER BY n.place";

int
names_compose(struct db *db, json_object *names, json_object **ret,
              struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_read(tx, PG_MANY, err, compose_sql, 1,
                                   P(json_out(names)))) == NULL)
        return -1;
    *ret = json_object_new_array();
    for (size_t i = 0; i < rows_count(r); i++) {
        auto_free char *name = rows_text(r, i, 0);

        json_object_array_add(*ret, json_object_new_string(name));
    }
    return 0;
}
