/* export_claims: who exports, the progress, and whether it is to be
 * canceled. */
#include "db/pg.h"

#include "base/mem.h"

static const char claim_sql[] =
    "INSERT INTO export_claims AS c (artist_id) "
    "VALUES ($1) "
    "ON CONFLICT (artist_id) DO UPDATE "
    "SET claim = gen_random_uuid(), beat_at = now(), "
    "  claimed_at = clock_timestamp(), layout = NULL, items_done = 0, "
    "  item_count = 0, bytes_done = 0, bytes = 0, conversions_done = 0, "
    "  conversion_count = 0, cancel = false "
    "WHERE c.beat_at < now() - interval '1 minute' "
    "RETURNING claim";

int
export_claim(struct db *db, const char *artist, char **ret_claim,
             struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_MAYBE, err, claim_sql, 1, P(artist))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_set(err, ERR_EXPORT_RUNNING,
                       "an export of this artist is running; wait until it "
                       "is done");
    *ret_claim = rows_text(r, 0, 0);
    return 0;
}

/* The error for a claim that somebody else took over, or that is gone. */
static int
claim_is_lost(struct err *err)
{
    return err_set(err, ERR_EXPORT_RUNNING,
                   "the export took too long to report and another one has "
                   "begun");
}

static int
on_claim(struct db *db, const char *sql, const char *claim, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_last(tx, PG_NONE, err, sql, 1, P(claim))) == NULL)
        return -1;
    return rows_changed(r) == 0 ? claim_is_lost(err) : 0;
}

static const char beat_sql[] = "UPDATE export_claims c SET beat_at = now() "
                               "WHERE c.claim = $1 "
                               "AND " PG_MINE("c.artist_id");

int
export_beat(struct db *db, const char *claim, struct err *err)
{
    return on_claim(db, beat_sql, claim, err);
}

static const char release_sql[] = "DELETE FROM export_claims c "
                                  "WHERE c.claim = $1 "
                                  "AND " PG_MINE("c.artist_id");

int
export_release(struct db *db, const char *claim, struct err *err)
{
    return on_claim(db, release_sql, claim, err);
}

/* clang-format off */
static const char report_sql[] =
    "UPDATE export_claims c "
    "SET beat_at = now(), layout = $2, items_done = $3, item_count = $4, "
    "  bytes_done = $5, bytes = $6, conversions_done = $7, "
    "  conversion_count = $8 "
    "WHERE c.claim = $1 "
    "AND " PG_MINE("c.artist_id")
    "RETURNING c.cancel";
/* clang-format on */

int
export_report(struct db *db, const char *claim,
              const struct export_state *state, bool *ret_cancel,
              struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(
             tx, PG_MAYBE, err, report_sql, 8,
             P(claim, state->layout, pg_int(state->items_done).text,
               pg_int(state->item_count).text, pg_int(state->bytes_done).text,
               pg_int(state->bytes).text, pg_int(state->conversions_done).text,
               pg_int(state->conversion_count).text))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return claim_is_lost(err);
    *ret_cancel = rows_bool(r, 0, 0);
    return 0;
}

static const char running_sql[] =
    "SELECT layout, items_done, item_count, bytes_done, bytes, "
    "  extract(epoch FROM claimed_at)::bigint, conversions_done, "
    "  conversion_count "
    "FROM export_claims "
    "WHERE artist_id = $1 "
    "AND beat_at >= now() - interval '1 minute'";

int
export_running(struct db *db, const char *artist, struct export_state *ret,
               bool *ret_any, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err, running_sql, 1, P(artist))) == NULL)
        return -1;
    *ret_any = rows_count(r) == 1;
    if (!*ret_any)
        return 0;
    ret->layout = rows_text(r, 0, 0);
    ret->items_done = rows_int(r, 0, 1);
    ret->item_count = rows_int(r, 0, 2);
    ret->bytes_done = rows_int(r, 0, 3);
    ret->bytes = rows_int(r, 0, 4);
    ret->started_at = rows_int(r, 0, 5);
    ret->conversions_done = rows_int(r, 0, 6);
    ret->conversion_count = rows_int(r, 0, 7);
    return 0;
}

void
export_state_release(struct export_state *s)
{
    free(s->layout);
    *s = (struct export_state){0};
}

static const char cancel_sql[] = "UPDATE export_claims SET cancel = true "
                                 "WHERE artist_id = $1 "
                                 "AND beat_at >= now() - interval '1 minute'";

int
export_cancel(struct db *db, const char *artist, bool *ret_any, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_NONE, err, cancel_sql, 1, P(artist))) == NULL)
        return -1;
    *ret_any = rows_changed(r) == 1;
    return 0;
}
