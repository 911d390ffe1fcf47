/*
 * An item's audio in another format, as an object of its own that is kept for
 * every export (db/conversions.h): made by trainmode-convert into the spool,
 * put into the store, and only then spoken of by a row.
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
    /* Asked every tenth of a second: true ends it with ERR_BUSY. */
    bool (*stop)(void *ctx);
    void *ctx;
};

/*
 * Make what the lease *c is for. c->path is filled in unless somebody else has
 * the lease by now, or the audio is not as it was saved, which *ret_state says.
 * Errors are those of converter_run, of the store and of the database; none
 * leaves an object without its row but ERR_UNSURE, where nobody can tell.
 */
int conversion_make(const struct conversion_job *job, struct conversion *c,
                    enum object_state *ret_state, struct err *err);

/* What is kept, else made now. ret->path NULL where the audio is not as it was
 * saved. ERR_CONFLICT where the item is gone, or has other audio. */
int conversion_get(const struct conversion_job *job, struct conversion *ret,
                   enum object_state *ret_state, struct err *err);

/* The object, checked against its row. *ret_fd -1 where it is not what the row
 * says. */
int conversion_open(struct store *store, const struct conversion *c,
                    int *ret_fd, struct err *err);

#endif
