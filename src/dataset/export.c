/*
 * From items to a zip; see export.h. The same walk over the items is taken
 * twice where the size can be known ahead: once to measure, once to write.
 */
#include "dataset/export.h"

#include <string.h>

#include "base/mem.h"
#include "dataset/pack.h"

static int
add_extra(struct pack *x, struct err *err)
{
    const struct layout *l = x->job->opt.layout;
    auto_buf struct buf text = BUF_INIT(TEXT_MAX);

    if (l->extra.name == NULL)
        return 0;
    l->extra.write(x->every > 0, &text);
    return pack_text(x, l->extra.name, &text, err);
}
/* All entries, into the zip or into its size. */
static int
add_all(struct pack *x, struct err *err)
{
    if (pack_items(x, err) == -1)
        return -1;
    if (x->unknown)
        return 0;
    if (sheets_pack(&x->sheets, SHEET_TABLE, x, err) == -1 ||
        add_extra(x, err) == -1)
        return -1;
    return sheets_pack(&x->sheets, SHEET_MANIFEST, x, err);
}

/* -1 where something has to be converted or cut before its size is known. */
static int
measure(struct pack *x, int64_t *ret_size, struct err *err)
{
    x->unknown = x->job->opt.segment_sec > 0;
    if (!x->unknown && add_all(x, err) == -1)
        return -1;
    if (x->unknown) {
        *ret_size = -1;
        pack_reset(x);
    } else {
        *ret_size = zip_size_total(&x->size);
    }
    return 0;
}

static int
sink(void *ctx, const void *data, size_t len, struct err *err)
{
    return store_write(ctx, data, len, err);
}

static int
write_zip(struct pack *x, struct export_result *ret, struct err *err)
{
    const struct export_job *job = x->job;
    auto_store_writer struct store_writer *w = NULL;
    int64_t size;

    if (measure(x, &size, err) == -1)
        return -1;
    w = store_write_open(job->store, job->path, "application/zip", size, err);
    if (w == NULL || (x->zip = zip_open(sink, w, err)) == NULL)
        return -1;
    if (add_all(x, err) == -1 ||
        zip_finish(x->zip, &ret->bytes, ret->sha256, err) == -1)
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

int
export_run(const struct export_job *job, struct export_result *ret,
           struct err *err)
{
    auto_cleanup(pack_release) struct pack x;
    struct export_result made;
    struct err unused = ERR_INIT;

    pack_init(&x, job);
    if (job->roll->n == 0)
        return err_set(err, ERR_NOTHING_READY,
                       "no item is ready; save one with audio and a caption");
    if (write_zip(&x, &made, err) == -1)
        return -1;
    /* After the zip, since only then the pieces are known. */
    if (sheets_put_beside(&x.sheets, &x, err) == -1) {
        (void)export_remove(job->store, job->path, &unused);
        return -1;
    }
    *ret = made;
    return 0;
}
