/*
 * A file on its way in: written in pieces, limited, hashed as it passes, and
 * gone with its struct unless the store has taken it over.
 *
 * It lies on the store's own disk, so a local store takes it by a rename.
 */
#ifndef STORE_SPOOL_H
#define STORE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/hash.h"
#include "store/store.h"

struct spool {
    int fd;
    char *path;
    int64_t bytes;
    int64_t max;
    bool durable;
    int64_t started; /* bytes that the disk was told to write already */
    struct hash *hash;
    char sha256[HASH_HEX_LEN + 1]; /* after spool_finish */
};

#define SPOOL_INIT ((struct spool){.fd = -1})

/* max in bytes; past it writing fails with ERR_TOO_LARGE. */
int spool_open(struct store *store, int64_t max, struct spool *ret,
               struct err *err);
/* ctx is the spool; fits an ingest_sink. */
int spool_write(void *ctx, const void *data, size_t len, struct err *err);
/* Take a file that is there already (nginx's spooled body) by a hard link,
 * so that nothing is copied; by copying where the file systems differ. The
 * file itself is left alone. */
int spool_take(struct spool *sp, const char *file, struct err *err);
/* No more bytes: the hash is known and the file can be read by its path. */
void spool_finish(struct spool *sp);
/* Closes it, and unlinks what the store has not taken. */
void spool_release(struct spool *sp);
#define auto_spool auto_cleanup(spool_release)

#endif
