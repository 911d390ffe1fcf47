/* training_items in pages: filtered, searched and sorted. */
#include "db/items.h"

#include <string.h>

#include "base/id.h"
#include "base/mem.h"
#include "base/text.h"

enum { KEY_MAX = 200, HEX_MAX = KEY_MAX * 4 * 2 }; /* characters, digits */

/* The meaning of `problem`: a check's code, or a word for several. Hints are
 * not problems. */
#define CHECKS                                                                 \
    "jsonb_array_elements(CASE jsonb_typeof(t.checks) WHEN 'array' "           \
    "THEN t.checks ELSE '[]' END) c "
#define TROUBLED                                                               \
    "(t.status = 'failed' OR EXISTS (SELECT FROM " CHECKS                      \
    "WHERE c ->> 'level' <> 'info'))"

/* $1 artist, $2 status, $3 q, $4 problem. Names are found in either form of
 * Unicode: a Mac writes umlauts as two characters. */
/* clang-format off */
#define FILTERED                                                               \
    "t.artist_id = $1 AND ($2::text IS NULL OR t.status = $2) "                \
    "AND ($3::text IS NULL OR position(" PG_FOLD("$3") " IN "                  \
    PG_FOLD("concat_ws(E'\\n', t.project_name, t.als_filename, "               \
            "t.prompt_text, t.parse_id)") ") > 0) "                            \
    "AND ($4::text IS NULL OR CASE $4 WHEN 'any' THEN " TROUBLED               \
    " WHEN 'none' THEN NOT " TROUBLED " WHEN 'failed' "                        \
    "THEN t.status = 'failed' ELSE EXISTS (SELECT FROM " CHECKS                \
    "WHERE c ->> 'code' = $4) END) "
/* clang-format on */

/* $5: what to sort by, as a text with the same order. */
#define MICROS(at)                                                             \
    "to_char(coalesce(extract(epoch FROM t." at "), 0) * 1000000, "            \
    "'FM00000000000000000000')"
/* clang-format off */
#define SORT_KEY                                                               \
    "left(CASE $5 "                                                            \
    "WHEN 'createdAt' THEN " MICROS("created_at") " "                          \
    "WHEN 'updatedAt' THEN " MICROS("updated_at") " "                          \
    "WHEN 'generatedAt' THEN " MICROS("generated_at") " "                      \
    "WHEN 'alsFilename' THEN lower(coalesce(t.als_filename, '')) "             \
    "WHEN 'promptText' THEN lower(coalesce(t.prompt_text, '')) "               \
    "WHEN 'status' THEN t.status "                                             \
    "WHEN 'durationSec' THEN to_char(coalesce(t.audio_duration_sec, 0), "      \
    "'FM0000000000.000000') ELSE lower(coalesce(t.project_name, "              \
    "t.als_filename, t.parse_id)) END, 200) COLLATE \"C\""
/* clang-format on */

static const char count_items_sql[] =
    "SELECT count(*), count(*) FILTER (WHERE status = 'needs_audio'), "
    "  count(*) FILTER (WHERE status = 'needs_prompt'), "
    "  count(*) FILTER (WHERE status = 'ready'), "
    "  count(*) FILTER (WHERE status = 'exported'), "
    "  count(*) FILTER (WHERE status = 'failed'), "
    "  count(*) FILTER (WHERE " FILTERED ") "
    "FROM training_items t "
    "WHERE artist_id = $1";

static int
count_items(struct pg *tx, const char *artist, const struct items_query *q,
            struct items *ret, struct err *err)
{
    auto_rows struct rows *r = pg_query(tx, PG_ONE, err, count_items_sql, 4,
                                        P(artist, q->status, q->q, q->problem));

    if (r == NULL)
        return -1;
    ret->total = rows_int(r, 0, 0);
    ret->needs_audio = rows_int(r, 0, 1);
    ret->needs_prompt = rows_int(r, 0, 2);
    ret->ready = rows_int(r, 0, 3);
    ret->exported = rows_int(r, 0, 4);
    ret->failed = rows_int(r, 0, 5);
    ret->matches = rows_int(r, 0, 6);
    return 0;
}

static void
read_page(const struct rows *r, long limit, struct items *page)
{
    size_t n = rows_count(r);

    items_read(r, n > (size_t)limit ? (size_t)limit : n, page);
}

/* ---- newest first, as the index has them ---- */

/* $5 and $6: the row to start after; $7: how many; $8 and $9: the last row. */
/* clang-format off */
static const char list_newest_sql[] =
    "SELECT " ITEM_COLUMNS " "
    "FROM training_items t "
    "WHERE " FILTERED
    "AND ($5::bigint IS NULL "
    "  OR (t.created_at, t.id) < ("
    "    timestamptz 'epoch' + $5::bigint * interval '1 microsecond', "
    "    $6::uuid)) "
    "AND ($8::bigint IS NULL "
    "  OR (t.created_at, t.id) >= ("
    "    timestamptz 'epoch' + $8::bigint * interval '1 microsecond', "
    "    $9::uuid)) "
    "ORDER BY t.created_at DESC, t.id DESC LIMIT $7::bigint";
