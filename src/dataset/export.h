/*
 * Exports items to a zip in the store, in one pass: audio is read, hashed and
 * written as it comes. If nothing has to be cut, the zip's size is known before
 * its first byte. Files that the layout wants in another format are converted
 * before that, several at once, and kept for the next export. A failure leaves
 * nothing else behind.
 *
 * Of the database it only knows the kept conversions, and it knows nothing of
 * the client: the caller claims the artist before and marks the rows
 * afterwards.
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
    /* Conversions to be made first; those already kept are not counted. */
    size_t conversions_done, conversion_count;
};

struct export_job {
    struct store *store;
    const char *path;   /* of the zip; see store_path_dataset */
    const char *artist; /* the artist's name */
    /* For keeping conversions, and their artist. NULL: they are not kept, and
     * each is made when its item comes. */
    struct db *db;
    const char *artist_id;
    int converts;  /* at a time, in all exports of this program; at least 1 */
    int lease_sec; /* a conversion without news for so long is started again */
    const struct roll *roll;
    struct export_options opt;
    /* Called after each item, every few megabytes, and every tenth of a second
     * during conversions; or NULL. -1 with err ends the export. */
    int (*progress)(void *ctx, const struct export_progress *p,
                    struct err *err);
    /* Receives the CRC-32 of an item whose row lacks it, once the audio is
     * known to match the row; or NULL. */
    int (*learnt)(void *ctx, const struct item *it, uint32_t crc32,
                  struct err *err);
    void *ctx;
    json_object *blocks; /* an array that gets all objects that are lost or
                          * changed, as object_block words them; or NULL */
};

struct export_result {
    int64_t bytes;
    char sha256[HASH_HEX_LEN + 1];
};

/* The roll is walked several times: to measure, for the items, and for each
 * file about all of them. ERR_NOTHING_READY without items; ERR_DATASET_BLOCKED
 * if some items' audio is not what their rows say; ERR_CONFLICT if an item has
 * changed since an earlier walk; and errors of the roll, the store and the
 * audio, preceded by the item's number. */
int export_run(const struct export_job *job, struct export_result *ret,
               struct err *err);

/* The path of MANIFEST.json if it may not be inside the zip: next to it, as
 * "dataset-....manifest.json". The caller frees it. */
char *export_manifest_path(const char *path);
/* Remove everything that export_run made. */
int export_remove(struct store *store, const char *path, struct err *err);

#endif
