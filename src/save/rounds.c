/* Background work in rounds; see rounds.h. */
#include "save/rounds.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define AWAY_SEC 5 /* between tries while something is away */

bool
rounds_stopping(struct rounds *r)
{
    return atomic_load(&r->stop);
}

void
rounds_last(struct rounds *r, char ret_artist[UUID_LEN + 1])
{
    pthread_mutex_lock(&r->lock);
    memcpy(ret_artist, r->last, sizeof(r->last));
    pthread_mutex_unlock(&r->lock);
}

void
rounds_had(struct rounds *r, const char *artist)
{
    pthread_mutex_lock(&r->lock);
    (void)snprintf(r->last, sizeof(r->last), "%s",
                   artist != NULL ? artist : "");
    pthread_mutex_unlock(&r->lock);
}

/* Wait until there may be something to do. *seen: the pokes that were
 * handled. */
static void
rest(struct rounds *r, int seconds, unsigned *seen)
{
    int64_t until = clock_mono_ms() + seconds * (int64_t)1000;

    pthread_mutex_lock(&r->lock);
    while (!rounds_stopping(r) && r->pokes == *seen &&
           clock_wait(&r->wake, &r->lock, until) == 0)
        continue;
    *seen = r->pokes;
    pthread_mutex_unlock(&r->lock);
}

static void *
work_rounds(void *arg)
{
    struct rounds *r = arg;
    unsigned seen = 0;
    bool well = true;

    while (!rounds_stopping(r)) {
        struct err err = ERR_INIT;
        int n = r->work(r->app, &err);

        /* Log it once; while it lasts there is nothing new to log. */
        if (n == -1 && well)
            log_warn("%s: %s", r->what, err.msg);
        if (n != -1 && !well)
            log_info("%s: goes on", r->what);
        well = n != -1;
        if (n < 1)
            rest(r, well ? r->poll_sec : AWAY_SEC, &seen);
    }
    return NULL;
}

int
rounds_start(struct rounds *r, struct app *app, int threads, struct err *err)
{
    r->app = app;
    atomic_store(&r->stop, false);
    while (r->n < threads && r->n < ROUNDS_MAX) {
        if (pthread_create(&r->threads[r->n], NULL, work_rounds, r) != 0) {
            rounds_stop(r);
            return err_set(err, ERR_INTERNAL, "no thread for the %s", r->what);
        }
        r->n++;
    }
    return 0;
}

void
rounds_poke(struct rounds *r)
{
    pthread_mutex_lock(&r->lock);
    r->pokes++;
    pthread_cond_broadcast(&r->wake);
    pthread_mutex_unlock(&r->lock);
}

void
rounds_stop(struct rounds *r)
{
    pthread_mutex_lock(&r->lock);
    atomic_store(&r->stop, true);
    pthread_cond_broadcast(&r->wake);
    pthread_mutex_unlock(&r->lock);
    while (r->n > 0)
        pthread_join(r->threads[--r->n], NULL);
}
