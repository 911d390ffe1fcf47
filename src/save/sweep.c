/* What a crash left behind: spool files and objects that no row speaks of. */
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "save/save.h"

#define AGE_SEC ((int64_t)24 * 3600)
#define EVERY_SEC 3600

struct sweeping {
    struct app *app;
    int64_t before;
    int removed;
};

/* An object may be younger than its row by far, but never a day older. */
static int
sweep_object(void *ctx, const char *path, const struct store_info *info,
             struct err *err)
{
    struct sweeping *sw = ctx;
    struct err why = ERR_INIT; /* one that cannot go must not keep the rest */
    bool known = true;

    if (info->modified >= sw->before)
        return 0;
    if (object_known(sw->app->db, path, &known, err) == -1)
        return -1;
    if (known)
        return 0;
    log_info("sweep: %s has no row and is older than a day", path);
    if (store_remove(sw->app->store, path, &why) == -1)
        log_warn("sweep: %s stays: %s", path, why.msg);
    else
        sw->removed++;
    return 0;
}

int
sweep(struct app *app, struct err *err)
{
    struct sweeping sw = {app, clock_now() - AGE_SEC, 0};
    int spooled = store_sweep_spool(app->store, sw.before, err);

    if (spooled == -1 ||
        store_list(app->store, "artists/", sweep_object, &sw, err) == -1)
        return -1;
    return spooled + sw.removed;
}

static struct {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool running, stop;
} sweeper = {.lock = PTHREAD_MUTEX_INITIALIZER,
             .wake = PTHREAD_COND_INITIALIZER};

/* Wait for the next round. Returns false when it is time to go. */
static bool
wait_round(void)
{
    struct timespec until;
    bool stop;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += EVERY_SEC;
    pthread_mutex_lock(&sweeper.lock);
    while (!sweeper.stop &&
           pthread_cond_timedwait(&sweeper.wake, &sweeper.lock, &until) !=
               ETIMEDOUT)
        continue;
    stop = sweeper.stop;
    pthread_mutex_unlock(&sweeper.lock);
    return !stop;
}

static void *
sweep_rounds(void *arg)
{
    do {
        struct err err = ERR_INIT;

        if (sweep(arg, &err) == -1)
            log_warn("sweep: %s", err.msg);
    } while (wait_round());
    return NULL;
}

int
sweeper_start(struct app *app, struct err *err)
{
    int rc;

    sweeper.stop = false;
    rc = pthread_create(&sweeper.thread, NULL, sweep_rounds, app);
    if (rc != 0) {
        errno = rc;
        return err_errno(err, ERR_INTERNAL, "start the sweeper");
    }
    sweeper.running = true;
    return 0;
}

void
sweeper_stop(void)
{
    if (!sweeper.running)
        return;
    pthread_mutex_lock(&sweeper.lock);
    sweeper.stop = true;
    pthread_cond_signal(&sweeper.wake);
    pthread_mutex_unlock(&sweeper.lock);
    pthread_join(sweeper.thread, NULL);
    sweeper.running = false;
}
