/* The library of sets: als_summaries. */
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "db/pg.h"
#include "music/facts.h"

/* A summary without its large parts: lists need none of them, and there may be
 * a thousand summaries. Only music/facts knows the meaning of its members. */
#define SMALL                                                                  \
    "CASE jsonb_typeof(s.summary) WHEN 'object' THEN s.summary - "             \
    "'{tracks,timeline,sections,scenes,devices,samples,clips,locators}'"       \
    "::text[] END"
#define COLUMNS                                                                \
    "s.id, s.artist_id, s.parse_id, s.als_filename, s.project_name, "          \
    "extract(epoch FROM s.created_at)::bigint, " SMALL                         \
    ", (extract(epoch FROM s.created_at) * 1000000)::bigint"
enum { SMALL_COLUMN = 6, MICROS_COLUMN, SUMMARY_COLUMN };

static void
read_set(const struct rows *r, size_t i, struct set *ret)
{
    auto_json json_object *summary = rows_json(r, i, SMALL_COLUMN);
    auto_facts struct facts f = {0};

    ret->id = rows_text(r, i, 0);
    ret->artist_id = rows_text(r, i, 1);
    ret->parse_id = rows_text(r, i, 2);
    ret->als_filename = rows_text(r, i, 3);
    ret->project_name = rows_text(r, i, 4);
    ret->created_at = rows_int(r, i, 5);
    if (summary != NULL)
        facts_read(&f, summary);
    ret->tempo = f.bpm;
    ret->duration_sec = f.length_sec;
    ret->key = facts_key_known(&f) ? xstrdup(f.key_text) : NULL;
    ret->live_version = xstrdup(f.live_version);
}

void
set_release(struct set *s)
{
    free(s->id);
    free(s->artist_id);
    free(s->parse_id);
    free(s->als_filename);
    free(s->project_name);
    json_object_put(s->summary);
    free(s->key);
    free(s->live_version);
    *s = (struct set){0};
}

void
sets_release(struct sets *ss)
{
    for (size_t i = 0; i < ss->n; i++)
        set_release(&ss->v[i]);
    free(ss->v);
    free(ss->next);
    *ss = (struct sets){0};
}

static const char of_artist_sql[] = "SELECT " COLUMNS ", s.summary "
                                    "FROM als_summaries s "
                                    "WHERE s.parse_id = $1 "
                                    "AND s.artist_id = $2";

static const char of_any_sql[] = "SELECT " COLUMNS ", s.summary "
                                 "FROM als_summaries s "
                                 "WHERE s.parse_id = $1 "
                                 "AND " PG_MINE("s.artist_id");

/* artist NULL: any artist's that the caller may see. */
static int
find_set(struct db *db, const char *artist, const char *parse_id,
         struct set *ret, struct err *err)
{
    auto_pg struct pg *tx =
        artist != NULL ? pg_begin_for(db, artist, err) : pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err,
                     artist != NULL ? of_artist_sql : of_any_sql,
                     artist != NULL ? 2 : 1, P(parse_id, artist))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_set(err, ERR_SET_NOT_FOUND,
                       "there is no set %s in the library", parse_id);
    read_set(r, 0, ret);
    ret->summary = rows_json(r, 0, SUMMARY_COLUMN);
    return 0;
}

int
set_get(struct db *db, const char *parse_id, struct set *ret, struct err *err)
{
    return find_set(db, NULL, parse_id, ret, err);
}

int
set_get_of(struct db *db, const char *artist, const char *parse_id,
           struct set *ret, struct err *err)
{
    return find_set(db, artist, parse_id, ret, err);
}

/* $1 artist, $2 the set or NULL. */
static const char sources_sql[] =
    "SELECT "
    "  (SELECT p.master_schema FROM artist_profiles p "
    "    WHERE p.artist_id = a.id), "
    "  (SELECT s.summary FROM als_summaries s "
    "    WHERE s.parse_id = $2 AND s.artist_id = a.id), "
    "  a.name "
    "FROM artists a "
    "WHERE a.id = $1 "
    "AND " PG_OWNS("a");

int
sources_get(struct db *db, const char *artist, const char *parse_id,
            struct sources *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_read(tx, PG_MAYBE, err, sources_sql, 2,
                                   P(artist, parse_id))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_set(err, ERR_ARTIST_NOT_FOUND, "there is no artist %s",
                       artist);
    if (parse_id != NULL && rows_peek(r, 0, 1) == NULL)
        return err_set(err, ERR_SET_NOT_FOUND,
                       "there is no set %s in the library", parse_id);
    ret->schema = rows_json(r, 0, 0);
    ret->summary = rows_json(r, 0, 1);
    ret->artist = rows_text(r, 0, 2);
    return 0;
}

void
sources_release(struct sources *s)
{
    json_object_put(s->schema);
    json_object_put(s->summary);
    free(s->artist);
    *s = (struct sources){0};
}

static void
read_page(const struct rows *r, const struct cursor *at, long limit,
          struct sets *ret)
{
    size_t n = rows_count(r);
    bool more = n > (size_t)limit;

