/* An artist's items for an export, a few of them in memory at a time. */
#include "export/export.h"

#include "base/mem.h"
#include "db/windows.h"

#define CHUNK 50 /* items, some kilobytes each */

static void
let_go(struct ready *r)
{
    for (size_t i = 0; r->windows != NULL && i < r->chunk.n; i++)
        windows_release(&r->windows[i]);
    free(steal(&r->windows));
    items_release(&r->chunk);
}

static int
load_windows(struct ready *r, struct err *err)
{
    auto_free const char **ids = xcalloc(r->chunk.n + 1, sizeof(*ids));

    for (size_t i = 0; i < r->chunk.n; i++)
        ids[i] = r->chunk.v[i].id;
    r->windows = xcalloc(r->chunk.n + 1, sizeof(*r->windows));
    if (windows_of(r->db, ids, r->chunk.n, r->windows, err) == -1)
        return -1;
    for (size_t i = 0; i < r->chunk.n; i++)
        if (r->by_windows)
            r->chunk.v[i].windows = &r->windows[i];
        else
            r->chunk.v[i].timeline = &r->windows[i];
    return 0;
}

/* Each chunk is a short transaction of its own: no connection is held while an
 * item's audio is read. If a chunk contains all items, it stays for the next
 * walk; changes in the meantime are found when the rows are marked. */
static int
load(struct ready *r, size_t at, struct err *err)
{
    size_t left = r->ids.n - at;

    if (r->ids.n <= CHUNK && r->chunk.n > 0)
        return 0;
    let_go(r);
    if (export_items_load(r->db, &r->ids, at, left < CHUNK ? left : CHUNK,
                          r->claim, &r->chunk, err) == -1)
        return -1;
    return r->by_windows || r->timeline ? load_windows(r, err) : 0;
}

static int
walk(void *self, roll_visit *visit, void *ctx, struct err *err)
{
    struct ready *r = self;

    for (size_t at = 0; at < r->ids.n; at += CHUNK) {
        if (load(r, at, err) == -1)
            return -1;
        for (size_t i = 0; i < r->chunk.n; i++)
            if (visit(ctx, at + i, &r->chunk.v[i], err) == -1)
                return -1;
    }
    return 0;
}

static int
holds(void *self, const struct item *it, bool *ret, struct err *err)
{
    const struct ready *r = self;

    return item_has_audio(r->db, it->id, it->audio_path, ret, err);
}

int
ready_open(struct ready *r, struct db *db, const char *artist,
           const struct export_options *opt, json_object *chosen,
           const char *claim, struct err *err)
{
    int rc;

    *r = (struct ready){.db = db,
                        .claim = claim,
                        .by_windows = opt->by_windows,
                        .timeline = opt->layout->timeline};
    rc = chosen != NULL
             ? export_ids_chosen(db, artist, chosen, &r->ids, err)
             : export_ids_list(db, artist, opt->include_exported, &r->ids, err);
    if (rc == -1)
        return -1;
    r->roll = (struct roll){.n = r->ids.n,
                            .bytes = r->ids.bytes,
                            .walk = walk,
                            .holds = holds,
                            .self = r};
    return 0;
}

void
ready_release(struct ready *r)
{
    let_go(r);
    export_ids_release(&r->ids);
}
