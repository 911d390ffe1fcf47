/*
 * training_windows: all of an item's are written together, at a user's request
 * or because its caption or audio changed; see windows.h.
 */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "db/items.h"
#include "db/windows_parts.h"

#define SAME_SEC 0.05 /* two cuts at one place */

bool
window_same_place(const struct window *a, const struct window *b)
{
    if (isnan(a->start_bar) != isnan(b->start_bar))
        return false;
    if (isnan(a->start_bar))
        return fabs(a->start_sec - b->start_sec) < SAME_SEC &&
               fabs(a->end_sec - b->end_sec) < SAME_SEC;
    return fabs(a->start_bar - b->start_bar) < 0.01 &&
           fabs(a->bars - b->bars) < 0.01;
}

void
window_take_text(struct window *old, struct window *now)
{
    free(now->prompt_text);
    now->prompt_text = steal(&old->prompt_text);
    json_object_put(now->fields);
    now->fields = steal(&old->fields);
    json_object_put(now->warnings);
    now->warnings = steal(&old->warnings);
    free(now->source);
    now->source = steal(&old->source);
    free(now->system_prompt_version);
    now->system_prompt_version = steal(&old->system_prompt_version);
    free(now->model_name);
    now->model_name = steal(&old->model_name);
    free(now->generation_id);
    now->generation_id = steal(&old->generation_id);
    now->generated_at = old->generated_at;
}

/* Move what a user did to the old windows to the new ones; edited windows that
 * find no place go to ret_gone. */
static void
carry_over(struct windows *old, bool keep, struct windows *ws,
           struct windows *ret_gone)
{
    ret_gone->v = xcalloc(old->n, sizeof(*ret_gone->v));
    for (size_t i = 0; i < old->n; i++) {
        struct window *was = &old->v[i];
        struct window *now = NULL;

        for (size_t k = 0; k < ws->n && now == NULL; k++)
            if (window_same_place(was, &ws->v[k]))
                now = &ws->v[k];
        if (now != NULL && keep)
            now->excluded |= was->excluded;
        if (!was->edited)
            continue;
        if (now != NULL && keep) {
            window_take_text(was, now);
            now->edited = true;
            continue;
        }
        ret_gone->v[ret_gone->n++] = *was;
        *was = (struct window){0};
    }
}

static json_object *
row_json(const struct window *w)
{
    json_object *o = json_object_new_object();

    json_add_int(o, "position", w->position);
    json_add_num(o, "start_sec", w->start_sec);
    json_add_num(o, "end_sec", w->end_sec);
    json_add_num(o, "start_bar", w->start_bar);
    json_add_num(o, "bars", w->bars);
    json_add_str(o, "section", w->section);
    json_add(o, "sounds", json_object_get(w->sounds));
    json_add(o, "enters", json_object_get(w->enters));
    json_add(o, "leaves", json_object_get(w->leaves));
    json_add_num(o, "energy_db", w->energy_db);
    json_add_bool(o, "known", w->known);
    json_add_str(o, "prompt_text", w->prompt_text);
    json_add(o, "fields", json_object_get(w->fields));
    json_add(o, "warnings", json_object_get(w->warnings));
    json_add_str(o, "source", w->source);
    json_add_bool(o, "edited", w->edited);
    json_add_bool(o, "excluded", w->excluded);
    json_add_bool(o, "waiting", w->waiting);
    json_add_str(o, "system_prompt_version", w->system_prompt_version);
    json_add_str(o, "model_name", w->model_name);
    json_add_str(o, "generation_id", w->generation_id);
    json_add_int(o, "generated_at", w->generated_at);
    return o;
}

/* $1 item, $2 the audio's hash, $3 the windows. */
static const char insert_all_sql[] =
    "INSERT INTO training_windows ("
    "  artist_id, item_id, audio_sha256, position, start_sec, end_sec, "
    "  start_bar, bars, section, sounds, enters, leaves, energy_db, known, "
    "  prompt_text, fields, warnings, source, edited, excluded, waiting, "
    "  system_prompt_version, model_name, generation_id, generated_at) "
    "SELECT t.artist_id, t.id, $2, n.position, n.start_sec, n.end_sec, "
    "  n.start_bar, n.bars, n.section, coalesce(n.sounds, '[]'), "
    "  coalesce(n.enters, '[]'), coalesce(n.leaves, '[]'), n.energy_db, "
    "  n.known, n.prompt_text, n.fields, coalesce(n.warnings, '[]'), "
    "  n.source, n.edited, n.excluded, n.waiting, n.system_prompt_version, "
    "  n.model_name, n.generation_id, "
    "  to_timestamp(nullif(n.generated_at, 0)) "
    "FROM training_items t, "
    "  jsonb_to_recordset($3::jsonb) AS n("
    "    position integer, start_sec double precision, "
    "    end_sec double precision, start_bar double precision, "
    "    bars double precision, section text, sounds jsonb, enters jsonb, "
    "    leaves jsonb, energy_db double precision, known boolean, "
    "    prompt_text text, fields jsonb, warnings jsonb, source text, "
    "    edited boolean, excluded boolean, waiting boolean, "
    "    system_prompt_version text, model_name text, generation_id uuid, "
    "    generated_at bigint) "
    "WHERE t.id = $1";

