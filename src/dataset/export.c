/*
 * From items to a zip; see export.h. If the size can be known ahead, the same
 * walk over the items is done twice: once to measure, once to write.
 */
#include "dataset/export.h"

#include <string.h>

#include "base/mem.h"
#include "dataset/pack.h"
#include "dataset/prepare.h"

/* Give up if others spoil the store faster than we repair it. */
#define TRIES 5

/* -1 if something has to be converted or cut before its size is known. */
static int
measure(struct pack *x, int64_t *ret_size, struct err *err)
{
    struct zip_size size;

    pack_into(x, sink_measuring());
    if (pack_all(x, err) == -1)
        return -1;
    if (sink_unsized(x->sink)) {
        *ret_size = -1;
        pack_reset(x);
        return 0;
    }
    sink_size(x->sink, &size);
    *ret_size = zip_size_total(&size);
    return 0;
}

/* The same after all conversions, which are only looked up if the first walk
 * found that something has to be made. */
static int
measure_made(struct pack *x, int64_t *ret_size, struct err *err)
{
    if (measure(x, ret_size, err) == -1)
        return -1;
    if (*ret_size != -1 || x->job->db == NULL)
        return 0;
    return prepare_run(x, err) == -1 ? -1 : measure(x, ret_size, err);
}

static int
store_bytes(void *ctx, const void *data, size_t len, struct err *err)
{
    return store_write(ctx, data, len, err);
}

/* Leaves nothing behind if it fails. */
static int
write_zip(struct pack *x, struct export_result *ret, struct err *err)
{
    const struct export_job *job = x->job;
    auto_store_writer struct store_writer *w = NULL;
    int64_t size;

    if (measure_made(x, &size, err) == -1)
        return -1;
    w = store_write_open(job->store, job->path, "application/zip", size, err);
    if (w == NULL)
        return -1;
    pack_into(x, sink_writing(store_bytes, w));
    if (pack_all(x, err) == -1 ||
        sink_finish(x->sink, &ret->bytes, ret->sha256, err) == -1)
        return -1;
    return store_write_commit(steal(&w), err);
}

char *
export_manifest_path(const char *path)
{
    size_t len = strlen(path);

    if (len > 4 && strcmp(path + len - 4, ".zip") == 0)
        len -= 4;
    return xasprintf("%.*s.manifest.json", (int)len, path);
}

int
export_remove(struct store *store, const char *path, struct err *err)
{
    auto_free char *beside = export_manifest_path(path);

    if (store_remove(store, beside, err) == -1)
        return -1;
    return store_remove(store, path, err);
}

/* *ret_again: a kept conversion was spoiled and has been dropped. */
static int
run_once(const struct export_job *job, struct export_result *ret,
         bool *ret_again, struct err *err)
{
    auto_cleanup(pack_release) struct pack x = {0};
    struct err unused = ERR_INIT;

    pack_init(&x, job);
    if (write_zip(&x, ret, err) == -1) {
        *ret_again = x.spoiled && err->code == ERR_CONFLICT;
        return -1;
    }
    /* After the zip, because only then the pieces are known. */
    if (sheets_put_beside(&x.sheets, &x, err) == -1) {
        (void)export_remove(job->store, job->path, &unused);
        return -1;
    }
    return 0;
}

int
export_run(const struct export_job *job, struct export_result *ret,
           struct err *err)
{
    struct export_result made;

    if (job->roll->n == 0)
        return err_set(err, ERR_NOTHING_READY,
                       "no item is ready; save one with audio and a caption");
    for (int i = 0; i < TRIES; i++) {
        bool again = false;

        if (run_once(job, &made, &again, err) == 0) {
            *ret = made;
            return 0;
        }
        if (!again || i + 1 == TRIES)
            return -1;
        err_clear(err);
    }
    return -1;
}
