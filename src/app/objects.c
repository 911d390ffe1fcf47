/* The store's ledger, which the database keeps; see objects.h. */
#include "app/objects.h"

#include "base/clock.h"
#include "base/log.h"
#include "db/objects.h"

/* A name that is being removed at this moment is free again soon. */
enum { WAIT_MS = 100, WAITS = 100 };

static int
begin(void *ctx, const char *const *paths, size_t n, struct err *err)
{
    struct app *app = ctx;

    for (int i = 0; i < WAITS; i++) {
        bool busy = false;

        if (objects_begin(app->db, paths, n, &busy, err) == -1)
            return -1;
        if (!busy)
            return 0;
        clock_nap(WAIT_MS);
    }
    return err_set(err, ERR_STORAGE, "%s is still being removed", paths[0]);
}

/* If this is not noted, the sweeper will just find nothing there later. */
static void
end(void *ctx, const char *path)
{
    struct app *app = ctx;
    struct err why = ERR_INIT;

    if (objects_end(app->db, path, &why) == -1)
        log_warn("%s is gone, and put down still: %s", path, why.msg);
}

/* Supabase clears away uploads that are not noted here within a day. */
static void
under_way(void *ctx, const char *path, const char *upload)
{
    struct app *app = ctx;
    struct err why = ERR_INIT;

    if (store_upload_goes(app->db, path, upload, &why) == -1)
        log_warn("an upload for %s is not put down: %s", path, why.msg);
}

static void
upload_over(void *ctx, const char *upload)
{
    struct app *app = ctx;
    struct err why = ERR_INIT;

    if (store_upload_over(app->db, upload, &why) == -1)
        log_warn("an upload is over, and put down still: %s", why.msg);
}

void
objects_watch(struct app *app)
{
    store_keep_ledger(app->store,
                      &(struct store_ledger){.begin = begin,
                                             .end = end,
                                             .under_way = under_way,
                                             .upload_over = upload_over,
                                             .ctx = app});
}
