/*
 * What captions cost: sums over prompt_generations that a model wrote, and how
 * often an artist may ask on one day (caption_days).
 */
#ifndef DB_SPENDING_H
#define DB_SPENDING_H

#include "db/db.h"

struct spent {
    char month[8]; /* "2026-11"; "" for a sum that is of no month */
    long captions;
    int64_t tokens_in, tokens_out;
    double audio_sec;
    double cost;   /* of those whose price is known */
    long unpriced; /* captions whose price is not */
    int64_t ms;
};

#define SPENT_MONTHS 12 /* the last ones that had any, newest first */

struct spending {
    struct spent months[SPENT_MONTHS];
    size_t n;
    struct spent today;  /* since midnight, UTC */
    struct spent latest; /* the last 20 captions, to estimate by */
};

/* On behalf of whom this thread acts. ERR_ARTIST_NOT_FOUND. */
int spending_get(struct db *db, const char *artist, struct spending *ret,
                 struct err *err);
/* One more question of this artist's today, if it has had less than `limit`;
 * *ret_taken false where it has not. On our own behalf. */
int spending_take(struct db *db, const char *artist, int limit, bool *ret_taken,
                  struct err *err);
/* How many it has had today. */
int spending_today(struct db *db, const char *artist, long *ret,
                   struct err *err);

#endif