    ret->n = more ? (size_t)limit : n;
    ret->v = xcalloc(ret->n, sizeof(*ret->v));
    for (size_t i = 0; i < ret->n; i++)
        read_set(r, i, &ret->v[i]);
    if (more)
        ret->next = cursor_after(at, rows_peek(r, ret->n - 1, MICROS_COLUMN),
                                 ret->v[ret->n - 1].id);
}

/* clang-format off */
#define NAMED(name)                                                            \
    "position(" PG_FOLD("$2") " IN " PG_FOLD("coalesce(s." name ", '')") ") > 0"

/* $1 artist, $2 q, $3 and $4 the row to start after, $5 how many, $6 and $7
 * the last row. */
static const char list_sql[] =
    "SELECT " COLUMNS " "
    "FROM als_summaries s "
    "WHERE s.artist_id = $1 "
    "AND ($2::text IS NULL "
    "  OR " NAMED("als_filename") " "
    "  OR " NAMED("project_name") ") "
    "AND ($3::bigint IS NULL "
    "  OR (s.created_at, s.id) < ("
    "    timestamptz 'epoch' + $3::bigint * interval '1 microsecond', "
    "    $4::uuid)) "
    "AND ($6::bigint IS NULL "
    "  OR (s.created_at, s.id) >= ("
    "    timestamptz 'epoch' + $6::bigint * interval '1 microsecond', "
    "    $7::uuid)) "
    "ORDER BY s.created_at DESC, s.id DESC LIMIT $5::bigint";
/* clang-format on */

int
sets_list(struct db *db, const char *artist, const char *q, long limit,
          const char *cursor, struct sets *ret, struct err *err)
{
    auto_cursor struct cursor at = {0};
    auto_pg struct pg *tx = NULL;
    auto_rows struct rows *r = NULL;

    if (cursor_parse(cursor, &at, err) == -1 ||
        (tx = pg_begin_for(db, artist, err)) == NULL ||
        (r = pg_read(tx, PG_MANY, err, list_sql, 7,
                     P(artist, q, at.micros, at.id, pg_int(limit + 1).text,
                       at.last_micros, at.last_id))) == NULL)
        return -1;
    read_page(r, &at, limit, ret);
    return 0;
}

static const char renew_set_sql[] =
    "UPDATE als_summaries s SET summary = $3::jsonb "
    "WHERE s.parse_id = $1 "
    "AND s.artist_id = $2 "
    "AND jsonb_typeof(s.summary -> 'summaryVersion') = 'number' "
    "AND jsonb_typeof($3::jsonb -> 'summaryVersion') = 'number' "
    "AND (s.summary ->> 'summaryVersion')::numeric "
    "  < ($3::jsonb ->> 'summaryVersion')::numeric";

/* The summary is replaced if the reader has improved since: an older version
 * lacks what later ones contain. */
static int
renew_set(struct pg *tx, const char *artist, const char *parse_id,
          json_object *summary, struct err *err)
{
    auto_rows struct rows *r = pg_query(tx, PG_NONE, err, renew_set_sql, 3,
                                        P(parse_id, artist, json_out(summary)));

    return r == NULL ? -1 : 0;
}

static const char insert_sql[] =
    "INSERT INTO als_summaries ("
    "  artist_id, parse_id, als_filename, project_name, summary) "
    "VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (parse_id) DO NOTHING";

static const char is_owner_sql[] = "SELECT 1 FROM als_summaries "
                                   "WHERE parse_id = $1 "
                                   "AND artist_id = $2";

int
set_insert(struct db *db, const char *artist, const char *parse_id,
           const char *als_filename, const char *project_name,
           json_object *summary, bool *ret_new, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *r = NULL;
    auto_rows struct rows *owner = NULL;

    if (tx == NULL ||
        (r = pg_query(tx, PG_NONE, err, insert_sql, 5,
                      P(artist, parse_id, als_filename, project_name,
                        json_out(summary)))) == NULL)
        return -1;
    *ret_new = rows_changed(r) > 0;
    if (!*ret_new) {
        owner =
            pg_query(tx, PG_MAYBE, err, is_owner_sql, 2, P(parse_id, artist));
        if (owner == NULL)
            return -1;
        if (rows_count(owner) == 0)
            return err_set(err, ERR_CONFLICT,
                           "the parseId %s is another set's; choose another "
                           "one",
                           parse_id);
        if (renew_set(tx, artist, parse_id, summary, err) == -1)
            return -1;
    }
    return pg_commit(tx, err);
}

static const char delete_sql[] = "DELETE FROM als_summaries s "
                                 "WHERE s.parse_id = $1 "
                                 "AND " PG_MINE("s.artist_id");

int
set_delete(struct db *db, const char *parse_id, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_NONE, err, delete_sql, 1, P(parse_id))) == NULL)
        return -1;
    if (rows_changed(r) == 0)
        return err_set(err, ERR_SET_NOT_FOUND,
                       "there is no set %s in the library", parse_id);
    return 0;
}
