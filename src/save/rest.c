/*
 * Deleted items: they rest for a day, hidden, and can be restored; then the
 * sweeper purges them.
 */
#include "save/save.h"

#include <string.h>

#include "base/log.h"

enum { REST_SEC = 24 * 3600, AT_ONCE_MAX = 500 };

/* The row first: files without a row are swept, but a row without files would
 * be false. */
static void
discard(struct app *app, const struct item *gone)
{
    store_discard(app->store, gone->audio_path);
    store_discard(app->store, gone->prompt_path);
}

/* Whether it rests already or not: it cannot be restored. */
static int
end_now(struct app *app, const char *id, struct err *err)
{
    auto_item struct item gone = {0};

    if (item_delete(app->db, id, &gone, err) == -1) {
        if (err->code != ERR_ITEM_NOT_FOUND)
            return -1;
        err_clear(err);
        if (item_rest_end(app->db, id, &gone, err) == -1)
            return -1;
    }
    discard(app, &gone);
    return 0;
}

int
item_delete_one(struct app *app, struct req *req, struct err *err)
{
    const char *now = req_query(req, "now");
    const char *id;

    if (req_uuid(req, "id", ERR_ITEM_NOT_FOUND, &id, err) == -1)
        return -1;
    if (now != NULL && strcmp(now, "0") != 0 && strcmp(now, "1") != 0)
        return err_field(err, "now", "now is 0 or 1");
    if ((now != NULL && now[0] == '1' ? end_now(app, id, err)
                                      : item_rest(app->db, id, err)) == -1)
        return -1;
    return reply_nothing(req, err);
}

/* A second click finds the item where the first put it. */
int
item_restore_post(struct app *app, struct req *req, struct err *err)
{
    bool rested = false;
    const char *id;

    if (req_uuid(req, "id", ERR_ITEM_NOT_FOUND, &id, err) == -1 ||
        item_restore(app->db, id, &rested, err) == -1)
        return -1;
    return reply_item(app, req, id, err);
}

int
rest_over(struct app *app, struct err *err)
{
    int ended = 0;

    for (;;) {
        auto_items struct items gone = {0};

        if (items_rested(app->db, REST_SEC, AT_ONCE_MAX, &gone, err) == -1)
            return -1;
        for (size_t i = 0; i < gone.n; i++) {
            log_info("item %s was deleted a day ago and is gone now",
                     gone.v[i].id);
            discard(app, &gone.v[i]);
        }
        ended += (int)gone.n;
        if (gone.n < AT_ONCE_MAX)
            return ended;
    }
}
