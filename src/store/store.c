/*
 * Storage as callers see it: names are checked here, errors get the object's
 * name here, and the driver is chosen here, once for all drivers.
 *
 * Long, since each function of store.h has its few lines of checking here.
 */
#include "store/store.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/driver.h"
#include "store/path.h"
#include "store/spooldir.h"

#define BLOCK 131072

struct store {
    const struct store_driver *driver;
    void *self;
    char *spool_dir;
    bool durable;
    struct store_ledger ledger;
};

struct store_reader {
    const struct store_driver *driver;
    void *at;
    char *path;
};

struct store_writer {
    const struct store_driver *driver;
    void *at;
    char *path;
};

static const struct store_driver *const drivers[] = {&store_local,
                                                     &store_supabase};

/* ---- open and close ---- */

static const struct store_driver *
driver_find(const char *name)
{
    for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
        if (strcmp(drivers[i]->name, name) == 0)
            return drivers[i];
    return NULL;
}

void
store_driver_check(struct conf *conf, struct buf *faults)
{
    const struct store_driver *driver = driver_find(conf->storage);

    if (driver != NULL)
        driver->check(conf, faults);
}

struct store *
store_open(const struct conf *conf, struct err *err)
{
    auto_store struct store *store = xcalloc(1, sizeof(*store));

    store->driver = driver_find(conf->storage);
    if (store->driver == NULL) {
        err_set(err, ERR_STORAGE, "STORAGE=%s is not built into this version",
                conf->storage);
        return NULL;
    }
    store->spool_dir = xstrdup(conf->spool_dir);
    store->durable = conf->durable;
    if (spooldir_make(store->spool_dir, err) == -1)
        return NULL;
    store->self = store->driver->open(conf, err);
    if (store->self == NULL)
        return NULL;
    return steal(&store);
}

void
store_close(struct store *store)
{
    if (store == NULL)
        return;
    if (store->self != NULL)
        store->driver->close(store->self);
    free(store->spool_dir);
    free(store);
}

bool
store_durable(const struct store *store)
{
    return store->durable;
}

int
store_ping(struct store *store, const char **ret_note, struct err *err)
{
    *ret_note = NULL;
    return store->driver->ping(store->self, ret_note, err);
}

/* ---- names ---- */

/* Reading a bad name means that there is no such object; writing one that we
 * made is our fault. */
static int
check_read(const char *path, struct err *err)
{
    if (path_valid(path))
        return 0;
    return err_set(err, ERR_OBJECT_NOT_FOUND, STORE_MISSING);
}

static int
check_write(const char *path, struct err *err)
{
    if (path_valid(path))
        return 0;
    return err_set(err, ERR_INTERNAL, "\"%.80s\" cannot name an object", path);
}

/* Name the object, except to a client, who knows it. */
static int
fail(struct err *err, const char *verb, const char *path)
{
    if (err->code != ERR_OBJECT_NOT_FOUND && err->code != ERR_TOO_LARGE)
        err_wrap(err, "%s %s", verb, path);
    return -1;
}

/* ---- the ledger ---- */

void
store_keep_ledger(struct store *store, const struct store_ledger *ledger)
{
    store->ledger = *ledger;
    if (store->driver->keep_ledger != NULL)
        store->driver->keep_ledger(store->self, &store->ledger);
}

static int
note(struct store *store, const char *const *paths, size_t n, struct err *err)
{
    if (store->ledger.begin == NULL)
        return 0;
    return store->ledger.begin(store->ledger.ctx, paths, n, err);
}

/* ---- the owner: one object whose name no other can have ---- */

#define OWNER "artists/.trainmode-owner"

/* *ret has room for one byte more than size. */
static int
read_small(struct store *store, const char *path, char *ret, size_t size,
           struct err *err)
{
    const struct store_driver *driver = store->driver;
    int64_t left;
    void *r = driver->read_open(store->self, path, 0, -1, &left, err);
    size_t got = 0;
    ssize_t n = 1;

    if (r == NULL)
        return -1;
    while (n > 0 && got < size) {
        n = driver->read(r, ret + got, size - got, err);
        got += n > 0 ? (size_t)n : 0;
    }
    driver->read_close(r);
    ret[got] = '\0';
    return n == -1 ? -1 : 0;
}

int
store_owner(struct store *store, char **ret_id, struct err *err)
{
    char text[64];

    *ret_id = NULL;
    if (read_small(store, OWNER, text, sizeof(text) - 1, err) == -1) {
        if (err->code != ERR_OBJECT_NOT_FOUND)
            return fail(err, "read", OWNER);
        err_clear(err);
        return 0;
    }
    text[strcspn(text, "\r\n")] = '\0';
    *ret_id = xstrdup(text);
    return 0;
}

int
store_own(struct store *store, const char *id, struct err *err)
{
    const struct store_driver *driver = store->driver;
    size_t len = strlen(id);
    void *w =
        driver->write_open(store->self, OWNER, STORE_TEXT, (int64_t)len, err);

    if (w == NULL)
        return fail(err, "write", OWNER);
    if (driver->write(w, id, len, err) == -1) {
        driver->write_abort(w);
        return fail(err, "write", OWNER);
    }
    if (driver->write_commit(w, err) == -1)
        return fail(err, "write", OWNER);
    return 0;
}

