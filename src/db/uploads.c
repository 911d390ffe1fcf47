/* training_uploads: audio that waits for its save. */
#include "base/mem.h"
#include "db/pairing.h"
#include "db/pg.h"

#define IS_FRESH "created_at > now() - make_interval(secs => "

void
upload_release(struct upload *u)
{
    free(u->id);
    free(u->artist_id);
    free(u->path);
    free(u->sha256);
    json_object_put(u->analysis);
    *u = (struct upload){0};
}

static const char insert_sql[] =
    "INSERT INTO training_uploads (id, artist_id, path, sha256, analysis) "
    "VALUES ($1, $2, $3, $4, $5)";

int
upload_insert(struct db *db, const struct upload *u, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, u->artist_id, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_last(tx, PG_NONE, err, insert_sql, 5,
                                   P(u->id, u->artist_id, u->path, u->sha256,
                                     pg_json(u->analysis)))) == NULL)
        return -1;
    return 0;
}

static const char get_sql[] = "SELECT id, artist_id, path, sha256 "
                              "FROM training_uploads "
                              "WHERE id = $1 "
                              "AND artist_id = $2 "
                              "AND " IS_FRESH "$3)";

int
upload_get(struct db *db, const char *artist, const char *id,
           struct upload *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_MAYBE, err, get_sql, 3,
                     P(id, artist, pg_int(UPLOAD_SEC).text))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return err_set(err, ERR_UPLOAD_NOT_FOUND,
                       "there is no upload %s; an upload waits for a day, so "
                       "send the audio again",
                       id);
    ret->id = rows_text(r, 0, 0);
    ret->artist_id = rows_text(r, 0, 1);
    ret->path = rows_text(r, 0, 2);
    ret->sha256 = rows_text(r, 0, 3);
    return 0;
}

static const char analysis_sql[] = "SELECT analysis "
                                   "FROM training_uploads "
                                   "WHERE artist_id = $1 "
                                   "AND sha256 = $2 "
                                   "ORDER BY created_at DESC LIMIT 1";

int
upload_analysis(struct db *db, const char *artist, const char *sha256,
                json_object **ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_read(tx, PG_MAYBE, err, analysis_sql, 2,
                                   P(artist, sha256))) == NULL)
        return -1;
    *ret = rows_count(r) == 1 ? rows_json(r, 0, 0) : NULL;
    return 0;
}

static const char forget_sql[] = "DELETE FROM training_uploads "
                                 "WHERE NOT (" IS_FRESH "$1)) "
                                 "AND " PG_ASKED;

int
uploads_forget(struct db *db, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_last(tx, PG_NONE, err, forget_sql, 1,
                                   P(pg_int(UPLOAD_SEC).text))) == NULL)
        return -1;
    return 0;
}
