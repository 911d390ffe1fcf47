/* Rounds of the sweeper: removes what a crash left behind, what has expired,
 * and what was released. */
#include <errno.h>
#include <pthread.h>

#include "app/objects.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/pairing.h"
#include "save/save.h"

#define AGE_SEC ((int64_t)24 * 3600)
#define EVERY_SEC 3600
#define LET_GO_SEC 5 /* deleted objects wait no longer than this */

/* First expire what is over, then remove what nothing refers to any more. */
static int
sweep(struct app *app, struct err *err)
{
    if (store_sweep_spool(app->store, clock_now() - AGE_SEC, err) == -1 ||
        commit_marks_trim(app->db, err) == -1 ||
        uploads_forget(app->db, err) == -1 || rest_over(app, err) == -1)
        return -1;
    return objects_sweep(app, SWEEP_DUE, err);
}

static struct {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool running, stop;
} sweeper = {.lock = PTHREAD_MUTEX_INITIALIZER,
             .wake = PTHREAD_COND_INITIALIZER};

/* Wait for the next round. Returns false if it is time to stop. */
static bool
wait_round(void)
{
    int64_t until = clock_mono_ms() + LET_GO_SEC * 1000;
    bool stop;

    pthread_mutex_lock(&sweeper.lock);
    while (!sweeper.stop &&
           clock_wait(&sweeper.wake, &sweeper.lock, until) != ETIMEDOUT)
        continue;
    stop = sweeper.stop;
    pthread_mutex_unlock(&sweeper.lock);
    return !stop;
}

static void *
sweep_rounds(void *arg)
{
    int64_t next = 0;

    do {
        struct err err = ERR_INIT;
        bool all = clock_now() >= next;

        if (all)
            next = clock_now() + EVERY_SEC;
        if ((all ? sweep(arg, &err) : objects_sweep(arg, SWEEP_LET_GO, &err)) ==
            -1)
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
