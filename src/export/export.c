/*
 * POST /api/train/export: ready items become a zip in storage, rows that say
 * so, and a URL. The zip is whole before any row speaks of it; a client that
 * goes away does not stop it.
 */
#include <malloc.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "dataset/check.h"
#include "export/claim.h"
#include "export/export.h"

#define EVENT_MS 100

/* One export under way. */
struct run {
    struct app *app;
    struct req *req;
    struct artist artist;
    struct ready ready;
    struct export_options opt;
    struct dataset dataset;
    struct claim *claim;
    bool events, gone; /* events are wanted; nobody listens any more */
    int64_t event_at;  /* monotonic milliseconds */
};

/* Without a row the zip goes. Where the database cannot tell whether a row
 * came (it went away in the middle of a commit), the zip stays: a row must
 * never point at nothing, and the sweeper asks again. */
static void
undo(struct run *x)
{
    struct err why = ERR_INIT;
    bool known;

    if (object_known(x->app->db, x->dataset.path, &known, &why) == 0 && known)
        return;
    if (why.code != ERR_NONE ||
        export_remove(x->app->store, x->dataset.path, &why) == -1)
        log_warn("%s is left for the sweeper: %s", x->dataset.path, why.msg);
}

/* What was begun and not finished leaves nothing, and lets others begin. */
static void
run_release(struct run *x)
{
    if (x->dataset.path != NULL && x->dataset.id == NULL)
        undo(x);
    claim_close(x->claim);
    dataset_release(&x->dataset);
    ready_release(&x->ready);
    artist_release(&x->artist);
    /* What thousands of items took lies between what stays, and would not go
     * back to the system by itself. */
    (void)malloc_trim(0);
}

static void
send_progress(struct run *x, const struct export_progress *p)
{
    json_object *o = json_object_new_object();
    struct err gone = ERR_INIT;

    json_add_int(o, "itemsDone", (int64_t)p->items_done);
    json_add_int(o, "itemCount", (int64_t)p->item_count);
    json_add_int(o, "bytesDone", p->bytes_done);
    json_add_int(o, "bytes", p->bytes);
    if (events_send(x->req, "progress", o, &gone) == -1)
        x->gone = true;
}

static int
on_progress(void *ctx, const struct export_progress *p, struct err *err)
{
    struct run *x = ctx;
    int64_t now = clock_mono_ms();

    if (web_stopping())
        return err_set(err, ERR_BUSY, "stopped in the middle of an export");
    if (claim_lost(x->claim))
        return err_set(err, ERR_EXPORT_RUNNING,
                       "another export of this artist has begun meanwhile");
    if (x->events && !x->gone &&
        (now - x->event_at >= EVENT_MS || p->items_done == p->item_count)) {
        send_progress(x, p);
        x->event_at = now;
    }
    return 0;
}

/* 1 where the trainer would not take it and the client was told so. */
static int
answer_blocks(struct run *x, struct err *err)
{
    auto_check struct check c = {0};
    struct err why = ERR_INIT;
    json_object *extra;

    if (check_run(x->opt.layout, &x->ready.roll, x->opt.segment_sec,
                  CHECK_BLOCKS, &c, err) == -1)
        return -1;
    if (json_object_array_length(c.blocks) == 0)
        return 0;
    err_set(&why, ERR_DATASET_BLOCKED,
            "%zu things must be mended before this dataset would train; "
            "`blocks` lists them",
            json_object_array_length(c.blocks));
    extra = json_object_new_object();
    json_add(extra, "blocks", steal(&c.blocks));
    return reply_problem(x->req, &why, extra) == -1
               ? err_set(err, ERR_CLIENT_GONE, "nobody to tell of the blocks")
               : 1;
}

static int
make_zip(struct run *x, struct err *err)
{
    const struct export_job job = {.store = x->app->store,
                                   .path = x->dataset.path,
                                   .artist = x->artist.name,
                                   .roll = &x->ready.roll,
                                   .opt = x->opt,
                                   .progress = on_progress,
                                   .ctx = x};
    struct export_result made;

    if (export_run(&job, &made, err) == -1)
        return -1;
    x->dataset.artist_id = xstrdup(x->artist.id);
    x->dataset.layout = xstrdup(x->opt.layout->name);
    x->dataset.sha256 = xstrdup(made.sha256);
    x->dataset.bytes = made.bytes;
    x->dataset.item_count = (long)x->ready.ids.n;
    x->dataset.manifest = manifest_head(&x->opt);
    return 0;
}

static int
mark_rows(struct run *x, struct err *err)
{
    const struct export_ids *all = &x->ready.ids;
    auto_free const char **ids = xcalloc(all->n, sizeof(*ids));

    for (size_t i = 0; i < all->n; i++)
        ids[i] = all->v[i];
    if (dataset_insert(x->app->db, &x->dataset, ids, all->n, claim_id(x->claim),
                       err) == -1)
        return -1;
    claim_given(x->claim);
    return 0;
}

static int
answer(struct run *x, struct err *err)
{
    const struct dataset *d = &x->dataset;
    auto_free char *url = NULL;
    char until[CLOCK_TEXT];
    int64_t expires;
    json_object *out;

    if (store_sign(x->app->store, d->path, x->app->conf->url_ttl,
                   req_base_url(x->req), &url, &expires, err) == -1)
        return -1;
    clock_text(expires, until);
    out = json_object_new_object();
    json_add_str(out, "datasetUrl", url);
    json_add_str(out, "datasetId", d->id);
    json_add_str(out, "layout", d->layout);
    json_add_int(out, "itemCount", d->item_count);
    json_add_int(out, "bytes", d->bytes);
    json_add_str(out, "sha256", d->sha256);
    json_add_str(out, "expiresAt", until);
    json_add_bool(out, "verified", verify_url(url, d->bytes));
    if (x->events)
        return events_send(x->req, "done", out, err);
    return reply_json(x->req, 200, out, err);
}

int
export_post(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_cleanup(run_release) struct run x = {.app = app, .req = req};
    struct err unheard = ERR_INIT;
    const char *artist;
    int told;

    if (in == NULL || json_uuid(in, "artistId", &artist, err) == -1 ||
        options_read(in, &x.opt, err) == -1 ||
        artist_get(app->db, artist, &x.artist, err) == -1 ||
        (x.claim = claim_open(app->db, artist, err)) == NULL ||
        ready_open(&x.ready, app->db, artist, x.opt.include_exported,
                   claim_id(x.claim), err) == -1)
        return -1;
    if (x.ready.ids.n == 0)
        return err_set(err, ERR_NOTHING_READY,
                       "no item is ready; save one with audio and a caption");
    if ((told = answer_blocks(&x, err)) != 0)
        return told == 1 ? 0 : -1;

    x.events = req_wants_events(req);
    if (x.events && events_begin(req, &unheard) == -1)
        x.gone = true; /* it is made all the same */
    x.dataset.path = store_path_dataset(x.artist.slug, clock_now_ms());
    if (make_zip(&x, err) == -1 || mark_rows(&x, err) == -1)
        return -1;
    return answer(&x, err);
}
