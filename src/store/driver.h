/*
 * The contract of a storage driver. Only store.c names the drivers; everyone
 * else holds a `struct store *`.
 *
 * A driver may rely on this: every path has passed store.c's name check
 * (relative, no "..", no segment that begins with a dot), and outputs are never
 * NULL. It must guarantee this: all functions are thread-safe, except that a
 * reader or writer belongs to one thread. Errors are ERR_OBJECT_NOT_FOUND with
 * STORE_MISSING, ERR_DISK_FULL, ERR_TOO_LARGE if the storage has a limit of its
 * own, or ERR_STORAGE, which says which step failed (store.c adds the object).
 */
#ifndef STORE_DRIVER_H
#define STORE_DRIVER_H

#include "store/store.h"

#define STORE_MISSING "the storage holds no such file"
#define STORE_BUCKET "dawa-exports"

struct store_driver {
    const char *name; /* the value of STORAGE, and a word of its row in
                       * settings.c */

    /* The settings that it needs, held at start, and what it reads with them;
     * only if it is the one that STORAGE names. See base/setting.h. */
    void (*check)(struct conf *conf, struct buf *faults);

    /* Set up what is needed and check that it can be used. NULL on failure.
     * conf outlives the driver. */
    void *(*open)(const struct conf *conf, struct err *err);
    void (*close)(void *self);
    /* Is it there and usable? Must not list, nor write more than open has to.
     * *ret_note is NULL before the call; see store_ping. */
    int (*ping)(void *self, const char **ret_note, struct err *err);

    /* Store a finished file as the object, replacing one with that name; it
     * must be whole and durable on return. After 0 the file is gone, after -1
     * it still exists and no object was made. */
    int (*put_file)(void *self, const char *path, const char *file,
                    const char *type, struct err *err);
    /* n new objects that nobody reads meanwhile; after -1 the caller removes
     * those that exist. NULL if it is no better than one by one. */
    int (*put_all)(void *self, const struct store_put *puts, size_t n,
                   struct err *err);
    /* 0 if there is none. */
    int (*remove)(void *self, const char *path, struct err *err);
    /* The same for n objects, 1 to STORE_MANY; after -1 some may be gone. NULL
     * if it is no better than one by one. */
    int (*remove_all)(void *self, const char *const *paths, size_t n,
                      struct err *err);
    int (*stat)(void *self, const char *path, struct store_info *ret,
                struct err *err);

    /* The ledger to tell about uploads in pieces (borrowed for the driver's
     * life), and how to end one of them; see store.h. NULL if the driver has
     * none. */
    void (*keep_ledger)(void *self, const struct store_ledger *ledger);
    int (*end_upload)(void *self, const char *upload, struct err *err);

    /* The len bytes from `from` on, or (-1) all from there. NULL on failure.
     * ret_size: how many will come. */
    void *(*read_open)(void *self, const char *path, int64_t from, int64_t len,
                       int64_t *ret_size, struct err *err);
    /* Bytes read, 0 at the end; a truncated object is ERR_STORAGE. */
    ssize_t (*read)(void *reader, void *buf, size_t size, struct err *err);
    void (*read_close)(void *reader);
    /* A descriptor of the reader's object, still owned by the reader; NULL if
     * the driver has no files. */
    int (*read_file)(void *reader);

    /* size -1: unknown. Nothing is visible under the path before commit. */
    void *(*write_open)(void *self, const char *path, const char *type,
                        int64_t size, struct err *err);
    int (*write)(void *writer, const void *data, size_t len, struct err *err);
    /* Uses the writer up, even if it fails; then nothing is left. */
    int (*write_commit)(void *writer, struct err *err);
    void (*write_abort)(void *writer);

    /* An absolute URL whose path ends in the object's name. */
    int (*sign)(void *self, const char *path, int64_t expires, const char *base,
                char **ret_url, struct err *err);
    /* NULL if the storage checks its URLs itself. */
    int (*verify)(void *self, const char *path, const char *expires,
                  const char *signature, struct err *err);
    /* NULL if nginx cannot send the object by itself. */
    char *(*internal)(void *self, const char *path);

    /* Each object below prefix ("" or whole segments), in any order; returns -1
     * as soon as fn does. */
    int (*list)(void *self, const char *prefix, store_visit *fn, void *ctx,
                struct err *err);
};

/* By the driver that STORAGE names. */
void store_driver_check(struct conf *conf, struct buf *faults);

extern const struct store_driver store_local;
extern const struct store_driver store_supabase;

#endif