static int
insert_all(struct pg *tx, const char *item, const char *sha256,
           struct windows *ws, struct err *err)
{
    auto_json json_object *list = json_object_new_array();
    auto_rows struct rows *r = NULL;

    for (size_t i = 0; i < ws->n; i++) {
        ws->v[i].position = (int)i;
        json_object_array_add(list, row_json(&ws->v[i]));
    }
    r = pg_query(tx, PG_NONE, err, insert_all_sql, 3,
                 P(item, sha256, json_out(list)));
    return r == NULL ? -1 : 0;
}

/* clang-format off */
static const char lock_item_sql[] =
    "SELECT t.audio_sha256 "
    "FROM training_items t "
    "WHERE t.id = $1 "
    "AND " PG_MINE("t.artist_id")
    "FOR UPDATE";
/* clang-format on */

/* Lock the item, so that two cuts are serialized. */
static int
lock_item(struct pg *tx, const char *item, const char *sha256, struct err *err)
{
    auto_rows struct rows *r =
        pg_query(tx, PG_MAYBE, err, lock_item_sql, 1, P(item));
    const char *has;

    if (r == NULL)
        return -1;
    if (rows_count(r) == 0)
        return item_missing(item, err);
    has = rows_peek(r, 0, 0);
    if (has == NULL || sha256 == NULL || strcmp(has, sha256) != 0)
        return err_set(err, ERR_CONFLICT,
                       "the item got other audio in the meantime; generate "
                       "its windows again");
    return 0;
}

static const char keep_rule_sql[] =
    "UPDATE training_items "
    "SET window_max_sec = $2, window_min_sec = $3, "
    "  content_at = clock_timestamp() "
    "WHERE id = $1";

static int
keep_rule(struct pg *tx, const char *item, const struct window_rule *rule,
          struct err *err)
{
    const char *most = NULL, *least = NULL;
    struct pg_num max, min;
    auto_rows struct rows *r = NULL;

    if (rule != NULL) {
        max = pg_double(rule->max_sec);
        min = pg_double(rule->min_sec);
        most = max.text;
        least = min.text;
    }
    r = pg_last(tx, PG_NONE, err, keep_rule_sql, 3, P(item, most, least));
    return r == NULL ? -1 : 0;
}

static int
delete_all(struct pg *tx, const char *item, struct err *err)
{
    auto_rows struct rows *r =
        pg_query(tx, PG_NONE, err,
                 "DELETE FROM training_windows WHERE item_id = $1", 1, P(item));

    return r == NULL ? -1 : 0;
}

static const char old_windows_sql[] = "SELECT " WINDOW_COLUMNS " "
                                      "FROM training_windows w "
                                      "WHERE w.item_id = $1 "
                                      "ORDER BY w.waiting, w.position";

int
windows_replace(struct db *db, const char *item, const char *audio_sha256,
                const struct window_rule *rule, bool keep, struct windows *ws,
                struct windows *ret_gone, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *had = NULL;
    auto_windows struct windows old = {0};

    if (tx == NULL || lock_item(tx, item, audio_sha256, err) == -1 ||
        (had = pg_query(tx, PG_MANY, err, old_windows_sql, 1, P(item))) ==
            NULL ||
        delete_all(tx, item, err) == -1)
        return -1;
    windows_read(had, &old);
    carry_over(&old, keep, ws, ret_gone);
    if (insert_all(tx, item, audio_sha256, ws, err) == -1)
        return -1;
    return keep_rule(tx, item, rule, err);
}

/* $1 item, $2 and $3 the content and audio that the windows were made of. */
/* clang-format off */
static const char touch_sql[] =
    "UPDATE training_items t SET content_at = clock_timestamp() "
    "WHERE t.id = $1 "
    "AND " WINDOWS_CONTENT " = $2 "
    "AND t.audio_sha256 IS NOT DISTINCT FROM $3 "
    "AND " PG_MINE("t.artist_id")
    "RETURNING 1";
/* clang-format on */

int
windows_swap(struct pg *tx, const char *item, struct windows_made *made,
             struct err *err)
{
    auto_rows struct rows *r =
        pg_query(tx, PG_MAYBE, err, touch_sql, 3,
                 P(item, pg_int(made->content).text, made->audio_sha256));

    if (r == NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_set(err, ERR_CONFLICT,
                       "the item was changed in the meantime; try again");
    if (delete_all(tx, item, err) == -1)
        return -1;
    return insert_all(tx, item, made->audio_sha256, &made->ws, err);
}
