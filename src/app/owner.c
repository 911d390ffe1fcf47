/* The owner of the store; see objects.h. */
#include <string.h>

#include "app/objects.h"
#include "base/mem.h"
#include "db/objects.h"

/* The owner that it names, and our own id. The caller frees both. */
static int
look(struct app *app, char **ret_owner, char **ret_us, struct err *err)
{
    if (store_owner_id(app->db, ret_us, err) == -1)
        return -1;
    return store_owner(app->store, ret_owner, err);
}

static int
another(const char *owner, struct err *err)
{
    return err_set(err, ERR_CONFLICT,
                   "this store belongs to another Trainmode database (%.40s). "
                   "If that one is not used any more, take the store over by "
                   "./trainmode adopt; else choose another STORE_DIR or "
                   "SUPABASE_BUCKET",
                   owner);
}

struct count {
    struct app *app;
    long strange;
    char *first; /* one of those, for people */
    bool keep;   /* their slugs are taken */
};

/* artists/SLUG/... */
static int
keep_slug(struct app *app, const char *path, struct err *err)
{
    const char *slug = path + strlen("artists/");
    auto_free char *name = xstrndup(slug, strcspn(slug, "/"));

    return slug_keep(app->db, name, err);
}

static int
count_one(void *ctx, const char *path, const struct store_info *info,
          struct err *err)
{
    struct count *c = ctx;
    bool ours = false;

    (void)info;
    if (object_ours(c->app->db, path, &ours, err) == -1)
        return -1;
    if (ours)
        return 0;
    if (c->strange++ == 0)
        c->first = xstrdup(path);
    return c->keep ? keep_slug(c->app, path, err) : 0;
}

/* If two claim it at the same time, the later one wins, and the other gets an
 * error. */
static int
take(struct app *app, const char *us, struct err *err)
{
    auto_free char *now = NULL;

    if (store_own(app->store, us, err) == -1 ||
        store_owner(app->store, &now, err) == -1)
        return -1;
    return now != NULL && strcmp(now, us) == 0
               ? 0
               : another(now != NULL ? now : "it cannot be told which", err);
}

int
owner_claim(struct app *app, struct err *err)
{
    auto_free char *owner = NULL;
    auto_free char *us = NULL;
    struct count c = {.app = app};
    int rc;

    if (look(app, &owner, &us, err) == -1)
        return -1;
    if (owner != NULL)
        return strcmp(owner, us) == 0 ? 0 : another(owner, err);
    rc = store_list(app->store, "artists", count_one, &c, err);
    if (rc == 0 && c.strange > 0)
        rc = err_set(err, ERR_CONFLICT,
                     "this store has no owner, and %ld of its objects are "
                     "not known to this database, such as %.200s. If it is "
                     "this database's anyway, take it over with ./trainmode "
                     "adopt, which removes nothing",
                     c.strange, c.first);
    free(c.first);
    return rc == 0 ? take(app, us, err) : -1;
}

int
owner_adopt(struct app *app, long *ret_strange, struct err *err)
{
    auto_free char *us = NULL;
    struct count c = {.app = app, .keep = true};
    int rc;

    if (store_owner_id(app->db, &us, err) == -1)
        return -1;
    rc = store_list(app->store, "artists", count_one, &c, err);
    free(c.first);
    *ret_strange = c.strange;
    return rc == 0 ? take(app, us, err) : -1;
}

int
owner_check(struct app *app, struct err *err)
{
    auto_free char *owner = NULL;
    auto_free char *us = NULL;

    if (look(app, &owner, &us, err) == -1)
        return -1;
    if (owner == NULL)
        return err_set(err, ERR_CONFLICT,
                       "this store has no owner; ./trainmode up gives it one");
    return strcmp(owner, us) == 0 ? 0 : another(owner, err);
}
