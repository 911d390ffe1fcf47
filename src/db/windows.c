/* training_windows: see windows.h. */
#include "db/windows.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "db/items.h"
#include "db/windows_parts.h"

#define BEHIND 22 /* the first column after these */
void
window_release(struct window *w)
{
    free(w->section);
    json_object_put(w->sounds);
    json_object_put(w->enters);
    json_object_put(w->leaves);
    free(w->prompt_text);
    json_object_put(w->fields);
    json_object_put(w->warnings);
    free(w->source);
    free(w->system_prompt_version);
    free(w->model_name);
    free(w->generation_id);
    *w = (struct window){0};
}

void
windows_release(struct windows *ws)
{
    for (size_t i = 0; i < ws->n; i++)
        window_release(&ws->v[i]);
    free(ws->v);
    *ws = (struct windows){0};
}

static double
number_or_nan(const struct rows *r, size_t i, int col)
{
    return rows_peek(r, i, col) != NULL ? rows_num(r, i, col) : (double)NAN;
}

static void
read_window(const struct rows *r, size_t i, struct window *ret)
{
    *ret = (struct window){
        .position = (int)rows_int(r, i, 0),
        .start_sec = rows_num(r, i, 1),
        .end_sec = rows_num(r, i, 2),
        .start_bar = number_or_nan(r, i, 3),
        .bars = number_or_nan(r, i, 4),
        .section = rows_text(r, i, 5),
        .sounds = rows_json(r, i, 6),
        .known = rows_bool(r, i, 7),
        .prompt_text = rows_text(r, i, 8),
        .fields = rows_json(r, i, 9),
        .warnings = rows_json(r, i, 10),
        .source = rows_text(r, i, 11),
        .edited = rows_bool(r, i, 12),
        .excluded = rows_bool(r, i, 13),
        .system_prompt_version = rows_text(r, i, 14),
        .model_name = rows_text(r, i, 15),
        .generation_id = rows_text(r, i, 16),
        .generated_at = rows_int(r, i, 17),
        .waiting = rows_bool(r, i, 18),
        .enters = rows_json(r, i, 19),
        .leaves = rows_json(r, i, 20),
        .energy_db = number_or_nan(r, i, 21),
    };
}

void
windows_read(const struct rows *r, struct windows *ret)
{
    ret->n = rows_count(r);
    ret->v = xcalloc(ret->n, sizeof(*ret->v));
    for (size_t i = 0; i < ret->n; i++)
        read_window(r, i, &ret->v[i]);
}

static int
window_missing(int position, struct err *err)
{
    return err_set(err, ERR_WINDOW_NOT_FOUND,
                   "the item has no window %d; GET its windows to see which "
                   "there are",
                   position);
}

static const char known_sql[] = "SELECT 1 FROM training_items t "
                                "WHERE t.id = $1 "
                                "AND " PG_MINE("t.artist_id");

static const char list_sql[] = "SELECT " WINDOW_COLUMNS " "
                               "FROM training_windows w "
                               "WHERE w.item_id = $1 "
                               "AND NOT w.waiting "
                               "ORDER BY w.position";

int
windows_list(struct db *db, const char *item, struct windows *ret,
             struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *known = NULL;
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (known = pg_query(tx, PG_MAYBE, err, known_sql, 1, P(item))) == NULL)
        return -1;
    if (rows_count(known) == 0)
        return item_missing(item, err);
    if ((r = pg_read(tx, PG_MANY, err, list_sql, 1, P(item))) == NULL)
        return -1;
    windows_read(r, ret);
    return 0;
}

void
windows_state_release(struct windows_state *s)
{
    windows_release(&s->all);
    *s = (struct windows_state){0};
}

/* clang-format off */
static const char state_sql[] =
    "SELECT t.window_max_sec, t.window_min_sec, " WINDOWS_CONTENT " "
    "FROM training_items t "
    "WHERE t.id = $1 "
    "AND " PG_MINE("t.artist_id")
    "FOR SHARE";
/* clang-format on */

static const char all_sql[] = "SELECT " WINDOW_COLUMNS " "
                              "FROM training_windows w "
                              "WHERE w.item_id = $1 "
                              "ORDER BY w.waiting, w.position";

