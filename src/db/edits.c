/* Captions that a user edited, with what the model had written. */
#include <stdlib.h>

#include "base/mem.h"
#include "db/pg.h"

void
edits_release(struct edits *es)
{
    for (size_t i = 0; i < es->n; i++) {
        free(es->v[i].item);
        free(es->v[i].written);
        free(es->v[i].text);
    }
    free(es->v);
    *es = (struct edits){0};
}

/* $1 artist, $2 the set to leave out, $3 how many. */
static const char latest_sql[] =
    "SELECT t.id, g.prompt, t.prompt_text "
    "FROM training_items t "
    "JOIN prompt_generations g ON g.id = t.generation_id "
    "WHERE t.artist_id = $1 "
    "AND t.prompt_edited "
    "AND t.parse_id <> $2 "
    "AND t.prompt_text IS NOT NULL "
    "AND g.prompt IS NOT NULL "
    "AND NOT g.of_windows "
    "AND g.model_name <> 'template' "
    "ORDER BY t.updated_at DESC, t.id LIMIT $3";

int
edits_latest(struct db *db, const char *artist, const char *parse_id, int limit,
             struct edits *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MANY, err, latest_sql, 3,
                     P(artist, parse_id, pg_int(limit).text))) == NULL)
        return -1;
    ret->n = rows_count(r);
    ret->v = xcalloc(ret->n, sizeof(*ret->v));
    for (size_t i = 0; i < ret->n; i++)
        ret->v[i] = (struct edit){.item = rows_text(r, i, 0),
                                  .written = rows_text(r, i, 1),
                                  .text = rows_text(r, i, 2)};
    return 0;
}
