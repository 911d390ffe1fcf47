/*
 * Storage on this machine's disk: a bucket folder below STORE_DIR, sent by
 * nginx from an internal location. A file is written in the spool folder,
 * synced and renamed, so an object is whole or absent at any moment (new ones
 * that are put together get their names first, because nobody asks for them
 * yet). Folders are walked one segment at a time without following links, so
 * nothing that someone puts into the store leads out of it.
 *
 * Long, since a driver is read as one.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/driver.h"
#include "store/sign.h"
#include "store/spooldir.h"
#include "store/tree.h"

#define BLOCK 131072
/* Retries if a folder is removed while we use it. Each failed try means that
 * somebody else's removal succeeded, so a long series is only bad luck: with
 * eight threads, eight tries were seen to be too few. */
#define TRIES 1000

struct local {
    const struct conf *conf;
    int bucket; /* descriptor of the bucket's folder */
};

struct local_reader {
    int fd;
    int64_t left;
};

struct local_writer {
    struct local *local;
    char *path;
    char *temp; /* in the spool folder */
    int fd;
    int64_t left; /* -1: not announced */
};

static void
local_close(void *self)
{
    struct local *l = self;

    if (l->bucket != -1)
        close(l->bucket);
    free(l);
}

AUTO_DEFINE(auto_local_p, struct local *, local_close)

static void *
local_open(const struct conf *conf, struct err *err)
{
    auto_cleanup(auto_local_p) struct local *l = xcalloc(1, sizeof(*l));
    auto_free char *dir = xasprintf("%s/%s", conf->store_dir, STORE_BUCKET);

    l->conf = conf;
    l->bucket = -1;
    if (spooldir_make(dir, err) == -1)
        return NULL;
    l->bucket = open(dir, TREE_FLAGS);
    if (l->bucket == -1) {
        err_errno(err, ERR_STORAGE, "open the folder %s", dir);
        return NULL;
    }
    return steal(&l);
}

static int
local_ping(void *self, const char **ret_note, struct err *err)
{
    struct local *l = self;
    struct stat st;

    *ret_note = "the store's folder cannot be used";

    if (fstat(l->bucket, &st) == -1)
        return err_errno(err, ERR_STORAGE, "look at the store's folder");
    if (st.st_nlink == 0)
        return err_set(err, ERR_STORAGE, "the store's folder was removed");
    if (faccessat(l->bucket, ".", W_OK | X_OK, AT_EACCESS) == -1)
        return err_errno(err, ERR_STORAGE, "write to the store's folder");
    if (access(l->conf->spool_dir, W_OK | X_OK) == -1)
        return err_errno(err, ERR_STORAGE, "write to the spool folder");
    *ret_note = NULL;
    return 0;
}

static int
fail(struct err *err, const char *step)
{
    if (tree_is_missing(errno))
        return err_set(err, ERR_OBJECT_NOT_FOUND, STORE_MISSING);
    return err_errno(err, ERR_STORAGE, "%s", step);
}

/* Give a finished file its final name; durable: one that survives a power
 * failure. A folder may vanish between its opening and the rename, because
 * removing an item's last object removes the folder; then it is made again. -1
 * with errno. */
static int
move_in(struct local *l, const char *file, const char *path, bool durable)
{
    enum tree_mode mode = durable ? TREE_MAKE_DURABLE : TREE_MAKE;

    for (int i = 0; i < TRIES; i++) {
        const char *name;
        auto_fd int dir = tree_open(l->bucket, path, mode, &name);

        if (dir != -1 && renameat(AT_FDCWD, file, dir, name) == 0) {
            if (!durable || fsync(dir) == 0)
                return 0;
            (void)unlinkat(dir, name, 0); /* what may vanish must not show */
            return -1;
        }
        if (errno != ENOENT || access(file, F_OK) == -1)
            return -1;
        sched_yield();
    }
    return -1;
}

static int
local_remove(void *self, const char *path, struct err *err)
{
    struct local *l = self;
    const char *name;
    auto_fd int dir = tree_open(l->bucket, path, TREE_LOOK, &name);
    auto_free char *parent = NULL;
    const char *parent_name;
    auto_fd int above = -1;

    if (dir == -1)
        return tree_is_missing(errno)
                   ? 0
                   : err_errno(err, ERR_STORAGE, "open a folder");
    if (unlinkat(dir, name, 0) == -1)
        return errno == ENOENT ? 0 : err_errno(err, ERR_STORAGE, "unlink");
    if (l->conf->durable && fsync(dir) == -1)
        return err_errno(err, ERR_STORAGE, "sync a folder");

    /* An item's folder is removed with its last object; if it is not empty, or
     * already gone, nothing changes. */
    parent = xstrndup(path, (size_t)(name - path - 1));
    above = tree_open(l->bucket, parent, TREE_LOOK, &parent_name);
    if (above != -1)
        (void)unlinkat(above, parent_name, AT_REMOVEDIR);
    return 0;
}

