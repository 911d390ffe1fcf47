/*
 * Rows that tests begin with. Each returned id is the caller's.
 */
#ifndef TESTS_DB_ROWS_H
#define TESTS_DB_ROWS_H

#include "db/db.h"

#define NOWHERE "00000000-0000-4000-8000-000000000000"

/* Hashes as two different files would have them. */
extern const char sha_one[], sha_two[];

char *some_artist(struct db *db);
void some_set(struct db *db, const char *artist, const char *parse_id);

void fill_audio(struct audio_facts *a, const char *sha, double sec);
/* A ready item with its own id; the caller releases it. */
void fill_item(struct item *it, const char *artist, const char *parse_id);
/* A saved one. */
char *save(struct db *db, const char *artist, const char *parse_id);
/* Have it failed, for this reason, however far it was. */
void fail_item(struct db *db, const char *id, const char *reason);

#endif
