/*
 * Two users and their things, and every question of db.h asked by one of them
 * about the other's: nothing seen, nothing changed. Tested twice: with our own
 * check (test_who) and with the database's alone (test_rls).
 */
#ifndef TESTS_DB_OWNERS_H
#define TESTS_DB_OWNERS_H

#include "cluster.h"

#define ANNA "aaaaaaaa-0000-4000-8000-00000000000a"
#define BERT "bbbbbbbb-0000-4000-8000-00000000000b"

/* One of everything, of one user. */
struct owned {
    const struct db_who *who;
    char *artist, *slug, *item, *queued, *generation, *dataset, *training;
    char *claim; /* of an export that runs */
    char parse_id[40], key[40], sha[65];
};

void owned_make(struct db *db, const struct db_who *who, const char *slug,
                struct owned *ret);
void owned_release(struct owned *o);
#define auto_owned auto_cleanup(owned_release)

/* The questions; each acts for `asks` and leaves us as ourselves. */
void owners_ask_by_id(struct db *db, const struct db_who *asks,
                      const struct owned *theirs);
void owners_ask_by_artist(struct db *db, const struct db_who *asks,
                          const struct owned *theirs);
void owners_mix(struct db *db, const struct owned *ours,
                const struct owned *theirs);
void owners_use(struct db *db, const struct owned *ours); /* all of it works */

/* A digest of all rows of an artist, in all tables. */
char *owners_digest(struct db *db, const char *artist);
/* All three above, asked by `ours` about `theirs`; not a row of theirs
 * changes. */
void owners_stay_apart(struct db *db, const struct owned *ours,
                       const struct owned *theirs);

#endif
