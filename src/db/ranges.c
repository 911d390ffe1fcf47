/* A long list in parts that are read at the same time. */
#include "base/mem.h"
#include "db/pg.h"

/* More than that is read one after the other. */
#define RANGES_MAX "100"

/* Every nth row after the one at $2 and $3. Filters do not matter: a part of
 * which less is wanted is only shorter. */
#define PLACES(table)                                                          \
    "SELECT micros || '.' || id FROM ("                                        \
    "  SELECT t.id, (extract(epoch FROM t.created_at) * 1000000)::bigint "     \
    "      AS micros, "                                                        \
    "    row_number() OVER (ORDER BY t.created_at DESC, t.id DESC) AS n "      \
    "  FROM " table " t "                                                      \
    "  WHERE t.artist_id = $1 "                                                \
    "  AND (t.created_at, t.id) < ("                                           \
    "    timestamptz 'epoch' + $2::bigint * interval '1 microsecond', "        \
    "    $3::uuid)) t "                                                        \
    "WHERE n % $4::bigint = 0 ORDER BY n LIMIT " RANGES_MAX
static const char of_items_sql[] = PLACES("training_items");
static const char of_sets_sql[] = PLACES("als_summaries");

/* Each part ends with the row after which the next one begins, the last one
 * with the list. */
static void
read_ranges(const struct rows *r, const char *next, struct strs *ret)
{
    size_t n = rows_count(r);

    for (size_t i = 0; i <= n; i++) {
        const char *from = i > 0 ? rows_peek(r, i - 1, 0) : next;
        auto_free char *range =
            i < n ? xasprintf("%s~%s", from, rows_peek(r, i, 0))
                  : xstrdup(from);

        strs_add(ret, range);
    }
}

static int
find_ranges(struct db *db, const char *sql, const char *artist,
            const char *next, long limit, struct strs *ret, struct err *err)
{
    auto_cursor struct cursor at = {0};
    auto_pg struct pg *tx = NULL;
    auto_rows struct rows *r = NULL;

    if (cursor_parse(next, &at, err) == -1 ||
        (tx = pg_begin_for(db, artist, err)) == NULL ||
        (r = pg_read(tx, PG_MANY, err, sql, 4,
                     P(artist, at.micros, at.id, pg_int(limit).text))) == NULL)
        return -1;
    read_ranges(r, next, ret);
    return 0;
}

int
items_ranges(struct db *db, const char *artist, const char *next, long limit,
             struct strs *ret, struct err *err)
{
    return find_ranges(db, of_items_sql, artist, next, limit, ret, err);
}

int
sets_ranges(struct db *db, const char *artist, const char *next, long limit,
            struct strs *ret, struct err *err)
{
    return find_ranges(db, of_sets_sql, artist, next, limit, ret, err);
}
