/*
 * Trainings. The row exists before the training service is called, so that a
 * training that costs money is never unknown here, however we end.
 */
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "db/pg.h"

#define COLUMNS                                                                \
    "t.id, t.dataset_id, t.artist_id, t.replicate_id, t.destination, "         \
    "t.version, t.status, t.error, t.logs, t.input, t.output, "                \
    "extract(epoch FROM t.created_at)::bigint, "                               \
    "extract(epoch FROM t.updated_at)::bigint"

static void
read_training(const struct rows *r, size_t i, struct training *ret)
{
    ret->id = rows_text(r, i, 0);
    ret->dataset_id = rows_text(r, i, 1);
    ret->artist_id = rows_text(r, i, 2);
    ret->replicate_id = rows_text(r, i, 3);
    ret->destination = rows_text(r, i, 4);
    ret->version = rows_text(r, i, 5);
    ret->status = rows_text(r, i, 6);
    ret->error = rows_text(r, i, 7);
    ret->logs = rows_text(r, i, 8);
    ret->input = rows_json(r, i, 9);
    ret->output = rows_json(r, i, 10);
    ret->created_at = rows_int(r, i, 11);
    ret->updated_at = rows_int(r, i, 12);
}

static void
read_trainings(const struct rows *r, struct trainings *ret)
{
    ret->n = rows_count(r);
    ret->v = xcalloc(ret->n, sizeof(*ret->v));
    for (size_t i = 0; i < ret->n; i++)
        read_training(r, i, &ret->v[i]);
}

void
training_release(struct training *t)
{
    free(t->id);
    free(t->dataset_id);
    free(t->artist_id);
    free(t->replicate_id);
    free(t->destination);
    free(t->version);
    free(t->status);
    free(t->error);
    free(t->logs);
    json_object_put(t->input);
    json_object_put(t->output);
    *t = (struct training){0};
}

void
trainings_release(struct trainings *ts)
{
    for (size_t i = 0; i < ts->n; i++)
        training_release(&ts->v[i]);
    free(ts->v);
    *ts = (struct trainings){0};
}

bool
training_is_over(const struct training *t)
{
    return strcmp(t->status, "succeeded") == 0 ||
           strcmp(t->status, "failed") == 0 ||
           strcmp(t->status, "canceled") == 0;
}

/* $6: how many may run at a time. */
static const char insert_sql[] =
    "INSERT INTO trainings AS t ("
    "  dataset_id, artist_id, destination, version, input) "
    "SELECT $1::uuid, $2::uuid, $3, $4, $5::jsonb "
    "WHERE ("
    "  SELECT count(*) "
    "  FROM trainings r "
    "  WHERE r.artist_id = $2::uuid "
    "  AND r.status IN ('creating', 'starting', 'processing')) < $6::int "
    "RETURNING " COLUMNS;

int
training_insert(struct db *db, struct training *t, int at_once, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, t->artist_id, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_MAYBE, err, insert_sql, 6,
                     P(t->dataset_id, t->artist_id, t->destination, t->version,
                       json_out(t->input), pg_int(at_once).text))) == NULL)
        return -1;
    if (rows_count(r) == 0) {
        err_set(err, ERR_RATE_LIMITED,
                "%d trainings of this artist run already, and each costs "
                "money; wait for one to end, or raise TRAININGS_PER_ARTIST",
                at_once);
        err->retry_after = 60;
        return -1;
    }
    training_release(t);
    read_training(r, 0, t);
    return 0;
}

static const char get_sql[] = "SELECT " COLUMNS " "
                              "FROM trainings t "
                              "WHERE t.id = $1 "
                              "AND " PG_MINE("t.artist_id");

int
training_get(struct db *db, const char *id, struct training *ret,
             struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err, get_sql, 1, P(id))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_set(err, ERR_TRAINING_NOT_FOUND, "there is no training %s",
                       id);
    read_training(r, 0, ret);
    return 0;
}

/* clang-format off */
static const char update_sql[] =
    "UPDATE trainings t "
    "SET replicate_id = coalesce(replicate_id, $2), status = $3, error = $4, "
    "  logs = coalesce($5, logs), output = $6, updated_at = now() "
    "WHERE id = $1 "
    "AND " PG_MINE("t.artist_id")
    "AND (replicate_id IS NULL OR $2::text IS NULL OR replicate_id = $2) "
    "AND (status IN ('creating', 'starting') "
    "  OR (status = 'processing' AND $3 NOT IN ('creating', 'starting')) "
    "  OR (status = 'failed' AND replicate_id IS NULL))";
/* clang-format on */

/* News may be late or repeated. A final status stays, and a training that has
 * begun does not go back to waiting. One that we gave up on without an answer
 * from Replicate (it has no replicate_id) may still turn out to be running. */
int
training_update(struct db *db, const char *id, const struct training *news,
                bool *ret_changed, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_NONE, err, update_sql, 6,
                     P(id, news->replicate_id, news->status, news->error,
                       news->logs, pg_json(news->output)))) == NULL)
        return -1;
    *ret_changed = rows_changed(r) > 0;
    return 0;
}

static const char delete_sql[] = "DELETE FROM trainings t "
                                 "WHERE t.id = $1 "
                                 "AND " PG_MINE("t.artist_id");

int
training_delete(struct db *db, const char *id, struct err *err)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_NONE, err, delete_sql, 1, P(id))) == NULL)
        return -1;
    return 0;
}

static const char list_sql[] = "SELECT " COLUMNS " "
                               "FROM trainings t "
                               "WHERE t.artist_id = $1 "
                               "ORDER BY t.created_at DESC, t.id DESC";

int
trainings_list(struct db *db, const char *artist, struct trainings *ret,
               struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MANY, err, list_sql, 1, P(artist))) == NULL)
        return -1;
    read_trainings(r, ret);
    return 0;
}

static const char give_up_sql[] =
    "UPDATE trainings "
    "SET status = 'failed', "
    "  error = 'the answer to the request was lost; see at Replicate "
    "whether it runs', "
    "  updated_at = now() "
    "WHERE artist_id = $1 "
    "AND status = 'creating' "
    "AND created_at < now() - interval '5 minutes'";

/* $2: seconds between two polls. */
static const char take_due_sql[] =
    "UPDATE trainings t SET polled_at = now() "
    "WHERE artist_id = $1 "
    "AND status IN ('starting', 'processing') "
    "AND replicate_id IS NOT NULL "
    "AND (polled_at IS NULL "
    "  OR polled_at <= now() - make_interval(secs => $2)) "
    "RETURNING " COLUMNS;

int
trainings_take_due(struct db *db, const char *artist, int every_sec,
                   struct trainings *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *gone = NULL;
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (gone = pg_query(tx, PG_NONE, err, give_up_sql, 1, P(artist))) ==
            NULL ||
        (r = pg_last(tx, PG_MANY, err, take_due_sql, 2,
                     P(artist, pg_int(every_sec).text))) == NULL)
        return -1;
    read_trainings(r, ret);
    return 0;
}