/* ---- reading ---- */

static int
local_stat(void *self, const char *path, struct store_info *ret,
           struct err *err)
{
    struct local *l = self;
    const char *name;
    auto_fd int dir = tree_open(l->bucket, path, TREE_LOOK, &name);
    struct stat st;

    if (dir == -1 || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
        return fail(err, "stat");
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_OBJECT_NOT_FOUND, STORE_MISSING);
    ret->size = st.st_size;
    ret->modified = st.st_mtime;
    return 0;
}

static int
open_object(void *self, const char *path, struct err *err)
{
    struct local *l = self;
    const char *name;
    auto_fd int dir = tree_open(l->bucket, path, TREE_LOOK, &name);
    auto_fd int fd = -1;
    struct stat st;

    if (dir != -1)
        fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd == -1 || fstat(fd, &st) == -1)
        return fail(err, "open");
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_OBJECT_NOT_FOUND, STORE_MISSING);
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return steal_fd(&fd);
}

static void *
local_read_open(void *self, const char *path, int64_t from, int64_t len,
                int64_t *ret_size, struct err *err)
{
    auto_fd int fd = open_object(self, path, err);
    struct local_reader *r;
    struct stat st;

    if (fd == -1)
        return NULL;
    if (fstat(fd, &st) == -1 || lseek(fd, from, SEEK_SET) == -1) {
        err_errno(err, ERR_STORAGE, "find the place in the file");
        return NULL;
    }
    r = xcalloc(1, sizeof(*r));
    r->fd = steal_fd(&fd);
    r->left = len >= 0 ? len : st.st_size - from;
    *ret_size = r->left;
    return r;
}

static ssize_t
local_read(void *reader, void *buf, size_t size, struct err *err)
{
    struct local_reader *r = reader;
    ssize_t n;

    if ((int64_t)size > r->left)
        size = (size_t)r->left;
    do
        n = read(r->fd, buf, size);
    while (n == -1 && errno == EINTR);
    if (n == -1)
        return err_errno(err, ERR_STORAGE, "read");
    if (n == 0 && r->left > 0)
        return err_set(err, ERR_STORAGE, "the file became shorter while read");
    r->left -= n;
    return n;
}

static int
local_read_file(void *reader)
{
    struct local_reader *r = reader;

    return r->fd;
}

static void
local_read_close(void *reader)
{
    struct local_reader *r = reader;

    close(r->fd);
    free(r);
}

/* ---- writing ---- */

static void
local_write_abort(void *writer)
{
    struct local_writer *w = writer;

    if (w->fd != -1)
        close(w->fd);
    if (w->temp != NULL)
        (void)unlink(w->temp); /* absent once it was moved in */
    free(w->temp);
    free(w->path);
    free(w);
}

AUTO_DEFINE(auto_local_writer_p, struct local_writer *, local_write_abort)

/* Reserve the announced size: a full disk then fails before the work and not
 * after it, and later writes find their place without a search. If the file
 * system cannot reserve, skip it. */
static int
reserve(int fd, int64_t size, struct err *err)
{
    if (size > 0 && fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, size) == -1 &&
        errno == ENOSPC)
        return err_errno(err, ERR_STORAGE, "make room");
    return 0;
}

static void *
local_write_open(void *self, const char *path, const char *type, int64_t size,
                 struct err *err)
{
    struct local *l = self;
    auto_cleanup(auto_local_writer_p) struct local_writer *w =
        xcalloc(1, sizeof(*w));

    (void)type; /* nginx derives it from the name */
    w->local = l;
    w->path = xstrdup(path);
    w->left = size;
    w->fd = spooldir_file(l->conf->spool_dir, &w->temp, err);
    if (w->fd == -1 || reserve(w->fd, size, err) == -1)
        return NULL;
    return steal(&w);
}

static int
local_write(void *writer, const void *data, size_t len, struct err *err)
{
    struct local_writer *w = writer;

    if (w->left >= 0 && (int64_t)len > w->left)
        return err_set(err, ERR_STORAGE, "more bytes than were announced");
    if (spooldir_write(w->fd, data, len, err) == -1)
        return -1;
    if (w->left >= 0)
        w->left -= (int64_t)len;
    return 0;
}

static int
local_write_commit(void *writer, struct err *err)
{
    auto_cleanup(auto_local_writer_p) struct local_writer *w = writer;

    if (w->left > 0)
        return err_set(err, ERR_STORAGE, "fewer bytes than were announced");
    if (w->local->conf->durable && fsync(w->fd) == -1)
        return err_errno(err, ERR_STORAGE, "sync");
    if (close(steal_fd(&w->fd)) == -1)
        return err_errno(err, ERR_STORAGE, "close");
    if (move_in(w->local, w->temp, w->path, w->local->conf->durable) == -1)
        return err_errno(err, ERR_STORAGE, "rename into place");
    return 0;
}

