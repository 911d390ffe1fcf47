/*
 * From items to a zip in the store, in one pass: audio is read, hashed and
 * written as it comes, and where nothing has to be converted or cut, the zip's
 * size is known before its first byte. A failure leaves nothing behind.
 *
 * It knows neither the database nor the client: claiming the artist before
 * and marking the rows afterwards is the caller's.
 */
#ifndef DATASET_EXPORT_H
#define DATASET_EXPORT_H

#include "base/hash.h"
#include "dataset/manifest.h"
#include "dataset/roll.h"
#include "store/store.h"

struct export_progress {
    size_t items_done, item_count;
    int64_t bytes_done, bytes; /* of the items' audio */
};

struct export_job {
    struct store *store;
    const char *path;   /* of the zip; see store_path_dataset */
    const char *artist; /* the artist's name */
    const struct roll *roll;
    struct export_options opt;
    /* Called after each item and every few megabytes, or NULL; -1 with err
     * ends the export. */
    int (*progress)(void *ctx, const struct export_progress *p,
                    struct err *err);
    void *ctx;
};

struct export_result {
    int64_t bytes;
    char sha256[HASH_HEX_LEN + 1];
};

/* The roll is called several times: to measure, for the items, for each file
 * about all of them. ERR_NOTHING_READY without items; ERR_DATASET_BLOCKED
 * where an item's audio is not what its row says; ERR_CONFLICT where an item
 * is not what it was when it was called before; the roll's, the store's and
 * the audio's own errors, with the item's number in front. */
int export_run(const struct export_job *job, struct export_result *ret,
               struct err *err);

/* Where MANIFEST.json lies if it may not be inside the zip: beside it, as
 * "dataset-....manifest.json". The caller frees it. */
char *export_manifest_path(const char *path);
/* Remove all that export_run made. */
int export_remove(struct store *store, const char *path, struct err *err);

#endif
