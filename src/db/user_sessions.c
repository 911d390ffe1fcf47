/* Browsers that users of the Supabase project signed in with; see db.h. */
#include "base/mem.h"
#include "db/pg.h"

static const char session_add_sql[] =
    "WITH over AS ("
    "  DELETE FROM user_sessions WHERE expires_at < now()) "
    "INSERT INTO user_sessions (hash, sealed, expires_at) "
    "VALUES (decode($1, 'hex'), $2, "
    "  now() + $3::bigint * interval '1 second')";

int
user_session_add(struct db *db, const char *hash, const char *sealed,
                 int64_t seconds, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_NONE, err, session_add_sql, 3,
                     P(hash, sealed, pg_int(seconds).text))) == NULL)
        return -1;
    return 0;
}

static const char session_find_sql[] = "SELECT sealed "
                                       "FROM user_sessions "
                                       "WHERE hash = decode($1, 'hex') "
                                       "AND expires_at > now()";

int
user_session_find(struct db *db, const char *hash, char **ret_sealed,
                  struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err, session_find_sql, 1, P(hash))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_set(err, ERR_UNAUTHENTICATED,
                       "this session is over; sign in again");
    *ret_sealed = rows_text(r, 0, 0);
    return 0;
}

static const char session_renew_sql[] =
    "UPDATE user_sessions "
    "SET sealed = $2, expires_at = now() + $3::bigint * interval '1 second' "
    "WHERE hash = decode($1, 'hex')";

int
user_session_renew(struct db *db, const char *hash, const char *sealed,
                   int64_t seconds, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_NONE, err, session_renew_sql, 3,
                     P(hash, sealed, pg_int(seconds).text))) == NULL)
        return -1;
    if (rows_changed(r) == 0)
        return err_set(err, ERR_UNAUTHENTICATED,
                       "this session has ended; sign in again");
    return 0;
}

int
user_session_end(struct db *db, const char *hash, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_NONE, err,
                     "DELETE FROM user_sessions WHERE hash = decode($1, 'hex')",
                     1, P(hash))) == NULL)
        return -1;
    return 0;
}
