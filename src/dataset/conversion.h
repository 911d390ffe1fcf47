/*
 * An item's audio in another format, stored as an object that all exports share
 * (db/conversions.h): trainmode-convert makes it in the spool, it is put into
 * the store, and only then does a row refer to it.
 */
#ifndef DATASET_CONVERSION_H
#define DATASET_CONVERSION_H

#include "db/conversions.h"
#include "dataset/object.h"

struct conversion_job {
    struct db *db;
    struct store *store;
    const char *artist_id;
    const struct item *it; /* its id, audio_path and audio */
    const char *format;    /* "mp3" or "wav" */
    int lease_sec;
    bool low; /* nobody waits for it */
    /* Called every tenth of a second: true ends the conversion with
     * ERR_BUSY. */
    bool (*stop)(void *ctx);
    void *ctx;
};

/*
 * Make the file that the lease *c is for. Fills in c->path, unless somebody
 * else has the lease by now or the audio is not as it was saved (see
 * *ret_state). Errors are those of converter_run, the store and the database.
 * None leaves an object without its row, except ERR_UNSURE, if the outcome is
 * unknown.
 */
int conversion_make(const struct conversion_job *job, struct conversion *c,
                    enum object_state *ret_state, struct err *err);

/* Returns the stored conversion, or makes it. ret->path is NULL if the audio is
 * not as it was saved. ERR_CONFLICT if the item is gone or has other audio. */
int conversion_get(const struct conversion_job *job, struct conversion *ret,
                   enum object_state *ret_state, struct err *err);

/* The object, checked against its row. *ret_fd is -1 if it does not match. */
int conversion_open(struct store *store, const struct conversion *c,
                    int *ret_fd, struct err *err);

#endif
