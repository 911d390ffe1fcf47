/* The folder of incoming files; see spooldir.h. */
#include "store/spooldir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/mem.h"

int
spooldir_make(const char *dir, struct err *err)
{
    auto_free char *path = xstrdup(dir);

    for (char *p = path + 1;; p++) {
        char was = *p;

        if (was != '/' && was != '\0')
            continue;
        *p = '\0';
        if (mkdir(path, 0750) == -1 && errno != EEXIST)
            return err_errno(err, ERR_STORAGE, "make the folder %s", path);
        *p = was;
        if (was == '\0')
            return 0;
    }
}

int
spooldir_file(const char *dir, char **ret_path, struct err *err)
{
    auto_free char *path = xasprintf("%s/XXXXXX", dir);
    auto_fd int fd = mkostemp(path, O_CLOEXEC);

    if (fd == -1)
        return err_errno(err, ERR_STORAGE, "make a spool file");
    if (fchmod(fd, 0640) == -1) {
        (void)unlink(path);
        return err_errno(err, ERR_STORAGE, "make a spool file readable");
    }
    *ret_path = steal(&path);
    return steal_fd(&fd);
}

int
spooldir_write(int fd, const void *data, size_t len, struct err *err)
{
    const char *p = data;

    while (len > 0) {
        ssize_t n = write(fd, p, len);

        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1)
            return err_errno(err, ERR_STORAGE, "write a file of the spool");
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

/* 1 if the entry was an old file and is now removed. Another program may take
 * or remove it at any moment, so absence is not a failure. */
static int
sweep_one(int dir_fd, const char *name, int64_t before, struct err *err)
{
    struct stat st;

    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
        return errno == ENOENT
                   ? 0
                   : err_errno(err, ERR_STORAGE, "look at a spool file");
    if (!S_ISREG(st.st_mode) || st.st_mtime >= before)
        return 0;
    if (unlinkat(dir_fd, name, 0) == -1)
        return errno == ENOENT
                   ? 0
                   : err_errno(err, ERR_STORAGE, "remove a spool file");
    return 1;
}

int
spooldir_sweep(const char *dir, int64_t before, struct err *err)
{
    auto_dir DIR *d = opendir(dir);
    const struct dirent *entry;
    int removed = 0;

    if (d == NULL)
        return err_errno(err, ERR_STORAGE, "open the spool folder");
    while (errno = 0, (entry = readdir(d)) != NULL) {
        int n = sweep_one(dirfd(d), entry->d_name, before, err);

        if (n == -1)
            return -1;
        removed += n;
    }
    if (errno != 0)
        return err_errno(err, ERR_STORAGE, "read the spool folder");
    return removed;
}
