/* Whether a transaction was committed, by its mark; see outcome.h. */
#include "db/outcome.h"

#include "base/clock.h"
#include "base/log.h"
#include "db/pg.h"

#define ASK_MS 15000 /* a crashed server is back within seconds */
#define PAUSE_MS 200

static const char mark_sql[] = "INSERT INTO commit_marks (id, done) "
                               "VALUES ($1, false) "
                               "ON CONFLICT (id) DO NOTHING";

static const char ask_sql[] = "SELECT done FROM commit_marks WHERE id = $1";

/* *ret_done: what the permanent mark says, whether theirs or ours. */
static int
ask_once(struct db *db, const char *mark, bool *ret_done, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *left = NULL;
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (left = pg_query(tx, PG_NONE, err, mark_sql, 1, P(mark))) == NULL ||
        (r = pg_query(tx, PG_ONE, err, ask_sql, 1, P(mark))) == NULL ||
        pg_commit_unmarked(tx, err) == -1)
        return -1;
    *ret_done = rows_bool(r, 0, 0);
    return 0;
}

int
outcome_find(struct db *db, const char *mark, struct err *err)
{
    int64_t until = clock_mono_ms() + ASK_MS;
    bool done = false;

    for (;;) {
        struct err why = ERR_INIT;

        if (ask_once(db, mark, &done, &why) == 0)
            break;
        if (clock_mono_ms() >= until)
            return err_set(err, ERR_UNSURE,
                           "no answer to COMMIT, and none to whether it was "
                           "done: %s",
                           why.msg);
        clock_nap(PAUSE_MS);
    }
    log_info("database: no answer to COMMIT, which was %s",
             done ? "done" : "not done");
    return done ? 0
                : err_set(err, ERR_DATABASE, "database: it was rolled back");
}

static const char marks_trim_sql[] =
    "DELETE FROM commit_marks "
    "WHERE made_at < now() - interval '1 hour'";

int
commit_marks_trim(struct db *db, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    return tx == NULL || (r = pg_last(tx, PG_NONE, err, marks_trim_sql, 0,
                                      NULL)) == NULL
               ? -1
               : 0;
}