/* clang-format on */

static int
list_newest(struct pg *tx, const char *artist, const struct items_query *q,
            const struct cursor *at, struct items *page, struct err *err)
{
    auto_rows struct rows *r =
        pg_last(tx, PG_MANY, err, list_newest_sql, 9,
                P(artist, q->status, q->q, q->problem, at->micros, at->id,
                  pg_int(q->limit + 1).text, at->last_micros, at->last_id));

    if (r == NULL)
        return -1;
    read_page(r, q->limit, page);
    if (rows_count(r) > page->n)
        page->next = cursor_after(at, rows_peek(r, page->n - 1, ITEM_MICROS),
                                  page->v[page->n - 1].id);
    return 0;
}

/* ---- any other order ---- */

struct place {      /* the row after which a page begins; from a cursor */
    char *key, *id; /* key: hexadecimal digits; NULL at the start */
};

static void
place_release(struct place *p)
{
    free(p->key);
    free(p->id);
}

static int
bad_cursor(struct err *err)
{
    return err_field(err, "cursor",
                     "cursor must be the nextCursor of an earlier page");
}

static int
hex_value(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static bool
spells_text(const char *hex, size_t digits)
{
    auto_free char *bytes = xmalloc(digits / 2 + 1);

    for (size_t i = 0; i < digits / 2; i++)
        bytes[i] =
            (char)(hex_value(hex[2 * i]) << 4 | hex_value(hex[2 * i + 1]));
    return text_valid(bytes, digits / 2);
}

/* "SORT.ORDER.KEY.ID": a cursor is only valid for its own order. */
static int
place_parse(const struct items_query *q, struct place *ret, struct err *err)
{
    auto_free char *prefix =
        xasprintf("%s.%s.", q->sort, q->descending ? "desc" : "asc");
    const char *key;
    size_t digits;

    if (q->cursor == NULL)
        return 0;
    if (strncmp(q->cursor, prefix, strlen(prefix)) != 0)
        return bad_cursor(err);
    key = q->cursor + strlen(prefix);
    digits = strspn(key, "0123456789abcdef");
    if (digits > HEX_MAX || digits % 2 != 0 || key[digits] != '.' ||
        !id_valid(key + digits + 1) || !spells_text(key, digits))
        return bad_cursor(err);
    ret->key = xstrndup(key, digits);
    ret->id = xstrdup(key + digits + 1);
    return 0;
}

/* $6 and $7: the row to start after; $8: how many. */
#define SORTED(compare, order)                                                 \
    "SELECT " ITEM_COLUMNS ", encode(convert_to(t.k, 'UTF8'), 'hex') "         \
    "FROM ("                                                                   \
    "  SELECT t.*, " SORT_KEY " AS k "                                         \
    "  FROM training_items t "                                                 \
    "  WHERE " FILTERED ") t "                                                 \
    "WHERE ($6::text IS NULL "                                                 \
    "  OR (t.k, t.id) " compare " ("                                           \
    "    convert_from(decode($6, 'hex'), 'UTF8') COLLATE \"C\", $7::uuid)) "   \
    "ORDER BY t.k " order ", t.id " order " LIMIT $8::bigint"
static const char ascending_sql[] = SORTED(">", "ASC");
static const char descending_sql[] = SORTED("<", "DESC");

static int
list_sorted(struct pg *tx, const char *artist, const struct items_query *q,
            const struct place *at, struct items *page, struct err *err)
{
    auto_rows struct rows *r = pg_last(
        tx, PG_MANY, err, q->descending ? descending_sql : ascending_sql, 8,
        P(artist, q->status, q->q, q->problem, q->sort, at->key, at->id,
          pg_int(q->limit + 1).text));

    if (r == NULL)
        return -1;
    read_page(r, q->limit, page);
    if (rows_count(r) > page->n)
        page->next = xasprintf(
            "%s.%s.%s.%s", q->sort, q->descending ? "desc" : "asc",
            rows_peek(r, page->n - 1, ITEM_MORE), page->v[page->n - 1].id);
    return 0;
}

int
items_list(struct db *db, const char *artist, const struct items_query *q,
           struct items *ret, struct err *err)
{
    auto_cursor struct cursor at = {0};
    auto_cleanup(place_release) struct place place = {0};
    auto_items struct items page = {0};
    auto_pg struct pg *tx = NULL;
    bool newest = q->sort == NULL;

    if ((newest ? cursor_parse(q->cursor, &at, err)
                : place_parse(q, &place, err)) == -1 ||
        (tx = pg_begin_for(db, artist, err)) == NULL ||
        count_items(tx, artist, q, &page, err) == -1)
        return -1;
    if ((newest ? list_newest(tx, artist, q, &at, &page, err)
                : list_sorted(tx, artist, q, &place, &page, err)) == -1)
        return -1;
    *ret = page;
    page = (struct items){0};
    return 0;
}
