/* The claim on an artist and its heartbeat; see claim.h. */
#include "export/claim.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#define BEAT_SEC 2

struct claim {
    struct db *db;
    char *id;
    pthread_t thread;
    pthread_mutex_t lock; /* guards the five below */
    pthread_cond_t woken;
    struct export_state state; /* its layout is borrowed */
    bool stop, tell, lost, canceled;
    bool given; /* back already, by dataset_insert */
};

/* Whether to go on. */
static bool
wait_for_beat(struct claim *c)
{
    int64_t until = clock_mono_ms() + BEAT_SEC * 1000;
    bool stop;

    pthread_mutex_lock(&c->lock);
    while (!c->stop && !c->tell && clock_wait(&c->woken, &c->lock, until) == 0)
        continue;
    c->tell = false;
    stop = c->stop;
    pthread_mutex_unlock(&c->lock);
    return !stop;
}

static int
report(struct claim *c, struct err *err)
{
    struct export_state state;
    bool canceled = false;

    pthread_mutex_lock(&c->lock);
    state = c->state;
    pthread_mutex_unlock(&c->lock);
    if (export_report(c->db, c->id, &state, &canceled, err) == -1)
        return -1;
    pthread_mutex_lock(&c->lock);
    c->canceled = canceled;
    pthread_mutex_unlock(&c->lock);
    return 0;
}

/* A database that is away for a moment does no harm: the claim holds for a
 * minute, and dataset_insert decides. */
static void *
beat(void *arg)
{
    struct claim *c = arg;

    while (wait_for_beat(c)) {
        struct err err = ERR_INIT;

        if (report(c, &err) == 0)
            continue;
        log_warn("heartbeat of export %s: %s", c->id, err.msg);
        if (err.code != ERR_EXPORT_RUNNING)
            continue;
        pthread_mutex_lock(&c->lock);
        c->lost = true;
        pthread_mutex_unlock(&c->lock);
        break;
    }
    return NULL;
}

static void
give_back(struct claim *c)
{
    struct err err = ERR_INIT;

    /* ERR_EXPORT_RUNNING: it is not ours any more. */
    if (!c->given && export_release(c->db, c->id, &err) == -1 &&
        err.code != ERR_EXPORT_RUNNING)
        log_warn("give back export %s: %s", c->id, err.msg);
}

struct claim *
claim_open(struct db *db, const char *artist, struct err *err)
{
    struct claim *c = xcalloc(1, sizeof(*c));

    c->db = db;
    if (export_claim(db, artist, &c->id, err) == -1) {
        free(c);
        return NULL;
    }
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->woken, NULL);
    if (pthread_create(&c->thread, NULL, beat, c) != 0) {
        err_set(err, ERR_BUSY, "no thread for the heartbeat of an export");
        give_back(c);
        free(c->id);
        free(c);
        return NULL;
    }
    return c;
}

const char *
claim_id(const struct claim *c)
{
    return c->id;
}

bool
claim_lost(struct claim *c)
{
    bool lost;

    pthread_mutex_lock(&c->lock);
    lost = c->lost;
    pthread_mutex_unlock(&c->lock);
    return lost;
}

bool
claim_canceled(struct claim *c)
{
    bool canceled;

    pthread_mutex_lock(&c->lock);
    canceled = c->canceled;
    pthread_mutex_unlock(&c->lock);
    return canceled;
}

/* The first state is sent at once, so that readers know what is running. */
void
claim_state(struct claim *c, const struct export_state *state)
{
    pthread_mutex_lock(&c->lock);
    if (c->state.layout == NULL) {
        c->tell = true;
        pthread_cond_signal(&c->woken);
    }
    c->state = *state;
    pthread_mutex_unlock(&c->lock);
}

void
claim_given(struct claim *c)
{
    c->given = true;
}

void
claim_close(struct claim *c)
{
    if (c == NULL)
        return;
    pthread_mutex_lock(&c->lock);
    c->stop = true;
    pthread_cond_signal(&c->woken);
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
    give_back(c);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->woken);
    free(c->id);
    free(c);
}