/* A file from another file system: into the spool folder first. */
static int
copy_in(struct local *l, const char *path, int from, struct err *err)
{
    auto_cleanup(auto_local_writer_p) struct local_writer *w =
        local_write_open(l, path, NULL, -1, err);
    auto_free char *block = xmalloc(BLOCK);
    ssize_t n;

    if (w == NULL)
        return -1;
    while ((n = read(from, block, BLOCK)) != 0) {
        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1)
            return err_errno(err, ERR_STORAGE, "read the spool file");
        if (local_write(w, block, (size_t)n, err) == -1)
            return -1;
    }
    return local_write_commit(steal(&w), err);
}

static int
local_put_file(void *self, const char *path, const char *file, const char *type,
               struct err *err)
{
    struct local *l = self;
    auto_fd int fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

    (void)type;
    if (fd == -1)
        return err_errno(err, ERR_STORAGE, "open the spool file");
    if (l->conf->durable && fsync(fd) == -1)
        return err_errno(err, ERR_STORAGE, "sync");
    if (move_in(l, file, path, l->conf->durable) == 0)
        return 0;
    if (errno != EXDEV)
        return err_errno(err, ERR_STORAGE, "rename into place");
    if (copy_in(l, path, fd, err) == -1)
        return -1;
    (void)unlink(file); /* the sweeper removes it if this does not */
    return 0;
}

/* ---- several at once ---- */

/* A file gets its name before it is on the disk, which nobody can see. */
static int
put_early(struct local *l, const struct store_put *put, struct err *err)
{
    if (move_in(l, put->file, put->path, false) == 0)
        return 0;
    if (errno != EXDEV)
        return err_errno(err, ERR_STORAGE, "rename into place");
    return local_put_file(l, put->path, put->file, put->type, err);
}

static int
sync_object(struct local *l, const char *path, struct err *err)
{
    auto_fd int fd = open_object(l, path, err);

    if (fd == -1)
        return -1;
    return fsync(fd) == 0 ? 0 : err_errno(err, ERR_STORAGE, "sync");
}

/*
 * Names first, syncs afterwards: a file system with a journal commits names,
 * folders and files together at the first sync, and the others find little left
 * to wait for.
 */
static int
local_put_all(void *self, const struct store_put *puts, size_t n,
              struct err *err)
{
    struct local *l = self;

    for (size_t i = 0; i < n; i++)
        if (put_early(l, &puts[i], err) == -1)
            return -1;
    if (!l->conf->durable)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (sync_object(l, puts[i].path, err) == -1)
            return -1;
    for (size_t i = 0; i < n; i++)
        if (tree_sync(l->bucket, puts[i].path) == -1)
            return err_errno(err, ERR_STORAGE, "sync a folder");
    return 0;
}

/* ---- URLs ---- */

static int
local_sign(void *self, const char *path, int64_t expires, const char *base,
           char **ret_url, struct err *err)
{
    const struct local *l = self;

    (void)err;
    *ret_url = sign_url(l->conf->sign_key, base, path, expires);
    return 0;
}

static int
local_verify(void *self, const char *path, const char *expires,
             const char *signature, struct err *err)
{
    const struct local *l = self;

    return sign_check(l->conf->sign_key, path, expires, signature, err);
}

static char *
local_internal(void *self, const char *path)
{
    (void)self;
    return xasprintf("/.store/%s/%s", STORE_BUCKET, path);
}

/* ---- listing ---- */

static int
local_list(void *self, const char *prefix, store_visit *fn, void *ctx,
           struct err *err)
{
    struct local *l = self;
    const char *name;
    auto_fd int dir = tree_open(l->bucket, prefix, TREE_LOOK, &name);
    int fd = -1;

    if (dir != -1)
        fd = openat(dir, name[0] != '\0' ? name : ".", TREE_FLAGS);
    if (fd == -1)
        return tree_is_missing(errno)
                   ? 0
                   : err_errno(err, ERR_STORAGE, "open a folder");
    return tree_list(fd, prefix, fn, ctx, err);
}

const struct store_driver store_local = {
    .name = "local",
    .check = sign_key_read,
    .open = local_open,
    .close = local_close,
    .ping = local_ping,
    .put_file = local_put_file,
    .put_all = local_put_all,
    .remove = local_remove,
    .stat = local_stat,
    .read_open = local_read_open,
    .read = local_read,
    .read_close = local_read_close,
    .read_file = local_read_file,
    .write_open = local_write_open,
    .write = local_write,
    .write_commit = local_write_commit,
    .write_abort = local_write_abort,
    .sign = local_sign,
    .verify = local_verify,
    .internal = local_internal,
    .list = local_list,
};
