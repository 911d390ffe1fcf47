/* Folders below one root, walked without following links; see tree.h. */
#include "store/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

/* Make a folder that survives a power failure. */
static int
folder_make(int parent, const char *name, enum tree_mode mode)
{
    if (mkdirat(parent, name, 0750) == -1)
        return errno == EEXIST ? 0 : -1;
    return mode == TREE_MAKE_DURABLE ? fsync(parent) : 0;
}

/* Go from the open folder into the next one of the path, and take its name off
 * the path. -1 with errno. */
static int
descend(int *at, const char **path, enum tree_mode mode)
{
    const char *slash = strchr(*path, '/');
    auto_free char *name = xstrndup(*path, (size_t)(slash - *path));
    int next = openat(*at, name, TREE_FLAGS);

    if (next == -1 && errno == ENOENT && mode != TREE_LOOK &&
        folder_make(*at, name, mode) == 0)
        next = openat(*at, name, TREE_FLAGS);
    if (next == -1)
        return -1;
    close(*at);
    *at = next;
    *path = slash + 1;
    return 0;
}

int
tree_open(int root, const char *path, enum tree_mode mode,
          const char **ret_name)
{
    auto_fd int at = openat(root, ".", TREE_FLAGS);

    while (at != -1 && strchr(path, '/') != NULL)
        if (descend(&at, &path, mode) == -1)
            return -1;
    *ret_name = path;
    return steal_fd(&at);
}

int
tree_sync(int root, const char *path)
{
    auto_fd int at = openat(root, ".", TREE_FLAGS);

    while (at != -1 && fsync(at) == 0) {
        if (strchr(path, '/') == NULL)
            return 0;
        if (descend(&at, &path, TREE_LOOK) == -1)
            return -1;
    }
    return -1;
}

bool
tree_is_missing(int error)
{
    return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

static int
list_entry(int dir, const char *path, const char *name, store_visit *fn,
           void *ctx, struct err *err)
{
    auto_free char *full =
        xasprintf("%s%s%s", path, path[0] != '\0' ? "/" : "", name);
    struct store_info info;
    struct stat st;
    int fd;

    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
        return errno == ENOENT ? 0 : err_errno(err, ERR_STORAGE, "stat");
    if (S_ISREG(st.st_mode)) {
        info.size = st.st_size;
        info.modified = st.st_mtime;
        return fn(ctx, full, &info, err);
    }
    if (!S_ISDIR(st.st_mode))
        return 0;
    fd = openat(dir, name, TREE_FLAGS);
    if (fd == -1)
        return tree_is_missing(errno) ? 0 : err_errno(err, ERR_STORAGE, "open");
    return tree_list(fd, full, fn, ctx, err);
}

int
tree_list(int fd, const char *path, store_visit *fn, void *ctx, struct err *err)
{
    auto_dir DIR *d = fdopendir(fd);
    const struct dirent *entry;

    if (d == NULL) {
        close(fd);
        return err_errno(err, ERR_STORAGE, "list a folder");
    }
    while (errno = 0, (entry = readdir(d)) != NULL)
        if (entry->d_name[0] != '.' &&
            list_entry(dirfd(d), path, entry->d_name, fn, ctx, err) == -1)
            return -1;
    if (errno != 0)
        return err_errno(err, ERR_STORAGE, "list a folder");
    return 0;
}
