/*
 * POST /api/train/export: turns ready items into a zip in storage, rows that
 * record it, and a URL. The zip is whole before any row refers to it; the
 * export goes on if the client goes away.
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

/* One export in progress. */
struct run {
    struct app *app;
    struct req *req;
    struct artist artist;
    struct ready ready;
    struct export_options opt;
    struct dataset dataset;
    struct claim *claim;
    bool told;         /* the client knows what blocks it */
    bool unsure;       /* it may have its row */
    bool events, gone; /* events are wanted; the client has left */
    int64_t event_at;  /* monotonic milliseconds */
};

/* Without a row the zip is removed. If it is unknown whether the row was
 * written, the zip stays: a row must never point at nothing, and the sweeper
 * checks again. */
static void
undo(struct run *x)
{
    struct err why = ERR_INIT;

    if (x->unsure || export_remove(x->app->store, x->dataset.path, &why) == -1)
        log_warn("%s is left for the sweeper: %s", x->dataset.path,
                 x->unsure ? "it may have a row" : why.msg);
}

/* An unfinished export leaves nothing behind, and releases the claim. */
static void
run_release(struct run *x)
{
    if (x->dataset.path != NULL && x->dataset.id == NULL)
        undo(x);
    claim_close(x->claim);
    dataset_release(&x->dataset);
    ready_release(&x->ready);
    artist_release(&x->artist);
    /* The memory of thousands of items is scattered between what stays, and
     * would not go back to the system by itself. */
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
    json_add_int(o, "conversionsDone", (int64_t)p->conversions_done);
    json_add_int(o, "conversionCount", (int64_t)p->conversion_count);
    if (events_send(x->req, "progress", o, &gone) == -1)
        x->gone = true;
}

static void
tell_state(struct run *x, const struct export_progress *p)
{
    const struct export_state state = {
        .layout = (char *)x->opt.layout->name,
        .items_done = (int64_t)p->items_done,
        .item_count = (int64_t)p->item_count,
        .bytes_done = p->bytes_done,
        .bytes = p->bytes,
        .conversions_done = (int64_t)p->conversions_done,
        .conversion_count = (int64_t)p->conversion_count,
    };

    claim_state(x->claim, &state);
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
                       "another export of this artist has started in the "
                       "meantime");
    if (claim_canceled(x->claim))
        return err_set(err, ERR_EXPORT_CANCELED,
                       "this export was canceled; nothing was changed");
    tell_state(x, p);
    if (x->events && !x->gone &&
        (now - x->event_at >= EVENT_MS || p->items_done == p->item_count)) {
        send_progress(x, p);
        x->event_at = now;
    }
    return 0;
}

/* Tells the client what blocks the export; consumes the list. */
static int
tell_blocks(struct run *x, const struct err *why, json_object *blocks,
            struct err *err)
{
    json_object *extra = json_object_new_object();

    json_add(extra, "blocks", blocks);
    if (reply_problem(x->req, why, extra) == -1)
        return err_set(err, ERR_CLIENT_GONE, "nobody to tell of the blocks");
    x->told = true;
    return 0;
}

/* Tells the client if the trainer would not accept it. */
static int
answer_blocks(struct run *x, struct err *err)
{
    auto_check struct check c = {0};
    struct err why = ERR_INIT;
    size_t n;

    if (check_run(&x->opt, x->app->store, &x->ready.roll, CHECK_BLOCKS, &c,
                  err) == -1)
        return -1;
    n = json_object_array_length(c.blocks);
    if (n == 0)
        return 0;
    err_set(&why, ERR_DATASET_BLOCKED,
            "%zu %s to fix before this dataset would train; `blocks` lists "
            "them",
            n, n == 1 ? "problem" : "problems");
    return tell_blocks(x, &why, steal(&c.blocks), err);
}

static int
on_learnt(void *ctx, const struct item *it, uint32_t crc32, struct err *err)
{
    struct run *x = ctx;

    return item_learn_crc32(x->app->db, it->id, it->audio.sha256, crc32, err);
}

/* Tells the client if audio was lost or changed. */
static int
make_zip(struct run *x, struct err *err)
{
    auto_json json_object *blocks = json_object_new_array();
    const struct export_job job = {.store = x->app->store,
                                   .path = x->dataset.path,
                                   .artist = x->artist.name,
                                   .db = x->app->db,
                                   .artist_id = x->artist.id,
                                   .converts = x->app->conf->export_converts,
                                   .lease_sec = x->app->conf->analysis_lease,
                                   .roll = &x->ready.roll,
                                   .opt = x->opt,
                                   .progress = on_progress,
                                   .learnt = on_learnt,
                                   .blocks = blocks,
                                   .ctx = x};
    struct export_result made;
    struct err why = ERR_INIT;

    if (export_run(&job, &made, &why) == -1) {
        if (why.code == ERR_DATASET_BLOCKED)
            return tell_blocks(x, &why, steal(&blocks), err);
        *err = why;
        return -1;
    }
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
                       err) == -1) {
        x->unsure = err->code == ERR_UNSURE;
        return -1;
    }
    claim_given(x->claim);
    return 0;
}

/* Whether it can be fetched. Uses this server's own address if the link begins
 * with the name by which the client called us, because the client chose that
 * name. */
static bool
is_verified(struct run *x, const char *url)
{
    const char *base = req_base_url(x->req);
    auto_free char *own = req_own_url(x->req);
    auto_free char *ours = NULL;

    if (strncmp(url, base, strlen(base)) != 0)
        return verify_url(url, x->dataset.bytes); /* the storage's */
    if (own == NULL)
        return false;
    ours = xasprintf("%s%s", own, url + strlen(base));
    return verify_url(ours, x->dataset.bytes);
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
    json_add_bool(out, "verified", is_verified(x, url));
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
    json_object *chosen = NULL;
    const char *artist;

    if (in == NULL || json_uuid(in, "artistId", &artist, err) == -1 ||
        options_read(in, &x.opt, err) == -1 ||
        item_ids_read(in, &chosen, err) == -1 ||
        artist_get(app->db, artist, &x.artist, err) == -1 ||
        req_turn(req, artist, err) == -1)
        return -1;
    if ((x.claim = claim_open(app->db, artist, err)) == NULL)
        return -1;
    if (ready_open(&x.ready, app->db, artist, &x.opt, chosen, claim_id(x.claim),
                   err) == -1)
        return -1;
    if (x.ready.ids.n == 0)
        return err_set(err, ERR_NOTHING_READY,
                       "no item is ready; save one with audio and a caption");
    if (answer_blocks(&x, err) == -1)
        return -1;
    if (x.told)
        return 0;

    x.events = req_wants_events(req);
    if (x.events && events_begin(req, &unheard) == -1)
        x.gone = true; /* it is made anyway */
    x.dataset.path = store_path_dataset(x.artist.slug, clock_now_ms());
    if (make_zip(&x, err) == -1)
        return -1;
    if (x.told)
        return 0;
    if (mark_rows(&x, err) == -1)
        return -1;
    return answer(&x, err);
}
