/* Removes what is due; see objects.h. */
#include "app/objects.h"
#include "base/log.h"
#include "base/mem.h"
#include "db/objects.h"

enum { BATCH = STORE_MANY, FEW = 10, TENTH = 10 };

static bool
too_many(long doubtful, long all)
{
    return doubtful > FEW && doubtful > all / TENTH;
}

/* Whether objects that no program of ours released may be removed too. */
static int
weigh(struct app *app, bool *ret, struct err *err)
{
    auto_dues struct dues none = {0};
    long doubtful = 0;
    long all = 0;

    if (objects_look(app->db, 0, &none, &doubtful, &all, err) == -1)
        return -1;
    *ret = !too_many(doubtful, all);
    if (!*ret)
        log_warn("sweep: %ld of %ld objects would go, more than a tenth, so "
                 "they stay; ./trainmode sweep --dry-run lists them, "
                 "./trainmode sweep --all removes them",
                 doubtful, all);
    return 0;
}

/* -1 ends the round, because a storage that is away stays so for a while. */
static int
remove_batch(struct app *app, const struct dues *batch, int *gone,
             struct err *err)
{
    const char *paths[STORE_MANY];
    size_t n = 0;

    for (size_t i = 0; i < batch->n; i++) {
        const struct due *d = &batch->v[i];

        if (d->known) {
            if (objects_end(app->db, d->path, err) == -1)
                return -1;
            continue;
        }
        log_info("sweep: %s has no row", d->path);
        paths[n++] = d->path;
    }
    if (store_remove_all(app->store, paths, n, err) == -1)
        return -1;
    *gone += (int)n;
    return 0;
}

static int
remove_due(struct app *app, bool doubtful, struct err *err)
{
    int gone = 0;

    for (bool first = true;; first = false) {
        auto_dues struct dues batch = {0};

        if (objects_take(app->db, doubtful, BATCH, &batch, err) == -1)
            return -1;
        if (batch.n == 0)
            return gone;
        /* The hourly round has checked before anything else. */
        if ((first && !doubtful && owner_check(app, err) == -1) ||
            remove_batch(app, &batch, &gone, err) == -1)
            return -1;
    }
}

static int
find_any(void *ctx, const char *path, const struct store_info *info,
         struct err *err)
{
    bool *any = ctx;

    (void)path;
    (void)info;
    *any = true;
    return err_set(err, ERR_CONFLICT, "something lies there");
}

/* Whether there are no objects under the slug any more. */
static int
is_empty(struct app *app, const char *slug, bool *ret, struct err *err)
{
    auto_free char *prefix = xasprintf("artists/%s", slug);
    bool any = false;

    if (store_list(app->store, prefix, find_any, &any, err) == -1 && !any)
        return -1;
    err_clear(err);
    *ret = !any;
    return 0;
}

int
slug_release(struct app *app, const char *slug, struct err *err)
{
    bool waits = false;
    bool empty = false;

    if (slug_waits(app->db, slug, &waits, err) == -1)
        return -1;
    if (!waits)
        return 0;
    if (is_empty(app, slug, &empty, err) == -1)
        return -1;
    return empty ? slug_free(app->db, slug, err) : 0;
}

static int
release_all(struct app *app, struct err *err)
{
    auto_strs struct strs slugs = {0};

    if (slugs_waiting(app->db, &slugs, err) == -1)
        return -1;
    for (size_t i = 0; i < slugs.n; i++)
        if (slug_release(app, slugs.v[i], err) == -1)
            return -1;
    return 0;
}

/* Uploads of killed programs. One that the storage does not take back now is
 * tried again an hour later, and is no reason to leave the rest. */
static int
end_uploads(struct app *app, struct err *err)
{
    auto_strs struct strs names = {0};

    if (store_uploads_take(app->db, BATCH, &names, err) == -1)
        return -1;
    for (size_t i = 0; i < names.n; i++) {
        struct err why = ERR_INIT;

        if (store_end_upload(app->store, names.v[i], &why) == -1)
            log_warn("sweep: %s", why.msg);
        else
            log_info("sweep: took back an unfinished upload");
    }
    return 0;
}

int
objects_sweep(struct app *app, enum sweep how, struct err *err)
{
    bool doubtful = how == SWEEP_ALL;
    int gone;

    if (how != SWEEP_LET_GO && owner_claim(app, err) == -1)
        return -1;
    if ((how == SWEEP_DUE && weigh(app, &doubtful, err) == -1) ||
        (how != SWEEP_LET_GO && end_uploads(app, err) == -1))
        return -1;
    gone = remove_due(app, doubtful, err);
    if (gone == -1 ||
        ((gone > 0 || how != SWEEP_LET_GO) && release_all(app, err) == -1))
        return -1;
    return gone;
}

int
objects_tell(struct app *app, FILE *out, struct err *err)
{
    auto_dues struct dues due = {0};
    auto_strs struct strs uploads = {0};
    long doubtful = 0;
    long all = 0;

    if (owner_check(app, err) == -1 ||
        objects_look(app->db, 100000, &due, &doubtful, &all, err) == -1 ||
        store_uploads_look(app->db, &uploads, err) == -1)
        return -1;
    for (size_t i = 0; i < uploads.n; i++)
        (void)fprintf(out, "an unfinished upload of %s\n", uploads.v[i]);
    for (size_t i = 0; i < due.n; i++)
        (void)fprintf(out, "%s\n", due.v[i].path);
    (void)fprintf(out, "%zu of %ld objects would go%s\n", due.n, all,
                  too_many(doubtful, all)
                      ? "; that is more than a tenth, so only --all removes "
                        "those that were not deleted here"
                      : "");
    return 0;
}
