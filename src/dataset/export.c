/*
 * From items to a zip; see export.h. The same walk over the items is taken
 * twice where the size can be known ahead: once to measure, once to write.
 */
#include "dataset/export.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "dataset/pack.h"
#include "dataset/source.h"

/* ---- files about all of them ---- */

/* The samples of one side of the split (side NULL: of both). */
static int
add_table(struct pack *x, const bool *side, struct err *err)
{
    const struct layout *l = x->job->opt.layout;
    auto_buf struct buf text = BUF_INIT(TEXT_MAX);
    struct sample first = {.validation = side != NULL && *side};
    auto_free char *name = layout_name(l, l->table.name, &first);

    buf_add_str(&text, l->table.head);
    for (size_t i = 0; i < x->job->items->n; i++) {
        for (int part = 1; part <= x->parts[i].n; part++) {
            auto_cleanup(pack_sample_release) struct pack_sample o;

            pack_sample(x, i, part, &o);
            if (side == NULL || o.s.validation == *side)
                l->table.row(&o.s, &text);
        }
    }
    return pack_text(x, name, &text, err);
}

static int
add_tables(struct pack *x, struct err *err)
{
    static const bool sides[] = {false, true};
    const struct layout *l = x->job->opt.layout;

    if (l->table.name == NULL)
        return 0;
    if (strstr(l->table.name, "{split}") == NULL)
        return add_table(x, NULL, err);
    if (add_table(x, &sides[0], err) == -1)
        return -1;
    return x->every > 0 ? add_table(x, &sides[1], err) : 0;
}

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

static void
write_manifest(const struct pack *x, struct buf *out)
{
    manifest_begin(&x->job->opt, out);
    for (size_t i = 0; i < x->job->items->n; i++) {
        json_object *files = json_object_new_array();

        for (int part = 1; part <= x->parts[i].n; part++) {
            auto_cleanup(pack_sample_release) struct pack_sample o;

            pack_sample(x, i, part, &o);
            json_object_array_add(files, json_object_new_string(o.name));
        }
        manifest_add(out, i == 0, &x->job->items->v[i], files);
    }
    manifest_end(out);
}

static int
add_manifest(struct pack *x, struct err *err)
{
    auto_buf struct buf text = BUF_INIT(TEXT_MAX);

    if (!x->job->opt.layout->manifest)
        return 0;
    write_manifest(x, &text);
    buf_add_str(&text, "\n");
    return pack_text(x, "MANIFEST.json", &text, err);
}

static int
add_all(struct pack *x, struct err *err)
{
    if (pack_items(x, err) == -1 || add_tables(x, err) == -1 ||
        add_extra(x, err) == -1)
        return -1;
    return add_manifest(x, err);
}

/* ---- the whole ---- */

/* -1 where something has to be converted or cut before its size is known. */
static int
measure(struct pack *x, int64_t *ret_size, struct err *err)
{
    const struct export_options *opt = &x->job->opt;

    *ret_size = -1;
    for (size_t i = 0; i < x->job->items->n; i++)
        if (!source_is_plain(opt->layout, &x->job->items->v[i],
                             opt->segment_sec))
            return 0;
    if (add_all(x, err) == -1)
        return -1;
    *ret_size = zip_size_total(&x->size);
    x->progress.items_done = 0;
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

/* After the zip, since only then the pieces are known. */
static int
put_beside(const struct pack *x, struct err *err)
{
    auto_buf struct buf text = BUF_INIT(TEXT_MAX);
    auto_free char *path = export_manifest_path(x->job->path);

    write_manifest(x, &text);
    if (text.failed)
        return err_set(err, ERR_TOO_LARGE, "the manifest would be over 1 GB");
    return store_put_text(x->job->store, path, buf_str(&text), err);
}

int
export_run(const struct export_job *job, struct export_result *ret,
           struct err *err)
{
    auto_cleanup(pack_release) struct pack x;
    struct export_result made;
    struct err unused = ERR_INIT;

    pack_init(&x, job);
    if (job->items->n == 0)
        return err_set(err, ERR_NOTHING_READY,
                       "no item is ready; save one with audio and a caption");
    if (write_zip(&x, &made, err) == -1)
        return -1;
    if (!job->opt.layout->manifest && put_beside(&x, err) == -1) {
        (void)export_remove(job->store, job->path, &unused);
        return -1;
    }
    *ret = made;
    return 0;
}
