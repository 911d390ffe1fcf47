/*
 * Connections and queries: the only place that calls libpq, and private to
 * this room. A transaction borrows a connection of the pool from pg_begin to
 * pg_end; every query goes by parameters (PQexecParams), so nothing depends
 * on session state and a transaction pooler may stand in between.
 *
 *     auto_pg struct pg *tx = pg_begin(db, err);
 *     auto_rows struct rows *r = NULL;
 *
 *     if (tx == NULL ||
 *         (r = pg_query(tx, PG_ONE, err, "SELECT ... $1", 1, P(id))) == NULL ||
 *         pg_commit(tx, err) == -1)
 *             return -1;
 *
 * What was not committed is rolled back by pg_end.
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
    PG_NONE,  /* no rows come back (they may be changed) */
    PG_ONE,   /* exactly one; anything else is ERR_INTERNAL */
    PG_MAYBE, /* none or one */
    PG_MANY,
};

/* ERR_DATABASE where no connection can be had within some seconds. */
struct pg *pg_begin(struct db *db, struct err *err);
int pg_commit(struct pg *tx, struct err *err);
void pg_end(struct pg *tx);
AUTO_DEFINE(auto_pg_p, struct pg *, pg_end)
#define auto_pg auto_cleanup(auto_pg_p)

/* Parameters are texts; NULL is SQL's NULL. NULL with err set on failure. */
struct rows *pg_query(struct pg *tx, enum pg_expect expect, struct err *err,
                      const char *sql, int n, const char *const *params);
#define P(...) ((const char *const[]){__VA_ARGS__})

/* The unique or check constraint that the last failed query ran into, or "";
 * the error is then ERR_CONFLICT and the caller words it. */
const char *pg_constraint(const struct pg *tx);

size_t rows_count(const struct rows *r);
size_t rows_changed(const struct rows *r); /* by INSERT, UPDATE, DELETE */
void rows_free(struct rows *r);
AUTO_DEFINE(auto_rows_p, struct rows *, rows_free)
#define auto_rows auto_cleanup(auto_rows_p)

/* Columns by number. Texts are the caller's, NULL stays NULL. */
char *rows_text(const struct rows *r, size_t row, int col);
const char *rows_peek(const struct rows *r, size_t row, int col); /* borrowed */
int64_t rows_int(const struct rows *r, size_t row, int col);      /* NULL: 0 */
double rows_num(const struct rows *r, size_t row, int col);       /* NULL: 0 */
bool rows_bool(const struct rows *r, size_t row, int col);
json_object *rows_json(const struct rows *r, size_t row, int col);

/* Numbers as parameters. */
struct pg_num {
    char text[32];
};
struct pg_num pg_int(int64_t n);
struct pg_num pg_double(double n);

/* Keyset cursors over (created_at, id): "microseconds.uuid". A NULL cursor
 * gives NULL parts. ERR_INVALID_FIELD "cursor" for anything else. */
struct cursor {
    char *micros, *id;
};
int cursor_parse(const char *text, struct cursor *ret, struct err *err);
void cursor_release(struct cursor *c);
#define auto_cursor auto_cleanup(cursor_release)

/* ERR_ARTIST_NOT_FOUND where there is none. */
int pg_need_artist(struct pg *tx, const char *artist, struct err *err);

#endif
