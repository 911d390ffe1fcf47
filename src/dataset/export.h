/*
 * From items to a zip in the store, in one pass: audio is read, hashed and
 * written as it comes, and where nothing has to be cut, the zip's size is known
 * before its first byte. Files that the layout wants in another format are made
 * before that, several at once, and kept for the next export. A failure leaves
 * nothing else behind.
 *
 * Of the database it knows what is kept, and of the client nothing: claiming
 * the artist before and marking the rows afterwards is the caller's.
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
    /* Conversions that have to be made first; no more than are not kept. */
    size_t conversions_done, conversion_count;
};

struct export_job {
    struct store *store;
    const char *path;   /* of the zip; see store_path_dataset */
    const char *artist; /* the artist's name */
    /* Where conversions are kept, and of whom; NULL: they are not, and each is
     * made as its item comes. */
    struct db *db;
    const char *artist_id;
    int converts;  /* at once, in all exports of this program; at least 1 */
    int lease_sec; /* after which a conversion of which nothing is heard is
                    * begun anew */
    const struct roll *roll;
    struct export_options opt;
    /* Called after each item, every few megabytes, and every tenth of a second
     * while files are converted; or NULL. -1 with err ends the export. */
    int (*progress)(void *ctx, const struct export_progress *p,
                    struct err *err);
    /* Told the CRC-32 of an item whose row lacks it, once it is known that
     * the audio is the row's; or NULL. */
    int (*learnt)(void *ctx, const struct item *it, uint32_t crc32,
                  struct err *err);
    void *ctx;
    json_object *blocks; /* an array that gets what is lost or changed, all of
                            it, as object_block words it; or NULL */
};

struct export_result {
    int64_t bytes;
    char sha256[HASH_HEX_LEN + 1];
};

/* The roll is called several times: to measure, for the items, for each file
 * about all of them. ERR_NOTHING_READY without items; ERR_DATASET_BLOCKED
 * where some items' audio is not what their rows say; ERR_CONFLICT where an
 * item is not what it was when it was called before; the roll's, the store's
 * and the audio's own errors, with the item's number in front. */
int export_run(const struct export_job *job, struct export_result *ret,
               struct err *err);

/* Where MANIFEST.json lies if it may not be inside the zip: beside it, as
 * "dataset-....manifest.json". The caller frees it. */
char *export_manifest_path(const char *path);
/* Remove all that export_run made. */
int export_remove(struct store *store, const char *path, struct err *err);

#endif