int
windows_state(struct db *db, const char *item, struct windows_state *ret,
              struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *of = NULL;
    auto_rows struct rows *r = NULL;

    /* In one query, otherwise a change might come between. */
    if (tx == NULL ||
        (of = pg_query(tx, PG_MAYBE, err, state_sql, 1, P(item))) == NULL)
        return -1;
    if (rows_count(of) == 0)
        return item_missing(item, err);
    if ((r = pg_last(tx, PG_MANY, err, all_sql, 1, P(item))) == NULL)
        return -1;
    windows_read(r, &ret->all);
    ret->cut = rows_peek(of, 0, 0) != NULL;
    if (ret->cut)
        ret->rule = (struct window_rule){rows_num(of, 0, 0),
                                         number_or_nan(of, 0, 1), false};
    ret->content = rows_int(of, 0, 2);
    return 0;
}

static const char get_sql[] = "SELECT " WINDOW_COLUMNS " "
                              "FROM training_windows w "
                              "WHERE w.item_id = $1 "
                              "AND w.position = $2 "
                              "AND NOT w.waiting "
                              "AND " PG_MINE("w.artist_id");

int
window_get(struct db *db, const char *item, int position, struct window *ret,
           struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_read(tx, PG_MAYBE, err, get_sql, 2,
                                   P(item, pg_int(position).text))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return window_missing(position, err);
    read_window(r, 0, ret);
    return 0;
}

/* ---- one of them ---- */

static const char touch_item_sql[] =
    "UPDATE training_items SET content_at = clock_timestamp() "
    "WHERE id = $1";

/* A running export must not take items that changed since its claim. */
static int
touch_item(struct pg *tx, const char *item, struct err *err)
{
    auto_rows struct rows *r =
        pg_last(tx, PG_NONE, err, touch_item_sql, 1, P(item));

    return r == NULL ? -1 : 0;
}

/* $1 item, $2 position, $3 text, $4 fields, $5 warnings, $6 excluded; NULL
 * keeps what is there. */
/* clang-format off */
static const char change_sql[] =
    "UPDATE training_windows w "
    "SET prompt_text = coalesce($3::text, w.prompt_text), "
    "  edited = w.edited "
    "    OR ($3 IS NOT NULL AND $3 IS DISTINCT FROM w.prompt_text), "
    "  source = CASE "
    "    WHEN w.prompt_text IS NULL AND $3 IS NOT NULL THEN 'person' "
    "    ELSE w.source END, "
    "  fields = CASE WHEN $3 IS NULL THEN w.fields ELSE $4::jsonb END, "
    "  warnings = CASE "
    "    WHEN $3 IS NULL THEN w.warnings "
    "    ELSE coalesce($5::jsonb, '[]') END, "
    "  excluded = coalesce($6::boolean, w.excluded), updated_at = now() "
    "WHERE w.item_id = $1 "
    "AND w.position = $2 "
    "AND NOT w.waiting "
    "AND " PG_MINE("w.artist_id")
    "RETURNING " WINDOW_COLUMNS;
/* clang-format on */

int
window_change(struct db *db, const char *item, int position, const char *text,
              json_object *fields, json_object *warnings, const bool *excluded,
              struct window *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_query(tx, PG_MAYBE, err, change_sql, 6,
                                    P(item, pg_int(position).text, text,
                                      pg_json(fields), pg_json(warnings),
                                      excluded == NULL ? NULL
                                      : *excluded      ? "t"
                                                       : "f"))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return window_missing(position, err);
    read_window(r, 0, ret);
    return touch_item(tx, item, err);
}

/* $1 the items; BEHIND: which of them, from 1. */
/* clang-format off */
static const char of_sql[] =
    "SELECT " WINDOW_COLUMNS ", i.place "
    "FROM training_windows w, "
    "  jsonb_array_elements_text($1::jsonb) WITH ORDINALITY AS i(id, place) "
    "WHERE w.item_id = i.id::uuid "
    "AND NOT w.excluded "
    "AND NOT w.waiting "
    "AND " PG_MINE("w.artist_id")
    "ORDER BY i.place, w.position";
/* clang-format on */

int
windows_of(struct db *db, const char *const *items, size_t n,
           struct windows *ret, struct err *err)
{
    auto_json json_object *ids = json_object_new_array();
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;
    size_t at = 0;

    for (size_t i = 0; i < n; i++)
        json_object_array_add(ids, json_object_new_string(items[i]));
    if (tx == NULL ||
        (r = pg_read(tx, PG_MANY, err, of_sql, 1, P(json_out(ids)))) == NULL)
        return -1;
    for (size_t i = 0; i < n; i++) {
        size_t first = at;

        while (at < rows_count(r) && (size_t)rows_int(r, at, BEHIND) == i + 1)
            at++;
        ret[i].n = at - first;
        ret[i].v = xcalloc(ret[i].n, sizeof(*ret[i].v));
        for (size_t k = 0; k < ret[i].n; k++)
            read_window(r, first + k, &ret[i].v[k]);
    }
    return 0;
}
