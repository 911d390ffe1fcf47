/* Files on their way in; see spool.h. */
#include "store/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define BLOCK 65536
#define WRITEBACK (1024 * 1024)

int
spool_open(struct store *store, int64_t max, struct spool *ret,
           struct err *err)
{
    *ret = SPOOL_INIT;
    ret->fd = store_spool(store, &ret->path, err);
    if (ret->fd == -1)
        return -1;
    ret->max = max;
    ret->durable = store_durable(store);
    ret->hash = hash_open();
    return 0;
}

/* Count and hash, refuse what is over the limit. */
static int
pass(struct spool *sp, const void *data, size_t len, struct err *err)
{
    sp->bytes += (int64_t)len;
    if (sp->bytes > sp->max)
        return err_set(err, ERR_TOO_LARGE,
                       "the file is larger than the %lld MB that are taken "
                       "here",
                       (long long)(sp->max >> 20));
    hash_add(sp->hash, data, len);
    return 0;
}

/* Have the disk begin with what came since the last time, so that it works
 * while the rest is still on its way: the sync at the end finds little left
 * to do. What goes wrong here goes wrong there too, and is told then. */
static void
start_writeback(struct spool *sp, int fd)
{
    if (sp->durable)
        (void)sync_file_range(fd, sp->started, 0, SYNC_FILE_RANGE_WRITE);
    sp->started = sp->bytes;
}

int
spool_write(void *ctx, const void *data, size_t len, struct err *err)
{
    struct spool *sp = ctx;
    const char *p = data;

    if (pass(sp, data, len, err) == -1)
        return -1;
    while (len > 0) {
        ssize_t put = write(sp->fd, p, len);

        if (put == -1 && errno == EINTR)
            continue;
        if (put == -1)
            return err_errno(err, ERR_STORAGE, "write to the spool");
        p += put;
        len -= (size_t)put;
    }
    if (sp->bytes - sp->started >= WRITEBACK)
        start_writeback(sp, sp->fd);
    return 0;
}

typedef int each_block(void *ctx, const void *data, size_t len,
                       struct err *err);

static int
pass_block(void *ctx, const void *data, size_t len, struct err *err)
{
    return pass(ctx, data, len, err);
}

static int
for_each_block(int fd, each_block *fn, void *ctx, struct err *err)
{
    auto_free char *block = malloc(BLOCK);
    ssize_t n;

    if (block == NULL)
        abort();
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    while ((n = read(fd, block, BLOCK)) != 0) {
        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1)
            return err_errno(err, ERR_STORAGE, "read the body's file");
        if (fn(ctx, block, (size_t)n, err) == -1)
            return -1;
    }
    return 0;
}

int
spool_take(struct spool *sp, const char *file, struct err *err)
{
    auto_fd int fd = open(file, O_RDONLY | O_CLOEXEC);

    if (fd == -1)
        return err_errno(err, ERR_INTERNAL, "open the body's file");
    /* The name must be free for the link; the descriptor is then useless. */
    if (unlink(sp->path) == 0 && link(file, sp->path) == 0) {
        start_writeback(sp, fd);
        return for_each_block(fd, pass_block, sp, err);
    }

    close(sp->fd);
    sp->fd = open(sp->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (sp->fd == -1)
        return err_errno(err, ERR_STORAGE, "make a spool file");
    return for_each_block(fd, spool_write, sp, err);
}

void
spool_finish(struct spool *sp)
{
    start_writeback(sp, sp->fd);
    hash_hex(sp->hash, sp->sha256);
}

void
spool_release(struct spool *sp)
{
    if (sp->fd != -1)
        close(sp->fd);
    if (sp->path != NULL)
        (void)unlink(sp->path); /* absent once the store took it */
    free(sp->path);
    if (sp->hash != NULL)
        hash_close(sp->hash);
    *sp = SPOOL_INIT;
}
