/*
 * Takes items, analyzes them, stores the results.
 */
#include "save/pool.h"

#include <pthread.h>
#include <unistd.h>

#include "app/handed.h"
#include "app/remake.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "db/pairing.h"
#include "save/analyzer.h"
#include "save/pair.h"
#include "save/rounds.h"

#define POLL_SEC 1

static int work(struct app *app, struct err *err);
static struct rounds rounds = ROUNDS_INIT("analysis", POLL_SEC, work);

static struct {
    char *program; /* trainmode-analyze */
    int lease;     /* seconds */
    pthread_mutex_t lock;
    pthread_cond_t done;
    int guests; /* that a request waits for */
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};

static bool
stopping(void)
{
    return rounds_stopping(&rounds);
}

/* An item during its analysis. */
struct watch {
    struct app *app;
    const struct item *it;
    int64_t beat; /* when the lease is to be renewed, clock_mono_ms */
    bool lost;    /* its analysis is no longer wanted */
};

/* Renews the lease, so that only leases of dead workers expire. If renewing
 * fails, the analysis goes on: its result is stored unless another worker was
 * faster. */
static bool
wants_stop(void *ctx)
{
    struct watch *w = ctx;
    struct err why = ERR_INIT;
    bool ours = true;

    if (stopping())
        return true;
    if (clock_mono_ms() < w->beat)
        return false;
    if (item_keep_for_analysis(w->app->db, w->it, pool.lease, &ours, &why) ==
        -1)
        log_warn("analysis of item %s goes on without its lease: %s", w->it->id,
                 why.msg);
    w->beat = clock_mono_ms() + pool.lease * 1000 / 3;
    w->lost = !ours;
    return w->lost;
}

static int
open_audio(struct app *app, const struct item *it, struct err *err)
{
    int fd = it->audio.sha256 != NULL ? handed_take(it->audio.sha256) : -1;

    return fd != -1 ? fd : store_file(app->store, it->audio_path, err);
}

static int
analyze(struct app *app, const struct item *it, struct watch *watch,
        json_object **ret_analysis, json_object **ret_checks, struct err *err)
{
    auto_fd int fd = open_audio(app, it, err);
    auto_json json_object *analysis = NULL;
    struct audio_probe p;

    if (fd == -1 || audio_probe_fd(fd, &p, err) == -1 ||
        upload_analysis(app->db, it->artist_id, it->audio.sha256, &analysis,
                        err) == -1)
        return -1;
    if ((analysis == NULL && analyzer_run(pool.program, fd, wants_stop, watch,
                                          &analysis, err) == -1) ||
        judge_item(app, it, &p, analysis, ret_checks, err) == -1)
        return -1;
    *ret_analysis = steal(&analysis);
    return 0;
}

/* Whether it is permanently the file's fault, rather than something that is
 * away. */
static bool
is_final(enum err_code code)
{
    return code == ERR_AUDIO_DAMAGED || code == ERR_NOT_AUDIO ||
           code == ERR_OBJECT_NOT_FOUND;
}

#define TRIES 3 /* if windows change while they are remade */

/* Store the result, and the windows that are remade because of it. */
static int
put_found(struct app *app, const struct item *it, json_object *analysis,
          json_object *checks, struct err *err)
{
    for (int left = TRIES - 1;; left--) {
        auto_remake struct windows_made made = {0};

        if (remake_windows(app, it, json_at(analysis, "alignment"),
                           json_text(analysis, "sound"), &made, err) == 0 &&
            item_put_analysis(app->db, it, NULL, analysis, checks, &made,
                              err) == 0)
            return 0;
        if (err->code == ERR_ITEM_NOT_FOUND) { /* it is no longer wanted */
            err_clear(err);
            return 0;
        }
        if (err->code != ERR_CONFLICT || left == 0)
            return -1;
        err_clear(err);
    }
}

/* Work on a leased item. Without success its lease expires by itself, so that
 * an item that fails for a reason of ours is not retried without pause. */
static int
work_on(struct app *app, const struct item *it, struct err *err)
{
    auto_json json_object *analysis = NULL;
    auto_json json_object *checks = NULL;
    struct watch watch = {.app = app, .it = it};

    if (analyze(app, it, &watch, &analysis, &checks, err) == 0)
        return put_found(app, it, analysis, checks, err);
    if (is_final(err->code)) {
        auto_free char *why = xasprintf(
            "the audio cannot be played: %s; send it again", err->msg);

        log_warn("analysis of item %s: %s", it->id, err->msg);
        err_clear(err);
        return item_put_analysis(app->db, it, why, NULL, NULL, NULL, err);
    }
    if (err->code == ERR_BUSY) {
        err_clear(err);
        return watch.lost ? 0 : item_give_back(app->db, it->id, err);
    }
    return err_wrap(err, "analysis of item %s", it->id);
}

/* Take one item and finish it. Returns how many there were (0 or 1), or -1. */
static int
work(struct app *app, struct err *err)
{
    auto_item struct item it = {0};
    char last[UUID_LEN + 1];

    rounds_last(&rounds, last);
    if (item_take_for_analysis(app->db, pool.lease,
                               last[0] != '\0' ? last : NULL, &it, err) == -1)
        return -1;
    if (it.id == NULL)
        return 0;
    rounds_had(&rounds, it.artist_id);
    return work_on(app, &it, err) == -1 ? -1 : 1;
}

static bool
stopping_too(void *ctx)
{
    (void)ctx;
    return stopping();
}

/* Take one of as many turns as there are threads, or the only one if nothing is
 * analyzed after saves. */
static int
take_turn(struct err *err)
{
    pthread_mutex_lock(&pool.lock);
    while (!stopping() && pool.guests >= (rounds.n > 1 ? rounds.n : 1))
        pthread_cond_wait(&pool.done, &pool.lock);
    pool.guests++;
    pthread_mutex_unlock(&pool.lock);
    return stopping() ? err_set(err, ERR_BUSY, "the server is stopping") : 0;
}

static void
end_turn(void)
{
    pthread_mutex_lock(&pool.lock);
    pool.guests--;
    pthread_cond_broadcast(&pool.done);
    pthread_mutex_unlock(&pool.lock);
}

int
pool_analyze(int fd, json_object **ret, struct err *err)
{
    auto_free char *program = analyzer_find(err);
    int rc;

    if (program == NULL)
        return -1;
    rc = take_turn(err);
    if (rc == 0)
        rc = analyzer_run(program, fd, stopping_too, NULL, ret, err);
    end_turn();
    return rc;
}

int
pool_start(struct app *app, int threads, struct err *err)
{
    if (threads <= 0)
        return 0;
    pool.program = analyzer_find(err);
    if (pool.program == NULL)
        return -1;
    pool.lease = app->conf->analysis_lease;
    return rounds_start(&rounds, app, threads, err);
}

void
pool_poke(void)
{
    rounds_poke(&rounds);
}

void
pool_stop(struct app *app)
{
    (void)app;
    rounds_stop(&rounds);
    pthread_mutex_lock(&pool.lock);
    pthread_cond_broadcast(&pool.done);
    pthread_mutex_unlock(&pool.lock);
    free(pool.program);
    pool.program = NULL;
}
