/* Incoming files; see spool.h. */
#include "store/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/crc.h"
#include "store/spooldir.h"

#define WRITEBACK (1024 * 1024)
#define AHEAD (8 * 1024 * 1024)

int
spool_open(struct store *store, int64_t max, struct spool *ret, struct err *err)
{
    *ret = SPOOL_INIT;
    ret->fd = store_spool(store, &ret->path, err);
    if (ret->fd == -1)
        return -1;
    ret->max = max;
    ret->durable = store_durable(store);
    ret->hasher = hasher_open();
    return 0;
}

/* Let the disk begin with what came since the last time, so that it works while
 * the rest is still arriving, and the sync at the end finds little left to do.
 * Errors here occur there too, and are reported then. */
static void
start_writeback(struct spool *sp, int fd)
{
    if (sp->durable)
        (void)sync_file_range(fd, sp->started, 0, SYNC_FILE_RANGE_WRITE);
    sp->started = sp->bytes;
}

/* Reserve the next megabytes at once: if a file system allocates block by
 * block, writing takes a third longer. If it cannot, the write itself reports
 * it. */
static void
reserve(struct spool *sp)
{
    if (sp->bytes <= sp->reserved)
        return;
    (void)fallocate(sp->fd, FALLOC_FL_KEEP_SIZE, sp->reserved, AHEAD);
    sp->reserved += AHEAD;
}

/* The hasher reads the block while it is written. */
static int
flush(struct spool *sp, struct err *err)
{
    const char *block = sp->block;
    size_t len = sp->gathered;

    if (len == 0)
        return 0;
    sp->block = NULL;
    sp->gathered = 0;
    hasher_put(sp->hasher, len);
    sp->crc32 = crc_add(sp->crc32, block, len);
    if (sp->linked)
        return 0;
    if (len == HASHER_BLOCK)
        reserve(sp);
    if (spooldir_write(sp->fd, block, len, err) == -1)
        return -1;
    if (sp->bytes - sp->started >= WRITEBACK)
        start_writeback(sp, sp->fd);
    return 0;
}

/* The place of the next bytes: at least one, at most *ret_room. */
static char *
room(struct spool *sp, size_t *ret_room)
{
    if (sp->block == NULL)
        sp->block = hasher_block(sp->hasher);
    *ret_room = HASHER_BLOCK - sp->gathered;
    return sp->block + sp->gathered;
}

/* That many have arrived. Only whole blocks are written: pieces that begin and
 * end anywhere cost a file system half as much again. */
static int
add(struct spool *sp, size_t len, struct err *err)
{
    sp->gathered += len;
    sp->bytes += (int64_t)len;
    if (sp->bytes > sp->max)
        return err_set(err, ERR_TOO_LARGE,
                       "the file is larger than the %lld MB that this "
                       "server takes; send a shorter one, or MP3 or FLAC",
                       (long long)(sp->max >> 20));
    return sp->gathered == HASHER_BLOCK ? flush(sp, err) : 0;
}

int
spool_write(void *ctx, const void *data, size_t len, struct err *err)
{
    struct spool *sp = ctx;
    const char *p = data;

    while (len > 0) {
        size_t n;
        char *to = room(sp, &n);

        if (n > len)
            n = len;
        memcpy(to, p, n);
        p += n;
        len -= n;
        if (add(sp, n, err) == -1)
            return -1;
    }
    return 0;
}

int
spool_fill(struct spool *sp, spool_read *read, void *ctx, struct err *err)
{
    ssize_t n;

    do {
        size_t size;
        char *to = room(sp, &size);

        n = read(ctx, to, size, err);
        if (n > 0 && add(sp, (size_t)n, err) == -1)
            return -1;
    } while (n > 0);
    return (int)n;
}

static ssize_t
file_read(void *fd, void *buf, size_t size, struct err *err)
{
    ssize_t n;

    while ((n = read(*(const int *)fd, buf, size)) == -1 && errno == EINTR)
        continue;
    return n == -1 ? err_errno(err, ERR_STORAGE, "read the body's file") : n;
}

static int
take_all(struct spool *sp, int fd, struct err *err)
{
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return spool_fill(sp, file_read, &fd, err);
}

int
spool_take(struct spool *sp, const char *file, struct err *err)
{
    auto_fd int fd = open(file, O_RDONLY | O_CLOEXEC);

    if (fd == -1)
        return err_errno(err, ERR_INTERNAL, "open the body's file");
    /* The name must be free for the link; the descriptor is then useless. */
    if (unlink(sp->path) == 0 && link(file, sp->path) == 0) {
        sp->linked = true;
        start_writeback(sp, fd);
        return take_all(sp, fd, err);
    }

    close(sp->fd);
    sp->fd = open(sp->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (sp->fd == -1)
        return err_errno(err, ERR_STORAGE, "make a spool file");
    return take_all(sp, fd, err);
}

int
spool_finish(struct spool *sp, struct err *err)
{
    if (flush(sp, err) == -1)
        return -1;
    if (sp->reserved > sp->bytes && ftruncate(sp->fd, sp->bytes) == -1)
        return err_errno(err, ERR_STORAGE, "give back what was reserved");
    if (!sp->linked)
        start_writeback(sp, sp->fd);
    hasher_hex(sp->hasher, sp->sha256);
    return 0;
}

void
spool_release(struct spool *sp)
{
    if (sp->fd != -1)
        close(sp->fd);
    if (sp->path != NULL)
        (void)unlink(sp->path); /* absent once the store took it */
    free(sp->path);
    hasher_close(sp->hasher);
    *sp = SPOOL_INIT;
}
