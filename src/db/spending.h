/*
 * The cost of captions: sums over prompt_generations that a model wrote, and
 * how often an artist may ask per day (caption_days).
 */
#ifndef DB_SPENDING_H
#define DB_SPENDING_H

#include "db/db.h"

struct spent {
    char month[8]; /* "2026-11"; "" for a sum that is not of one month */
    long captions;
    int64_t tokens_in, tokens_out;
    double audio_sec;
    double cost;   /* of captions whose price is known */
    long unpriced; /* captions whose price is unknown */
    int64_t ms;
};

#define SPENT_MONTHS 12 /* the latest ones that had any, newest first */

struct spending {
    struct spent months[SPENT_MONTHS];
    size_t n;
    struct spent today;  /* since midnight, UTC */
    struct spent latest; /* the last 20 captions, as a basis for estimates */
};

/* On behalf of the thread's user. ERR_ARTIST_NOT_FOUND. */
int spending_get(struct db *db, const char *artist, struct spending *ret,
                 struct err *err);
/* Count one more question of this artist today if there were fewer than
 * `limit`; otherwise *ret_taken is false. On our own behalf. */
int spending_take(struct db *db, const char *artist, int limit, bool *ret_taken,
                  struct err *err);
/* The number of questions today. */
int spending_today(struct db *db, const char *artist, long *ret,
                   struct err *err);

#endif
