/*
 * A zip written in one pass; see zip.h. The format is PKWARE's APPNOTE 6.3:
 * section 4.3.7 is an entry's local header, 4.3.12 its place in the directory,
 * 4.3.14 to 4.3.16 the records at the end.
 */
#include "dataset/zip.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/crc.h"
#include "base/hasher.h"
#include "base/mem.h"

#define MAX16 0xffff
#define MAX32 0xffffffffLL
#define NEEDS 20              /* version 2.0 can read it */
#define NEEDS64 45            /* 4.5: zip64 */
#define MADE_BY (3 << 8)      /* Unix, so that the mode below is read */
#define MODE (0100644U << 16) /* a plain file, rw-r--r-- */
#define UTF8 0x0800           /* of the flags: the name's encoding */
#define DATE 0x21             /* 1980-01-01, the format's first day */
#define DIRECTORY_MAX (1UL << 30)

struct zip {
    zip_sink *sink;
    void *ctx;
    struct hasher *hasher;
    struct zip_size size; /* of what has been written or begun */
    struct buf directory;
    int64_t bytes;      /* that went out */
    int64_t left;       /* bytes that the entry still needs; -1: no entry */
    uint32_t said, crc; /* of the entry: as announced, and so far */
    char *block;        /* of the hasher, gathered bytes in it; NULL: none */
    size_t gathered;
};

/* ---- headers ---- */

struct head {
    uint8_t b[128];
    size_t len;
};

/* Numbers of a zip have their lowest byte first. */
static void
put(struct head *h, uint64_t n, int bytes)
{
    for (int i = 0; i < bytes; i++)
        h->b[h->len++] = (uint8_t)(n >> (8 * i));
}

static uint64_t
up_to_32(int64_t n)
{
    return n < MAX32 ? (uint64_t)n : MAX32;
}

/* The fields that the local header and the directory share. */
static void
put_common(struct head *h, size_t name_len, int64_t size, uint32_t crc,
           bool zip64, size_t extra)
{
    put(h, zip64 ? NEEDS64 : NEEDS, 2);
    put(h, UTF8, 2);
    put(h, 0, 2); /* stored */
    put(h, 0, 2); /* midnight */
    put(h, DATE, 2);
    put(h, crc, 4);
    put(h, up_to_32(size), 4); /* compressed and uncompressed size */
    put(h, up_to_32(size), 4);
    put(h, name_len, 2);
    put(h, extra, 2);
}

/* Without the name, which goes between the two. */
static void
local_header(size_t name_len, int64_t size, uint32_t crc, struct head *ret,
             struct head *ret_extra)
{
    bool zip64 = size >= MAX32;

    *ret = (struct head){0};
    *ret_extra = (struct head){0};
    if (zip64) {
        put(ret_extra, 1, 2);
        put(ret_extra, 16, 2);
        put(ret_extra, (uint64_t)size, 8);
        put(ret_extra, (uint64_t)size, 8);
    }
    put(ret, 0x04034b50, 4);
    put_common(ret, name_len, size, crc, zip64, ret_extra->len);
}

/* The same; offset: of the local header. */
static void
directory_header(size_t name_len, int64_t size, uint32_t crc, int64_t offset,
                 struct head *ret, struct head *ret_extra)
{
    bool zip64 = size >= MAX32 || offset >= MAX32;

    *ret = (struct head){0};
    *ret_extra = (struct head){0};
    if (zip64) {
        put(ret_extra, 1, 2);
        put(ret_extra, (size >= MAX32 ? 16U : 0U) + (offset >= MAX32 ? 8U : 0U),
            2);
        if (size >= MAX32) {
            put(ret_extra, (uint64_t)size, 8);
            put(ret_extra, (uint64_t)size, 8);
        }
        if (offset >= MAX32)
            put(ret_extra, (uint64_t)offset, 8);
    }
    put(ret, 0x02014b50, 4);
    put(ret, MADE_BY | (zip64 ? NEEDS64 : NEEDS), 2);
    put_common(ret, name_len, size, crc, zip64, ret_extra->len);
    put(ret, 0, 2); /* no comment */
    put(ret, 0, 2); /* the first disk */
    put(ret, 0, 2); /* no text to convert */
    put(ret, MODE, 4);
    put(ret, up_to_32(offset), 4);
}

/* Behind the directory. */
static void
end_header(const struct zip_size *zs, struct head *ret)
{
    uint64_t n = (uint64_t)zs->entries;
    bool zip64 = n >= MAX16 || zs->directory >= MAX32 || zs->data >= MAX32;

    *ret = (struct head){0};
    if (zip64) {
        put(ret, 0x06064b50, 4);
        put(ret, 44, 8); /* bytes that follow */
        put(ret, MADE_BY | NEEDS64, 2);
        put(ret, NEEDS64, 2);
        put(ret, 0, 8); /* the first disk, twice */
        put(ret, n, 8);
        put(ret, n, 8);
        put(ret, (uint64_t)zs->directory, 8);
        put(ret, (uint64_t)zs->data, 8);
        put(ret, 0x07064b50, 4); /* the offset of the record above */
        put(ret, 0, 4);
        put(ret, (uint64_t)(zs->data + zs->directory), 8);
        put(ret, 1, 4); /* disk in all */
    }
    put(ret, 0x06054b50, 4);
    put(ret, 0, 4); /* the first disk, twice */
    put(ret, n < MAX16 ? n : MAX16, 2);
    put(ret, n < MAX16 ? n : MAX16, 2);
    put(ret, up_to_32(zs->directory), 4);
    put(ret, up_to_32(zs->data), 4);
    put(ret, 0, 2); /* no comment */
}

