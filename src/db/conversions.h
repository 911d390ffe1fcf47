/*
 * audio_conversions: an artist's audio in another format, kept for every export
 * that wants it. One row for a source's bytes and a recipe, leased while the
 * file is made; it is deleted with the last item that has these bytes. Always
 * on our own behalf: access to the audio was checked before.
 */
#ifndef DB_CONVERSIONS_H
#define DB_CONVERSIONS_H

#include "db/db.h"

struct conversion {
    char *id;    /* of the row; NULL: there is none */
    char *lease; /* ours while we make it, or NULL */
    char *path;  /* of the object; NULL: not made yet */
    int64_t bytes;
    uint32_t crc32;
    double duration_sec;
};
void conversion_release(struct conversion *c);
#define auto_conversion_row auto_cleanup(conversion_release)

/* Those of n sources: fills in ret[i], which the caller has zeroed, if the
 * conversion of sources[i] exists. */
int conversions_find(struct db *db, const char *artist, const char *recipe,
                     const char *const *sources, size_t n,
                     struct conversion *ret, struct err *err);
/* The finished conversion, or a lease for a caller that waits for it, taken
 * away from any previous holder. ret->id is NULL if no item has this audio any
 * more. */
int conversion_take(struct db *db, const char *artist, const char *source,
                    const char *recipe, int lease_sec, struct conversion *ret,
                    struct err *err);
/* Lease the next audio that is not MP3 and lacks this conversion: from the next
 * artist after this one (NULL: the first), the oldest first. Of the item, fills
 * in id, artist_id, audio_path and what its object is compared with. ret->id is
 * NULL if nothing waits. */
int conversion_take_next(struct db *db, const char *recipe, int lease_sec,
                         const char *after, struct item *ret_item,
                         struct conversion *ret, struct err *err);
/* Renew it. *ret_ours is false if somebody else has it, or nobody wants it. */
int conversion_keep(struct db *db, const struct conversion *c, int lease_sec,
                    bool *ret_ours, struct err *err);
/* It is made, as c says. *ret_ours is false as above: then no row refers to the
 * object. */
int conversion_put(struct db *db, const struct conversion *c, bool *ret_ours,
                   struct err *err);
/* It cannot be made: conversion_take_next will not try it again. */
int conversion_fail(struct db *db, const struct conversion *c, const char *why,
                    struct err *err);
/* Not made; anybody may take it at once. */
int conversion_give_back(struct db *db, const struct conversion *c,
                         struct err *err);
/* Its object does not match the row: it is to be made again. */
int conversion_forget(struct db *db, const struct conversion *c,
                      struct err *err);

#endif
