/* A zip written in one pass; see zip.h. */
#include "dataset/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <libdeflate.h>
#include <string.h>
#include <zlib.h>

#include "base/hasher.h"
#include "base/mem.h"

struct zip {
    struct archive *archive;
    zip_sink *sink;
    void *ctx;
    struct err *err; /* of the call that runs; NULL between calls */
    struct hasher *hasher;
    int64_t bytes;
    int64_t left; /* bytes that the entry still wants; -1: no entry */
    bool closing; /* what is still written goes nowhere */
    char *block;  /* of the hasher, gathered bytes in it; NULL: none yet */
    size_t gathered;
};

/* ---- checksums ---- */

/*
 * libarchive sums each entry by zlib's crc32, which takes as long as SHA-256
 * does; libdeflate has the processor multiply without carry and takes a tenth.
 * A program's own definition goes before that of any library, so this is the
 * one that libarchive calls.
 */
uLong
crc32(uLong crc, const Bytef *data, uInt len)
{
    return libdeflate_crc32((uint32_t)crc, data, len);
}

/* ---- out ---- */

/* The hasher reads the block while the sink does. */
static int
flush(struct zip *z)
{
    size_t len = z->gathered;
    const char *block = z->block;

    if (len == 0)
        return 0;
    z->gathered = 0;
    z->block = NULL;
    z->bytes += (int64_t)len;
    hasher_put(z->hasher, len);
    return z->sink(z->ctx, block, len, z->err);
}

static char *
block_end(struct zip *z)
{
    if (z->block == NULL)
        z->block = hasher_block(z->hasher);
    return z->block + z->gathered;
}

void *
zip_room(struct zip *z, size_t *ret_room)
{
    *ret_room = HASHER_BLOCK - z->gathered;
    return block_end(z);
}

/* Whole blocks only: libarchive hands over headers in small pieces. What was
 * read to zip_room is in its place. */
static int
gather(struct zip *z, const char *data, size_t len)
{
    while (len > 0) {
        size_t n = HASHER_BLOCK - z->gathered;
        char *at = block_end(z);

        if (n > len)
            n = len;
        if (at != data)
            memcpy(at, data, n);
        z->gathered += n;
        data += n;
        len -= n;
        if (z->gathered == HASHER_BLOCK && flush(z) == -1)
            return -1;
    }
    return 0;
}

/* libarchive's write callback. The error is in z->err already. */
static la_ssize_t
on_write(struct archive *a, void *ctx, const void *data, size_t len)
{
    struct zip *z = ctx;

    (void)a;
    if (!z->closing && gather(z, data, len) == -1)
        return -1;
    return (la_ssize_t)len;
}

/* An error of libarchive's own, unless the sink had one. Always -1. */
static int
fail(struct zip *z, const char *step, struct err *err)
{
    const char *why = archive_error_string(z->archive);

    return err_set(err, ERR_INTERNAL, "zip: %s: %s", step,
                   why != NULL ? why : "unknown");
}

/* ---- open and close ---- */

static int
archive_setup(struct zip *z)
{
    return archive_write_set_format_zip(z->archive) == ARCHIVE_OK &&
                   archive_write_zip_set_compression_store(z->archive) ==
                       ARCHIVE_OK &&
                   archive_write_set_bytes_per_block(z->archive, 0) ==
                       ARCHIVE_OK &&
                   archive_write_open(z->archive, z, NULL, on_write, NULL) ==
                       ARCHIVE_OK
               ? 0
               : -1;
}

struct zip *
zip_open(zip_sink *sink, void *ctx, struct err *err)
{
    auto_zip struct zip *z = xcalloc(1, sizeof(*z));

    z->sink = sink;
    z->ctx = ctx;
    z->left = -1;
    z->hasher = hasher_open();
    z->archive = archive_write_new();
    if (z->archive == NULL) {
        err_set(err, ERR_INTERNAL, "zip: no memory");
        return NULL;
    }
    z->err = err;
    if (archive_setup(z) == -1) {
        fail(z, "open", err);
        return NULL;
    }
    z->err = NULL;
    return steal(&z);
}