/* ---- spool ---- */

int
store_spool(struct store *store, char **ret_path, struct err *err)
{
    return spooldir_file(store->spool_dir, ret_path, err);
}

int
store_sweep_spool(struct store *store, int64_t before, struct err *err)
{
    return spooldir_sweep(store->spool_dir, before, err);
}

/* ---- whole objects ---- */

int
store_put_file(struct store *store, const char *path, const char *file,
               const char *type, struct err *err)
{
    if (check_write(path, err) == -1 || note(store, &path, 1, err) == -1)
        return -1;
    if (store->driver->put_file(store->self, path, file, type, err) == -1)
        return fail(err, "store", path);
    return 0;
}

/* *ret_begun: how many of them may have left something. */
static int
put_all(struct store *store, const struct store_put *puts, size_t n,
        size_t *ret_begun, struct err *err)
{
    if (store->driver->put_all != NULL) {
        *ret_begun = n;
        if (store->driver->put_all(store->self, puts, n, err) == -1)
            return fail(err, "store", puts[0].path);
        return 0;
    }
    for (*ret_begun = 0; *ret_begun < n; ++*ret_begun) {
        const struct store_put *put = &puts[*ret_begun];

        if (store->driver->put_file(store->self, put->path, put->file,
                                    put->type, err) == -1)
            return fail(err, "store", put->path);
    }
    return 0;
}

int
store_put_all(struct store *store, const struct store_put *puts, size_t n,
              struct err *err)
{
    auto_free const char **paths = xcalloc(n, sizeof(*paths));
    size_t begun;

    for (size_t i = 0; i < n; i++) {
        if (check_write(puts[i].path, err) == -1)
            return -1;
        paths[i] = puts[i].path;
    }
    if (note(store, paths, n, err) == -1)
        return -1;
    if (put_all(store, puts, n, &begun, err) == 0)
        return 0;
    for (size_t i = 0; i < begun; i++)
        store_discard(store, puts[i].path);
    return -1;
}

int
store_put_text(struct store *store, const char *path, const char *text,
               struct err *err)
{
    size_t len = strlen(text);
    auto_store_writer struct store_writer *w =
        store_write_open(store, path, STORE_TEXT, (int64_t)len, err);

    if (w == NULL || store_write(w, text, len, err) == -1)
        return -1;
    return store_write_commit(steal(&w), err);
}

int
store_remove(struct store *store, const char *path, struct err *err)
{
    if (check_write(path, err) == -1)
        return -1;
    if (store->driver->remove(store->self, path, err) == -1)
        return fail(err, "remove", path);
    if (store->ledger.end != NULL)
        store->ledger.end(store->ledger.ctx, path);
    return 0;
}

static int
remove_all(struct store *store, const char *const *paths, size_t n,
           struct err *err)
{
    if (store->driver->remove_all == NULL || n == 1) {
        for (size_t i = 0; i < n; i++)
            if (store->driver->remove(store->self, paths[i], err) == -1)
                return fail(err, "remove", paths[i]);
        return 0;
    }
    if (store->driver->remove_all(store->self, paths, n, err) == -1)
        return fail(err, "remove with others", paths[0]);
    return 0;
}

int
store_remove_all(struct store *store, const char *const *paths, size_t n,
                 struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (check_write(paths[i], err) == -1)
            return -1;
    if (n > 0 && remove_all(store, paths, n, err) == -1)
        return -1;
    for (size_t i = 0; i < n && store->ledger.end != NULL; i++)
        store->ledger.end(store->ledger.ctx, paths[i]);
    return 0;
}

void
store_discard(struct store *store, const char *path)
{
    struct err why = ERR_INIT;

    if (path != NULL && store_remove(store, path, &why) == -1)
        log_warn("%s is left for the sweeper: %s", path, why.msg);
}

int
store_end_upload(struct store *store, const char *upload, struct err *err)
{
    if (store->driver->end_upload != NULL &&
        store->driver->end_upload(store->self, upload, err) == -1) {
        err_wrap(err, "take back the unfinished upload %s", upload);
        return -1;
    }
    if (store->ledger.upload_over != NULL)
        store->ledger.upload_over(store->ledger.ctx, upload);
    return 0;
}

int
store_stat(struct store *store, const char *path, struct store_info *ret,
           struct err *err)
{
    if (check_read(path, err) == -1)
        return -1;
    if (store->driver->stat(store->self, path, ret, err) == -1)
        return fail(err, "look at", path);
    return 0;
}

/* ---- in pieces ---- */

