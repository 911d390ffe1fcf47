/*
 * An incoming file: written in pieces of any length, limited, hashed on the
 * way, and removed with its struct unless the store has taken it. It is on the
 * store's own disk, so a local store takes it by a rename.
 */
#ifndef STORE_SPOOL_H
#define STORE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/hasher.h"
#include "store/store.h"

struct spool {
    int fd;
    char *path;
    int64_t bytes;
    int64_t max;
    bool durable;
    bool linked;      /* the file existed already; only hash it */
    int64_t reserved; /* bytes of disk space already reserved */
    int64_t started;  /* bytes whose writing to disk was started already */
    struct hasher *hasher;
    char *block; /* the hasher's, with `gathered` bytes in it; NULL: none yet */
    size_t gathered;
    uint32_t crc32; /* both after spool_finish */
    char sha256[HASH_HEX_LEN + 1];
};

#define SPOOL_INIT ((struct spool){.fd = -1})

/* max in bytes; writing more fails with ERR_TOO_LARGE. */
int spool_open(struct store *store, int64_t max, struct spool *ret,
               struct err *err);
/* ctx is the spool; usable as an ingest_sink. */
int spool_write(void *ctx, const void *data, size_t len, struct err *err);
/* Spool everything that `read` returns, read straight into the buffer that is
 * written. read: number of bytes, 0 at the end, -1 with err set. */
typedef ssize_t spool_read(void *ctx, void *buf, size_t size, struct err *err);
int spool_fill(struct spool *sp, spool_read *read, void *ctx, struct err *err);
/* Take an existing file (nginx's spooled body) by a hard link, without copying;
 * copies if the file systems differ. The file itself is left alone. */
int spool_take(struct spool *sp, const char *file, struct err *err);
/* No more bytes: the hash is known, and the file can be read by its path. */
int spool_finish(struct spool *sp, struct err *err);
/* Closes it, and unlinks it if the store has not taken it. */
void spool_release(struct spool *sp);
#define auto_spool auto_cleanup(spool_release)

#endif