void
zip_close(struct zip *z)
{
    struct err unused = ERR_INIT;

    if (z == NULL)
        return;
    z->err = &unused;
    if (z->archive != NULL) {
        /* Freed while it works, libarchive writes the directory: to nobody.
         * After archive_write_fail it would not, but leak its buffer. */
        z->closing = true;
        (void)archive_write_free(z->archive);
    }
    hasher_close(z->hasher);
    free(z);
}

/* ---- entries ---- */

static void
auto_entry_p(struct archive_entry **e)
{
    archive_entry_free(*e);
}

int
zip_begin(struct zip *z, const char *name, int64_t size, struct err *err)
{
    auto_cleanup(auto_entry_p) struct archive_entry *e = archive_entry_new();

    if (z->left != -1)
        return err_set(err, ERR_INTERNAL, "zip: an entry is still open");
    /* No time is set: libarchive then writes 1980-01-01 00:00, the format's
     * first moment, whatever the time zone. */
    archive_entry_set_pathname(e, name);
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_perm(e, 0644);
    archive_entry_set_size(e, size);
    z->err = err;
    if (archive_write_header(z->archive, e) != ARCHIVE_OK)
        return fail(z, name, err);
    z->left = size;
    return 0;
}

int
zip_write(struct zip *z, const void *data, size_t len, struct err *err)
{
    if ((int64_t)len > z->left)
        return err_set(err, ERR_INTERNAL, "zip: an entry is longer than said");
    z->err = err;
    if (len > 0 && archive_write_data(z->archive, data, len) != (la_ssize_t)len)
        return fail(z, "write", err);
    z->left -= (int64_t)len;
    return 0;
}

int
zip_end(struct zip *z, struct err *err)
{
    if (z->left != 0)
        return err_set(err, ERR_INTERNAL, "zip: an entry is shorter than said");
    z->err = err;
    if (archive_write_finish_entry(z->archive) != ARCHIVE_OK)
        return fail(z, "finish an entry", err);
    z->left = -1;
    return 0;
}

int
zip_add(struct zip *z, const char *name, const void *data, size_t len,
        struct err *err)
{
    if (zip_begin(z, name, (int64_t)len, err) == -1 ||
        zip_write(z, data, len, err) == -1)
        return -1;
    return zip_end(z, err);
}

int
zip_finish(struct zip *z, int64_t *ret_bytes, char ret_sha256[HASH_HEX_LEN + 1],
           struct err *err)
{
    z->err = err;
    if (archive_write_close(z->archive) != ARCHIVE_OK)
        return fail(z, "write the directory", err);
    if (flush(z) == -1)
        return -1;
    *ret_bytes = z->bytes;
    hasher_hex(z->hasher, ret_sha256);
    return 0;
}

/* ---- the size ahead ---- */

/*
 * What libarchive 3.6 writes for a stored entry of known size: a local header
 * with extra fields "UT" (5 bytes, empty) and "ux" (15), the data, and a
 * descriptor with the CRC; the same extra fields once more in the directory.
 */
#define MAX32 0xffffffffLL
#define LOCAL 30
#define EXTRA (5 + 15)
#define LOCAL64 20 /* both sizes once more, where one is over 4 GiB */
#define DESCRIPTOR 16
#define DESCRIPTOR64 24
#define CENTRAL 46
#define END 22
#define END64 (56 + 20) /* zip64 end record and its locator */

static int64_t
central_extra(int64_t size, int64_t offset)
{
    if (size <= MAX32 && offset <= MAX32)
        return 0;
    return 4 + (size >= MAX32 ? 16 : 0) + (offset >= MAX32 ? 8 : 0);
}

void
zip_size_add(struct zip_size *zs, const char *name, int64_t size)
{
    int64_t name_len = (int64_t)strlen(name);
    int64_t around = size > MAX32 ? LOCAL64 + DESCRIPTOR64 : DESCRIPTOR;

    zs->directory += CENTRAL + name_len + EXTRA + central_extra(size, zs->data);
    zs->data += LOCAL + name_len + EXTRA + size + around;
    zs->entries++;
}

int64_t
zip_size_total(const struct zip_size *zs)
{
    bool large =
        zs->directory > MAX32 || zs->data > MAX32 || zs->entries > 0xffff;

    return zs->data + zs->directory + (large ? END64 : 0) + END;
}