/* ---- the size ahead ---- */

void
zip_size_add(struct zip_size *zs, const char *name, int64_t size)
{
    size_t name_len = strlen(name);
    struct head head, extra;

    directory_header(name_len, size, 0, zs->data, &head, &extra);
    zs->directory += (int64_t)(head.len + name_len + extra.len);
    local_header(name_len, size, 0, &head, &extra);
    zs->data += (int64_t)(head.len + name_len + extra.len) + size;
    zs->entries++;
}

int64_t
zip_size_total(const struct zip_size *zs)
{
    struct head end;

    end_header(zs, &end);
    return zs->data + zs->directory + (int64_t)end.len;
}

/* ---- out ---- */

/* The hasher reads the block while the sink does. */
static int
flush(struct zip *z, struct err *err)
{
    size_t len = z->gathered;
    const char *block = z->block;

    if (len == 0)
        return 0;
    z->gathered = 0;
    z->block = NULL;
    z->bytes += (int64_t)len;
    hasher_put(z->hasher, len);
    return z->sink(z->ctx, block, len, err);
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

/* Only whole blocks go out. Data that was read to zip_room is already in
 * place. */
static int
gather(struct zip *z, const void *bytes, size_t len, struct err *err)
{
    const char *data = bytes;

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
        if (z->gathered == HASHER_BLOCK && flush(z, err) == -1)
            return -1;
    }
    return 0;
}

/* ---- open and close ---- */

struct zip *
zip_open(zip_sink *sink, void *ctx)
{
    struct zip *z = xcalloc(1, sizeof(*z));

    z->sink = sink;
    z->ctx = ctx;
    z->left = -1;
    z->hasher = hasher_open();
    z->directory = BUF_INIT(DIRECTORY_MAX);
    return z;
}

void
zip_close(struct zip *z)
{
    if (z == NULL)
        return;
    buf_release(&z->directory);
    hasher_close(z->hasher);
    free(z);
}

/* ---- entries ---- */

static void
note_in_directory(struct zip *z, const char *name, int64_t size, uint32_t crc)
{
    size_t len = strlen(name);
    struct head head, extra;

    directory_header(len, size, crc, z->size.data, &head, &extra);
    buf_add(&z->directory, head.b, head.len);
    buf_add(&z->directory, name, len);
    buf_add(&z->directory, extra.b, extra.len);
}

int
zip_begin(struct zip *z, const char *name, int64_t size, uint32_t crc,
          struct err *err)
{
    size_t len = strlen(name);
    struct head head, extra;

    if (z->left != -1)
        return err_set(err, ERR_INTERNAL, "zip: an entry is still open");
    if (len > MAX16)
        return err_set(err, ERR_INTERNAL, "zip: a name of %zu bytes", len);
    note_in_directory(z, name, size, crc);
    if (z->directory.failed)
        return err_set(err, ERR_TOO_LARGE, "too many files for one zip");
    zip_size_add(&z->size, name, size);
    z->left = size;
    z->said = crc;
    z->crc = 0;
    local_header(len, size, crc, &head, &extra);
    if (gather(z, head.b, head.len, err) == -1 ||
        gather(z, name, len, err) == -1)
        return -1;
    return gather(z, extra.b, extra.len, err);
}

int
zip_write(struct zip *z, const void *data, size_t len, struct err *err)
{
    if ((int64_t)len > z->left)
        return err_set(err, ERR_INTERNAL, "zip: an entry is longer than said");
    z->left -= (int64_t)len;
    z->crc = crc_add(z->crc, data, len);
    return gather(z, data, len, err);
}

int
zip_end(struct zip *z, struct err *err)
{
    if (z->left != 0)
        return err_set(err, ERR_INTERNAL, "zip: an entry is shorter than said");
    z->left = -1;
    if (z->crc != z->said)
        return err_set(err, ERR_CONFLICT,
                       "zip: an entry's bytes are not those that were said");
    return 0;
}

int
zip_add(struct zip *z, const char *name, const void *data, size_t len,
        struct err *err)
{
    if (zip_begin(z, name, (int64_t)len, crc_add(0, data, len), err) == -1 ||
        zip_write(z, data, len, err) == -1)
        return -1;
    return zip_end(z, err);
}

int
zip_finish(struct zip *z, int64_t *ret_bytes, char ret_sha256[HASH_HEX_LEN + 1],
           struct err *err)
{
    struct head end;

    if (z->left != -1)
        return err_set(err, ERR_INTERNAL, "zip: an entry is still open");
    end_header(&z->size, &end);
    if (gather(z, buf_str(&z->directory), z->directory.len, err) == -1 ||
        gather(z, end.b, end.len, err) == -1 || flush(z, err) == -1)
        return -1;
    *ret_bytes = z->bytes;
    hasher_hex(z->hasher, ret_sha256);
    return 0;
}
