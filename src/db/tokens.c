/* Named API tokens, and browser sessions that use them; only their hashes are
 * stored: trainmode_tokens, page_sessions. */
#include "base/mem.h"
#include "db/pg.h"

#define COLUMNS                                                                \
    "k.id, k.name, k.artist_id, "                                              \
    "(SELECT slug FROM artists WHERE id = k.artist_id), "                      \
    "extract(epoch FROM k.created_at)::bigint, "                               \
    "extract(epoch FROM k.last_used_at)::bigint, "                             \
    "extract(epoch FROM k.revoked_at)::bigint"
#define ONE_FORM PG_ONE_FORM("$1") /* of a name */

static void
read_token(const struct rows *r, size_t i, struct token *ret)
{
    ret->id = rows_text(r, i, 0);
    ret->name = rows_text(r, i, 1);
    ret->artist_id = rows_text(r, i, 2);
    ret->artist_slug = rows_text(r, i, 3);
    ret->created_at = rows_int(r, i, 4);
    ret->last_used_at = rows_int(r, i, 5);
    ret->revoked_at = rows_int(r, i, 6);
}

void
token_release(struct token *t)
{
    free(t->id);
    free(t->name);
    free(t->artist_id);
    free(t->artist_slug);
    *t = (struct token){0};
}

void
tokens_release(struct tokens *ts)
{
    for (size_t i = 0; i < ts->n; i++)
        token_release(&ts->v[i]);
    free(ts->v);
    *ts = (struct tokens){0};
}

/* *ret_id is NULL if no slug is given. */
static int
find_artist(struct pg *tx, const char *slug, char **ret_id, struct err *err)
{
    auto_rows struct rows *r = NULL;

    if (slug == NULL)
        return 0;
    r = pg_query(tx, PG_MAYBE, err, "SELECT id FROM artists WHERE slug = $1", 1,
                 P(slug));
    if (r == NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_set(err, ERR_ARTIST_NOT_FOUND,
                       "there is no artist with the slug %s", slug);
    *ret_id = rows_text(r, 0, 0);
    return 0;
}

static const char add_sql[] =
    "INSERT INTO trainmode_tokens AS k (hash, artist_id, name) "
    "VALUES (decode($2, 'hex'), $3, " ONE_FORM ") "
    "ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING "
    "RETURNING " COLUMNS;

int
tokens_add(struct db *db, const char *name, const char *hash,
           const char *artist_slug, struct token *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_free char *artist = NULL;
    auto_rows struct rows *r = NULL;

    if (tx == NULL || find_artist(tx, artist_slug, &artist, err) == -1 ||
        (r = pg_last(tx, PG_MAYBE, err, add_sql, 3, P(name, hash, artist))) ==
            NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_set(err, ERR_CONFLICT,
                       "there is a token %s already; revoke it, or choose "
                       "another name",
                       name);
    read_token(r, 0, ret);
    return 0;
}

static const char list_sql[] = "SELECT " COLUMNS " "
                               "FROM trainmode_tokens k "
                               "ORDER BY k.created_at, k.id";

int
tokens_list(struct db *db, struct tokens *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MANY, err, list_sql, 0, NULL)) == NULL)
        return -1;
    ret->n = rows_count(r);
    ret->v = xcalloc(ret->n, sizeof(*ret->v));
    for (size_t i = 0; i < ret->n; i++)
        read_token(r, i, &ret->v[i]);
    return 0;
}

/* clang-format off */
static const char revoke_sql[] =
    "UPDATE trainmode_tokens SET revoked_at = now() "
    "WHERE " PG_ONE_FORM("name") " = " ONE_FORM " "
    "AND revoked_at IS NULL";
/* clang-format on */

int
tokens_revoke(struct db *db, const char *name, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_NONE, err, revoke_sql, 1, P(name))) == NULL)
        return -1;
    if (rows_changed(r) == 0)
        return err_field(err, "name",
                         "there is no token %s that could be "
                         "revoked",
                         name);
    return 0;
}

static const char find_sql[] =
    "WITH used AS ("
    "  UPDATE trainmode_tokens SET last_used_at = now() "
    "  WHERE hash = decode($1, 'hex') "
    "  AND revoked_at IS NULL "
    "  AND (last_used_at IS NULL "
    "    OR last_used_at < now() - interval '1 minute')) "
    "SELECT " COLUMNS " "
    "FROM trainmode_tokens k "
    "WHERE k.hash = decode($1, 'hex') "
    "AND k.revoked_at IS NULL";

int
tokens_find(struct db *db, const char *hash, struct token *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    /* To the minute, so that a request that only reads does not write each
     * time. */
    if (tx == NULL ||
        (r = pg_last(tx, PG_MAYBE, err, find_sql, 1, P(hash))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_set(err, ERR_UNAUTHENTICATED,
                       "this token is not known, or was revoked");
    read_token(r, 0, ret);
    return 0;
}

static const char session_add_sql[] =
    "WITH over AS ("
    "  DELETE FROM page_sessions WHERE expires_at < now()) "
    "INSERT INTO page_sessions (hash, token_id, expires_at) "
    "VALUES (decode($1, 'hex'), $2, "
    "  now() + $3::bigint * interval '1 second')";

int
token_session_add(struct db *db, const char *token_id, const char *hash,
                  int64_t seconds, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_NONE, err, session_add_sql, 3,
                     P(hash, token_id, pg_int(seconds).text))) == NULL)
        return -1;
    return 0;
}

static const char session_find_sql[] =
    "SELECT " COLUMNS ", extract(epoch FROM p.expires_at)::bigint "
    "FROM page_sessions p "
    "JOIN trainmode_tokens k ON k.id = p.token_id "
    "WHERE p.hash = decode($1, 'hex') "
    "AND p.expires_at > now() "
    "AND k.revoked_at IS NULL";

int
token_session_find(struct db *db, const char *hash, struct token *ret,
                   int64_t *ret_expires, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err, session_find_sql, 1, P(hash))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_set(err, ERR_UNAUTHENTICATED,
                       "this session is over; sign in again");
    read_token(r, 0, ret);
    *ret_expires = rows_int(r, 0, 7);
    return 0;
}

int
token_session_end(struct db *db, const char *hash, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_NONE, err,
                     "DELETE FROM page_sessions WHERE hash = decode($1, 'hex')",
                     1, P(hash))) == NULL)
        return -1;
    return 0;
}
