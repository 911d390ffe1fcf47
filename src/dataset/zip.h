/*
 * A zip written in one pass: entries are stored, not deflated (audio does not
 * get smaller), and go out through a sink as they come, counted and hashed on
 * the way. Memory stays flat except for the directory, some 70 bytes an entry.
 *
 * Size and CRC-32 are given before an entry's first byte and are in its local
 * header, so that readers of a stream (Java's ZipInputStream) accept it; zip
 * libraries defer the CRC until after the bytes.
 *
 * The same entries give the same bytes, anywhere and at any time: they contain
 * no clock, no time zone, no user and no library version.
 */
#ifndef DATASET_ZIP_H
#define DATASET_ZIP_H

#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/hash.h"

struct zip;

/* Takes the next bytes of the zip; -1 with err ends it. */
typedef int zip_sink(void *ctx, const void *data, size_t len, struct err *err);

struct zip *zip_open(zip_sink *sink, void *ctx);

/* One entry: its size and CRC-32 come first, then exactly that many bytes are
 * written (ERR_INTERNAL otherwise). name: UTF-8, at most 65,535 bytes. */
int zip_begin(struct zip *z, const char *name, int64_t size, uint32_t crc,
              struct err *err);
int zip_write(struct zip *z, const void *data, size_t len, struct err *err);
/* The best place to read the next bytes into, *ret_room (at least one) of them:
 * zip_write then need not copy them. Returns the same place until zip_write is
 * called. */
void *zip_room(struct zip *z, size_t *ret_room);
/* ERR_CONFLICT if the bytes have a different CRC-32 than announced: the zip is
 * void then, as after any failure. */
int zip_end(struct zip *z, struct err *err);
/* The three in one. */
int zip_add(struct zip *z, const char *name, const void *data, size_t len,
            struct err *err);

/* Write the directory. Afterwards the zip can only be closed. */
int zip_finish(struct zip *z, int64_t *ret_bytes,
               char ret_sha256[HASH_HEX_LEN + 1], struct err *err);
/* Without zip_finish nothing more is written. */
void zip_close(struct zip *z);
AUTO_DEFINE(auto_zip_p, struct zip *, zip_close)
#define auto_zip auto_cleanup(auto_zip_p)

/*
 * The exact size of a zip, from names and sizes alone; headers are measured by
 * the code that writes them, including zip64.
 */
struct zip_size {
    int64_t data;      /* bytes before the central directory */
    int64_t directory; /* bytes of the central directory */
    int64_t entries;
};

void zip_size_add(struct zip_size *zs, const char *name, int64_t size);
int64_t zip_size_total(const struct zip_size *zs);

#endif
