/*
 * Transactions and queries, private to this room. A transaction borrows a
 * connection of the pool from pg_begin to pg_end; every query uses parameters,
 * and nothing depends on session state, so that a transaction pooler may be in
 * between.
 *
 *     auto_pg struct pg *tx = pg_begin(db, err);
 *     auto_rows struct rows *r = NULL;
 *
 *     if (tx == NULL ||
 *         (r = pg_read(tx, PG_ONE, err, "SELECT ... $1", 1, P(id))) == NULL)
 *         return -1;
 *
 * pg_end rolls back what was not committed. BEGIN goes out with the first
 * query, and COMMIT with the query of pg_read or pg_again, so that is one
 * round trip. Any other change takes two: its results must arrive before
 * COMMIT goes out. If COMMIT's answer is lost, another connection asks what
 * became of it (outcome.h). So the return value is what happened; ERR_UNSURE
 * if even that cannot be found out in time, and then nothing may be undone.
 */
#ifndef DB_PG_H
#define DB_PG_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"
#include "db/db.h"

struct pg;   /* a transaction */
struct rows; /* a result */

enum pg_expect {
    PG_NONE,  /* no rows come back (the query may change some) */
    PG_ONE,   /* exactly one; anything else is ERR_INTERNAL */
    PG_MAYBE, /* none or one */
    PG_MANY,
};

/* On behalf of the thread's user. ERR_DATABASE if there is no connection within
 * some seconds. */
struct pg *pg_begin(struct db *db, struct err *err);
/* The same for one artist (borrowed until the first query): if the artist does
 * not exist, or is not theirs, the first query is ERR_ARTIST_NOT_FOUND and
 * nothing is changed. */
struct pg *pg_begin_for(struct db *db, const char *artist, struct err *err);
/* On our own behalf, whoever this thread acts for. */
struct pg *pg_begin_self(struct db *db, struct err *err);
/* Commit a transaction of several queries; pg_last and pg_read do it
 * themselves. */
int pg_commit(struct pg *tx, struct err *err);
/* For outcome.c, which may ask again: a lost answer is ERR_DATABASE. */
int pg_commit_unmarked(struct pg *tx, struct err *err);
void pg_end(struct pg *tx);
AUTO_DEFINE(auto_pg_p, struct pg *, pg_end)
#define auto_pg auto_cleanup(auto_pg_p)

/*
 * Parameters are texts; NULL is SQL's NULL. Returns NULL with err set on
 * failure. pg_query: more queries follow. pg_last: the last query, which is
 * committed (even if the number of rows is not as expected, which is a bug of
 * ours). pg_read: the same for a transaction that changes nothing. pg_again:
 * the same for one change that does no harm if it is made twice; a lost answer
 * is ERR_DATABASE. If a first query finds its connection dead, it is sent again
 * over a new one: without COMMIT it has no effect. A query that was undone
 * because of concurrent ones (deadlock, serialization) is retried too. Once
 * each; then, or if it was a later query, ERR_DATABASE or ERR_BUSY.
 */
struct rows *pg_query(struct pg *tx, enum pg_expect expect, struct err *err,
                      const char *sql, int n, const char *const *params);
struct rows *pg_last(struct pg *tx, enum pg_expect expect, struct err *err,
                     const char *sql, int n, const char *const *params);
struct rows *pg_read(struct pg *tx, enum pg_expect expect, struct err *err,
                     const char *sql, int n, const char *const *params);
struct rows *pg_again(struct pg *tx, enum pg_expect expect, struct err *err,
                      const char *sql, int n, const char *const *params);
#define P(...) ((const char *const[]){__VA_ARGS__})

size_t rows_count(const struct rows *r);
size_t rows_changed(const struct rows *r); /* by INSERT, UPDATE, DELETE */
void rows_free(struct rows *r);
AUTO_DEFINE(auto_rows_p, struct rows *, rows_free)
#define auto_rows auto_cleanup(auto_rows_p)

/* Columns by number. The caller frees texts; NULL stays NULL. */
char *rows_text(const struct rows *r, size_t row, int col);
const char *rows_peek(const struct rows *r, size_t row, int col); /* borrowed */
int64_t rows_int(const struct rows *r, size_t row, int col);      /* NULL: 0 */
double rows_num(const struct rows *r, size_t row, int col);       /* NULL: 0 */
bool rows_bool(const struct rows *r, size_t row, int col);
json_object *rows_json(const struct rows *r, size_t row, int col);

/* JSON as a parameter, borrowed from the value; NULL stays NULL. */
const char *pg_json(json_object *o);
/* Numbers as parameters. */
struct pg_num {
    char text[32];
};
struct pg_num pg_int(int64_t n);
struct pg_num pg_double(double n);

/* Keyset cursors over (created_at, id): "microseconds.uuid", the row after
 * which a page begins; "...~microseconds.uuid" also names the last row that it
 * may have, see ranges.c. A NULL cursor gives NULL parts. ERR_INVALID_FIELD
 * "cursor" for anything else. */
struct cursor {
    char *micros, *id;
    char *last_micros, *last_id; /* NULL: no last row */
};
int cursor_parse(const char *text, struct cursor *ret, struct err *err);
/* The cursor of the page after a row, with the same last row. */
char *cursor_after(const struct cursor *c, const char *micros, const char *id);
void cursor_release(struct cursor *c);
#define auto_cursor auto_cleanup(cursor_release)

/* A condition that is true, and tells the database
 * (sql/20261129090000_store_owner.sql) that a program of ours deletes the rows
 * because somebody asked for it, so the objects that they refer to go too. NOW:
 * at once instead of in an hour. */
#define PG_ASKED "set_config('trainmode.asked', 'on', true) = 'on' "
#define PG_ASKED_NOW "set_config('trainmode.asked', 'now', true) = 'now' "

/*
 * Names are stored as they came and compared in one Unicode form, by
 * PG_ONE_FORM (sql/20261129020200_names.sql), or by PG_FOLD ignoring case. The
 * server does it (well since version 13), so no program needs the tables.
 */
#define PG_ONE_FORM(name) "trainmode_nfc(" name ")"
#define PG_FOLD(name) "lower(trainmode_nfc(" name "))"

/*
 * Who owns a row: the one place that decides it. PG_OWNS takes the alias of an
 * artists row and is true if the row belongs to whom the transaction acts for;
 * PG_MINE takes an artist's id. Every query has one of them, or pg_begin_for,
 * or a row that was found with one. The settings are local to the transaction
 * (pg.c); without any, everything is ours.
 */
#define PG_OWNS(a)                                                             \
    "(coalesce(current_setting('trainmode.user', true), '') "                  \
    "IN ('', " a ".user_id::text) AND "                                        \
    "coalesce(current_setting('trainmode.artist', true), '') "                 \
    "IN ('', " a ".id::text)) "
#define PG_MINE(artist_id)                                                     \
    "EXISTS (SELECT FROM artists own WHERE own.id = " artist_id                \
    " AND " PG_OWNS("own") ") "

#endif