static struct store_reader *
read_open(struct store *store, const char *path, int64_t from, int64_t len,
          int64_t *ret_size, struct err *err)
{
    struct store_reader *r;
    void *at;

    if (check_read(path, err) == -1)
        return NULL;
    at = store->driver->read_open(store->self, path, from, len, ret_size, err);
    if (at == NULL) {
        fail(err, "read", path);
        return NULL;
    }
    r = xcalloc(1, sizeof(*r));
    r->driver = store->driver;
    r->at = at;
    r->path = xstrdup(path);
    return r;
}

struct store_reader *
store_read_open(struct store *store, const char *path, int64_t *ret_size,
                struct err *err)
{
    return read_open(store, path, 0, -1, ret_size, err);
}

struct store_reader *
store_read_range(struct store *store, const char *path, int64_t from,
                 int64_t len, struct err *err)
{
    int64_t size;

    return read_open(store, path, from, len, &size, err);
}

ssize_t
store_read(struct store_reader *r, void *buf, size_t size, struct err *err)
{
    ssize_t n = r->driver->read(r->at, buf, size, err);

    return n == -1 ? fail(err, "read", r->path) : n;
}

void
store_read_close(struct store_reader *r)
{
    if (r == NULL)
        return;
    r->driver->read_close(r->at);
    free(r->path);
    free(r);
}

/* Copy the rest of an object into an unlinked spool file. */
static int
copy_to_spool(struct store *store, struct store_reader *r, struct err *err)
{
    auto_free char *name = NULL;
    auto_fd int fd = store_spool(store, &name, err);
    auto_free char *block = xmalloc(BLOCK);
    ssize_t n;

    if (fd == -1)
        return -1;
    (void)unlink(name); /* if this fails, the sweeper removes it */
    while ((n = store_read(r, block, BLOCK, err)) > 0)
        if (spooldir_write(fd, block, (size_t)n, err) == -1)
            return -1;
    return n == -1 ? -1 : steal_fd(&fd);
}

int
store_file(struct store *store, const char *path, struct err *err)
{
    int64_t size;
    auto_store_reader struct store_reader *r =
        store_read_open(store, path, &size, err);
    int fd;

    if (r == NULL)
        return -1;
    if (r->driver->read_file == NULL)
        return copy_to_spool(store, r, err);
    fd = fcntl(r->driver->read_file(r->at), F_DUPFD_CLOEXEC, 0);
    return fd == -1 ? err_errno(err, ERR_STORAGE, "open %s", path) : fd;
}

struct store_writer *
store_write_open(struct store *store, const char *path, const char *type,
                 int64_t size, struct err *err)
{
    struct store_writer *w;
    void *at;

    if (check_write(path, err) == -1 || note(store, &path, 1, err) == -1)
        return NULL;
    at = store->driver->write_open(store->self, path, type, size, err);
    if (at == NULL) {
        fail(err, "write", path);
        return NULL;
    }
    w = xcalloc(1, sizeof(*w));
    w->driver = store->driver;
    w->at = at;
    w->path = xstrdup(path);
    return w;
}

int
store_write(struct store_writer *w, const void *data, size_t len,
            struct err *err)
{
    if (w->driver->write(w->at, data, len, err) == -1)
        return fail(err, "write", w->path);
    return 0;
}

static void
writer_free(struct store_writer *w)
{
    free(w->path);
    free(w);
}

int
store_write_commit(struct store_writer *w, struct err *err)
{
    int rc = w->driver->write_commit(w->at, err);

    if (rc == -1)
        fail(err, "write", w->path);
    writer_free(w);
    return rc;
}

void
store_write_abort(struct store_writer *w)
{
    if (w == NULL)
        return;
    w->driver->write_abort(w->at);
    writer_free(w);
}

/* ---- URLs ---- */

int
store_sign(struct store *store, const char *path, int ttl, const char *base,
           char **ret_url, int64_t *ret_expires, struct err *err)
{
    int64_t expires = clock_now() + ttl;

    if (check_read(path, err) == -1)
        return -1;
    if (store->driver->sign(store->self, path, expires, base, ret_url, err) ==
        -1)
        return fail(err, "sign a URL of", path);
    *ret_expires = expires;
    return 0;
}

int
store_verify(struct store *store, const char *path, const char *expires,
             const char *signature, struct err *err)
{
    if (store->driver->verify == NULL || !path_valid(path))
        return err_set(err, ERR_FORBIDDEN, "this link has been changed");
    return store->driver->verify(store->self, path, expires, signature, err);
}

bool
store_has_files(const struct store *store)
{
    return store->driver->read_file != NULL;
}

char *
store_internal(struct store *store, const char *path)
{
    if (store->driver->internal == NULL || !path_valid(path))
        return NULL;
    return store->driver->internal(store->self, path);
}

/* ---- the sweeper's view ---- */

int
store_list(struct store *store, const char *prefix, store_visit *fn, void *ctx,
           struct err *err)
{
    size_t len = strlen(prefix);
    auto_free char *path =
        xstrndup(prefix, len > 0 && prefix[len - 1] == '/' ? len - 1 : len);

    if (path[0] != '\0' && strcmp(path, "artists") != 0 &&
        check_write(path, err) == -1)
        return -1;
    return store->driver->list(store->self, path, fn, ctx, err);
}
