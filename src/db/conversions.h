/*
 * audio_conversions: what an artist's audio becomes in another format, kept for
 * every export that wants it. One row for a source's bytes and a recipe, leased
 * while the file is made; it goes with the last item that has these bytes.
 *
 * All on our own behalf: whose the audio is was asked before.
 */
#ifndef DB_CONVERSIONS_H
#define DB_CONVERSIONS_H

#include "db/db.h"

struct conversion {
    char *id;    /* of the row; NULL: there is none */
    char *lease; /* ours while we make it, or NULL */
    char *path;  /* of the object; NULL: it is not made */
    int64_t bytes;
    uint32_t crc32;
    double duration_sec;
};
void conversion_release(struct conversion *c);
#define auto_conversion_row auto_cleanup(conversion_release)

/* Those of n sources: ret[i], which the caller has zeroed, is that of
 * sources[i] where it is made. */
int conversions_find(struct db *db, const char *artist, const char *recipe,
                     const char *const *sources, size_t n,
                     struct conversion *ret, struct err *err);
/* What is made, or a lease for whoever waits for it, away from whoever had one.
 * ret->id NULL where no item has this audio any more. */
int conversion_take(struct db *db, const char *artist, const char *source,
                    const char *recipe, int lease_sec, struct conversion *ret,
                    struct err *err);
/* A lease of the next audio that is no MP3 and lacks this one: of the next
 * artist after this one (NULL: the first), the oldest first. Of the item come
 * id, artist_id, audio_path and what its object is held against. ret->id NULL
 * where nothing waits. */
int conversion_take_next(struct db *db, const char *recipe, int lease_sec,
                         const char *after, struct item *ret_item,
                         struct conversion *ret, struct err *err);
/* Renew it. *ret_ours false where somebody else has it, or nobody wants it. */
int conversion_keep(struct db *db, const struct conversion *c, int lease_sec,
                    bool *ret_ours, struct err *err);
/* It is made, as c says. *ret_ours false as above: then no row speaks of the
 * object. */
int conversion_put(struct db *db, const struct conversion *c, bool *ret_ours,
                   struct err *err);
/* It cannot be made: not to be tried again by conversion_take_next. */
int conversion_fail(struct db *db, const struct conversion *c, const char *why,
                    struct err *err);
/* Not made; the next one may have it at once. */
int conversion_give_back(struct db *db, const struct conversion *c,
                         struct err *err);
/* Its object is not what the row says: it is to be made anew. */
int conversion_forget(struct db *db, const struct conversion *c,
                      struct err *err);

#endif
