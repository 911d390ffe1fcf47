/* What models wrote: prompt_generations. Rows are added, never changed. */
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "db/pg.h"

#define COLUMNS                                                                \
    "g.id, g.artist_id, g.parse_id, g.prompt, g.model_name, "                  \
    "g.system_prompt_version, g.instructions, g.schema_hash, "                 \
    "g.summary_hash, g.error, g.fields, g.warnings, g.params, g.tokens_in, "   \
    "g.tokens_out, g.ms, extract(epoch FROM g.created_at)::bigint, "           \
    "g.audio_sec, g.audio_heard, g.tokens_audio, g.cost"

static void
read_generation(const struct rows *r, size_t i, struct generation *ret)
{
    ret->id = rows_text(r, i, 0);
    ret->artist_id = rows_text(r, i, 1);
    ret->parse_id = rows_text(r, i, 2);
    ret->prompt = rows_text(r, i, 3);
    ret->model = rows_text(r, i, 4);
    ret->version = rows_text(r, i, 5);
    ret->instructions = rows_text(r, i, 6);
    ret->schema_hash = rows_text(r, i, 7);
    ret->summary_hash = rows_text(r, i, 8);
    ret->error = rows_text(r, i, 9);
    ret->fields = rows_json(r, i, 10);
    ret->warnings = rows_json(r, i, 11);
    ret->params = rows_json(r, i, 12);
    ret->tokens_in = rows_int(r, i, 13);
    ret->tokens_out = rows_int(r, i, 14);
    ret->ms = rows_int(r, i, 15);
    ret->created_at = rows_int(r, i, 16);
    ret->audio_sec = rows_num(r, i, 17);
    if (rows_peek(r, i, 18) != NULL)
        ret->heard = rows_peek(r, i, 18)[0] == 't' ? GEN_HEARD : GEN_UNHEARD;
    ret->tokens_audio = rows_peek(r, i, 19) != NULL ? rows_int(r, i, 19) : -1;
    ret->cost = rows_peek(r, i, 20) != NULL ? rows_num(r, i, 20) : -1;
}

void
generation_release(struct generation *g)
{
    free(g->id);
    free(g->artist_id);
    free(g->parse_id);
    free(g->prompt);
    free(g->model);
    free(g->version);
    free(g->instructions);
    free(g->schema_hash);
    free(g->summary_hash);
    free(g->error);
    json_object_put(g->fields);
    json_object_put(g->warnings);
    json_object_put(g->params);
    *g = (struct generation){0};
}

void
generations_release(struct generations *gs)
{
    for (size_t i = 0; i < gs->n; i++)
        generation_release(&gs->v[i]);
    free(gs->v);
    *gs = (struct generations){0};
}

static const char *
heard_text(const struct generation *g)
{
    return g->heard == GEN_UNTOLD ? NULL : g->heard == GEN_HEARD ? "t" : "f";
}

/* clang-format off */
static const char insert_sql[] =
    "INSERT INTO prompt_generations ("
    "  artist_id, parse_id, prompt, model_name, system_prompt_version, "
    "  instructions, schema_hash, summary_hash, error, fields, warnings, "
    "  params, tokens_in, tokens_out, ms, of_windows, audio_sec, "
    "  audio_heard, tokens_audio, cost) "
    "SELECT a.id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
    "  $15, $16, $17, $18, $19, $20 "
    "FROM artists a "
    "WHERE a.id = $1 "
    "AND " PG_OWNS("a")
    "RETURNING id, extract(epoch FROM created_at)::bigint, "
    "  set_config('synchronous_commit', 'off', true)";
/* clang-format on */

int
generation_insert(struct db *db, struct generation *g, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    /* One round trip: the insert itself checks the artist. And no wait for the
     * disk: whatever refers to the row later is committed after it, in the same
     * log, so a power failure loses only rows that nobody refers to. */
    if (tx == NULL ||
        (r = pg_last(
             tx, PG_MAYBE, err, insert_sql, 20,
             P(g->artist_id, g->parse_id, g->prompt, g->model, g->version,
               g->instructions, g->schema_hash, g->summary_hash, g->error,
               pg_json(g->fields), pg_json(g->warnings), pg_json(g->params),
               pg_int(g->tokens_in).text, pg_int(g->tokens_out).text,
               pg_int(g->ms).text, g->windows ? "t" : "f",
               pg_double(g->audio_sec).text, heard_text(g),
               g->tokens_audio >= 0 ? pg_int(g->tokens_audio).text : NULL,
               g->cost >= 0 ? pg_double(g->cost).text : NULL))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_set(err, ERR_ARTIST_NOT_FOUND, "there is no artist %s",
                       g->artist_id);
    free(g->id);
    g->id = rows_text(r, 0, 0);
    g->created_at = rows_int(r, 0, 1);
    return 0;
}

static const char get_sql[] = "SELECT " COLUMNS " "
                              "FROM prompt_generations g "
                              "WHERE g.id = $1 "
                              "AND " PG_MINE("g.artist_id");

int
generation_get(struct db *db, const char *id, struct generation *ret,
               struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err, get_sql, 1, P(id))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_field(err, "generationId", "there is no generation %s", id);
    read_generation(r, 0, ret);
    return 0;
}

/* clang-format off */
static const char newest_sql[] =
    "SELECT " COLUMNS " "
    "FROM prompt_generations g "
    "WHERE g.artist_id = $1 "
    "AND g.parse_id = $2 "
    "AND g.prompt IS NOT NULL "
    "AND g.error IS NULL "
    "AND NOT g.of_windows "
    "AND " PG_MINE("g.artist_id")
    "ORDER BY g.created_at DESC, g.id DESC LIMIT 1";
/* clang-format on */

int
generation_newest(struct db *db, const char *artist, const char *parse_id,
                  struct generation *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_read(tx, PG_MAYBE, err, newest_sql, 2,
                                   P(artist, parse_id))) == NULL)
        return -1;
    if (rows_count(r) == 1)
        read_generation(r, 0, ret);
    return 0;
}

static const char list_sql[] =
    "SELECT " COLUMNS " "
    "FROM prompt_generations g "
    "WHERE g.artist_id = $1 "
    "AND g.parse_id = $2 "
    "AND NOT g.of_windows "
    "ORDER BY g.created_at DESC, g.id DESC LIMIT 200";

int
generations_list(struct db *db, const char *artist, const char *parse_id,
                 struct generations *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_read(tx, PG_MANY, err, list_sql, 2,
                                   P(artist, parse_id))) == NULL)
        return -1;
    ret->n = rows_count(r);
    ret->v = xcalloc(ret->n, sizeof(*ret->v));
    for (size_t i = 0; i < ret->n; i++)
        read_generation(r, i, &ret->v[i]);
    return 0;
}
