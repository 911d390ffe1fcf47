/*
 * store_intents, store_uploads, store_owner, store_slugs: who owns the store,
 * and which of its objects are ours to remove. Always on our own behalf:
 * another user's objects must not be swept away either.
 */
#ifndef DB_OBJECTS_H
#define DB_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strs.h"
#include "db/db.h"

/* This database's own id, a UUID; the caller frees it. */
int store_owner_id(struct db *db, char **ret, struct err *err);

/* Record names before anything is written under them. *ret_busy: one of them is
 * being removed just now; ask again soon. */
int objects_begin(struct db *db, const char *const *paths, size_t n,
                  bool *ret_busy, struct err *err);
/* An object that was to be removed is gone. */
int objects_end(struct db *db, const char *path, struct err *err);

struct due {
    char *path;
    bool known; /* a row refers to it: it stays */
};
struct dues {
    struct due *v;
    size_t n;
};
void dues_release(struct dues *ds);
#define auto_dues auto_cleanup(dues_release)

/* Take what is due, at most `limit`: nobody else gets it for ten minutes.
 * doubtful: including what no program of ours released. */
int objects_take(struct db *db, bool doubtful, size_t limit, struct dues *ret,
                 struct err *err);
/* The objects of objects_take that no row refers to, the oldest first, without
 * taking them. *ret_doubtful: how many of all of them no program of ours
 * released; *ret_all: the number of all known objects. */
int objects_look(struct db *db, size_t limit, struct dues *ret,
                 long *ret_doubtful, long *ret_all, struct err *err);

/* ---- resumable uploads, by the storage's own name for them ---- */

/* Record an upload, or that it continues: it is due an hour from now. */
int store_upload_goes(struct db *db, const char *path, const char *name,
                      struct err *err);
/* It is finished, or was ended. */
int store_upload_over(struct db *db, const char *name, struct err *err);
/* Take the names of at most `limit` that are due: nobody else gets them for an
 * hour. Forgets those that the storage has cleared away itself (after a
 * day). */
int store_uploads_take(struct db *db, size_t limit, struct strs *ret,
                       struct err *err);
/* Paths of those that are due, without taking them. */
int store_uploads_look(struct db *db, struct strs *ret, struct err *err);

/* Does any row or intent refer to the object? */
int object_ours(struct db *db, const char *path, bool *ret, struct err *err);

/* Slugs that wait to be released, and under which there are no intents. */
int slugs_waiting(struct db *db, struct strs *ret, struct err *err);
/* Whether the slug waits to be released. */
int slug_waits(struct db *db, const char *slug, bool *ret, struct err *err);
int slug_free(struct db *db, const char *slug, struct err *err);
/* Do not assign the slug, because there are objects under it. */
int slug_keep(struct db *db, const char *slug, struct err *err);

#endif
