/*
 * Ownership in four sentences, written down only here.
 *
 * 1. x_open/x_close manage things with a handle; x_init/x_release manage
 *    structs
 *    that we embed. x_free(NULL) is harmless. All releasers return void.
 * 2. A returned `const char *` is borrowed from the argument; the caller frees
 *    a returned `char *`.
 * 3. Outputs come last before `err`, are named `ret_*`, and are touched only
 *    on success.
 * 4. Locals that own something carry an `auto_*` attribute and start as NULL
 *    (or
 *    -1). To keep the value, steal it: `*ret_x = steal(&x)`.
 *
 * Each module that owns a type defines its own auto_* next to its releaser with
 * AUTO_DEFINE.
 */
#ifndef BASE_AUTO_H
#define BASE_AUTO_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define auto_cleanup(fn) __attribute__((cleanup(fn)))

/* A cleanup function `name` for pointers of `type`, released by `freer`. */
#define AUTO_DEFINE(name, type, freer)                                         \
    static inline void name(type *p)                                           \
    {                                                                          \
        if (*p != NULL)                                                        \
            freer(*p);                                                         \
    }

static inline void
auto_free_p(void *p)
{
    free(*(void **)p);
}
#define auto_free auto_cleanup(auto_free_p)

static inline void
auto_fd_p(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}
#define auto_fd auto_cleanup(auto_fd_p)

AUTO_DEFINE(auto_file_p, FILE *, fclose)
#define auto_file auto_cleanup(auto_file_p)

AUTO_DEFINE(auto_dir_p, DIR *, closedir)
#define auto_dir auto_cleanup(auto_dir_p)

/* The owner's value; the owner owns nothing afterwards. */
#define steal(p)                                                               \
    __extension__({                                                            \
        __typeof__(*(p)) stolen_ = *(p);                                       \
        *(p) = NULL;                                                           \
        stolen_;                                                               \
    })

static inline int
steal_fd(int *fd)
{
    int stolen = *fd;

    *fd = -1;
    return stolen;
}

#endif
