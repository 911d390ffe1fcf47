/* What captions cost; see spending.h. */
#include "db/spending.h"

#include <stdio.h>

#include "db/pg.h"

#define SUMS                                                                   \
    "count(*), coalesce(sum(tokens_in), 0), coalesce(sum(tokens_out), 0), "    \
    "coalesce(sum(audio_sec), 0), coalesce(sum(cost), 0), "                    \
    "count(*) FILTER (WHERE cost IS NULL), coalesce(sum(ms), 0)"
#define OF_MODEL "artist_id = $1 AND model_name <> 'template' "
#define TODAY "(now() AT TIME ZONE 'UTC')::date"

static void
read_sums(const struct rows *r, size_t i, int col, struct spent *ret)
{
    ret->captions = (long)rows_int(r, i, col);
    ret->tokens_in = rows_int(r, i, col + 1);
    ret->tokens_out = rows_int(r, i, col + 2);
    ret->audio_sec = rows_num(r, i, col + 3);
    ret->cost = rows_num(r, i, col + 4);
    ret->unpriced = (long)rows_int(r, i, col + 5);
    ret->ms = rows_int(r, i, col + 6);
}

/* clang-format off */
static const char read_months_sql[] =
    "SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM') m, " SUMS " "
    "FROM prompt_generations "
    "WHERE " OF_MODEL
    "GROUP BY m "
    "ORDER BY m DESC LIMIT $2";
/* clang-format on */

static int
read_months(struct pg *tx, const char *artist, struct spending *ret,
            struct err *err)
{
    auto_rows struct rows *r = pg_query(tx, PG_MANY, err, read_months_sql, 2,
                                        P(artist, pg_int(SPENT_MONTHS).text));

    if (r == NULL)
        return -1;
    ret->n = rows_count(r);
    for (size_t i = 0; i < ret->n; i++) {
        (void)snprintf(ret->months[i].month, sizeof(ret->months[i].month), "%s",
                       rows_peek(r, i, 0));
        read_sums(r, i, 1, &ret->months[i]);
    }
    return 0;
}

/* clang-format off */
static const char spent_today_sql[] =
    "SELECT " SUMS " "
    "FROM prompt_generations "
    "WHERE " OF_MODEL
    "AND created_at >= "
    "  date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'";
/* clang-format on */

/* clang-format off */
static const char spent_latest_sql[] =
    "SELECT " SUMS " "
    "FROM ("
    "  SELECT * "
    "  FROM prompt_generations "
    "  WHERE " OF_MODEL
    "  AND NOT of_windows "
    "  ORDER BY created_at DESC LIMIT 20) g";
/* clang-format on */

int
spending_get(struct db *db, const char *artist, struct spending *ret,
             struct err *err)
{
    auto_pg struct pg *tx = pg_begin_for(db, artist, err);
    auto_rows struct rows *today = NULL, *latest = NULL;

    *ret = (struct spending){0};
    if (tx == NULL || read_months(tx, artist, ret, err) == -1 ||
        (today = pg_query(tx, PG_ONE, err, spent_today_sql, 1, P(artist))) ==
            NULL ||
        (latest = pg_read(tx, PG_ONE, err, spent_latest_sql, 1, P(artist))) ==
            NULL)
        return -1;
    read_sums(today, 0, 0, &ret->today);
    read_sums(latest, 0, 0, &ret->latest);
    return 0;
}

/* $1 artist, $2 the most a day. */
static const char take_sql[] =
    "INSERT INTO caption_days AS d (artist_id, day, asked) "
    "VALUES ($1, " TODAY ", 1) "
    "ON CONFLICT (artist_id, day) DO UPDATE "
    "SET asked = d.asked + 1 "
    "WHERE d.asked < $2 "
    "RETURNING asked";

int
spending_take(struct db *db, const char *artist, int limit, bool *ret_taken,
              struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL || (r = pg_last(tx, PG_MAYBE, err, take_sql, 2,
                                   P(artist, pg_int(limit).text))) == NULL)
        return -1;
    *ret_taken = rows_count(r) == 1;
    return 0;
}

static const char today_sql[] = "SELECT asked "
                                "FROM caption_days "
                                "WHERE artist_id = $1 "
                                "AND day = " TODAY;

int
spending_today(struct db *db, const char *artist, long *ret, struct err *err)
{
    auto_pg struct pg *tx = pg_begin_self(db, err);
    auto_rows struct rows *r = NULL;

    if (tx == NULL ||
        (r = pg_read(tx, PG_MAYBE, err, today_sql, 1, P(artist))) == NULL)
        return -1;
    *ret = rows_count(r) == 1 ? (long)rows_int(r, 0, 0) : 0;
    return 0;
}
