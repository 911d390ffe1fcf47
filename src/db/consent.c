/* audio_consents; see consent.h. */
#include "db/consent.h"

#include <stdlib.h>

#include "db/pg.h"

void
consent_release(struct consent *c)
{
    free(c->host);
    *c = (struct consent){0};
}

static const char get_sql[] =
    "SELECT host, agreed, extract(epoch FROM decided_at)::bigint "
    "FROM audio_consents "
    "WHERE artist_id = $1";

int
consent_get(struct db *db, const char *artist, struct consent *ret,
            struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err, get_sql, 1, P(artist))) == NULL)
        return -1;
    if (rows_count(r) == 0)
        return 0;
    ret->host = rows_text(r, 0, 0);
    ret->agreed = rows_bool(r, 0, 1);
    ret->decided_at = rows_int(r, 0, 2);
    return 0;
}

static const char put_sql[] =
    "INSERT INTO audio_consents (artist_id, host, agreed) "
    "VALUES ($1, $2, $3) "
    "ON CONFLICT (artist_id) DO UPDATE "
    "SET host = $2, agreed = $3, decided_at = now()";

int
consent_put(struct db *db, const char *artist, const char *host, bool agreed,
            struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_last(tx, PG_NONE, err, put_sql, 3,
                     P(artist, host, agreed ? "t" : "f"))) == NULL)
        return -1;
    return 0;
}
