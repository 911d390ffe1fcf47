/* An artist's items for an export, a few of them in memory at a time. */
#include "export/export.h"

#define CHUNK 50 /* items, some kilobytes each */

/* Each chunk is a short transaction of its own: no connection is held while
 * an item's audio is read. A chunk that is all of them stays for the next
 * walk; what changes meanwhile is found when the rows are marked. */
static int
load(struct ready *r, size_t at, struct err *err)
{
    size_t left = r->ids.n - at;

    if (r->ids.n <= CHUNK && r->chunk.n > 0)
        return 0;
    items_release(&r->chunk);
    return export_items_load(r->db, &r->ids, at, left < CHUNK ? left : CHUNK,
                             r->claim, &r->chunk, err);
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

int
ready_open(struct ready *r, struct db *db, const char *artist,
           bool include_exported, const char *claim, struct err *err)
{
    *r = (struct ready){.db = db, .claim = claim};
    if (export_ids_list(db, artist, include_exported, &r->ids, err) == -1)
        return -1;
    r->roll = (struct roll){
        .n = r->ids.n, .bytes = r->ids.bytes, .walk = walk, .self = r};
    return 0;
}

void
ready_release(struct ready *r)
{
    items_release(&r->chunk);
    export_ids_release(&r->ids);
}
