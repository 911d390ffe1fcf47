/*
 * Taking, looking, putting back.
 */
#include "save/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "audio/match.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "save/analyzer.h"

#define POLL_SEC 1
#define AWAY_SEC 5 /* between tries while something is away */
#define THREADS_MAX 64
#define ALIKE_SEC 15.0 /* the same music may have another fade or silence */
#define ALIKE_MAX 100  /* items that one is held against */

static struct {
    pthread_t threads[THREADS_MAX];
    int n;
    char *program; /* trainmode-analyze */
    int lease;     /* seconds */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    unsigned pokes;
    atomic_bool stop;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static bool
stopping(void)
{
    return atomic_load(&pool.stop);
}

/* The summary of the item's set; NULL where the set has left the library. */
static int
read_summary(struct app *app, const struct item *it, json_object **ret,
             struct err *err)
{
    auto_set struct set set = {0};
    struct err none = ERR_INIT;

    *ret = NULL;
    if (it->parse_id == NULL)
        return 0;
    if (set_get_of(app->db, it->artist_id, it->parse_id, &set, &none) == 0) {
        *ret = json_object_get(set.summary);
        return 0;
    }
    if (none.code == ERR_SET_NOT_FOUND)
        return 0;
    *err = none;
    return -1;
}

/* The same music under another set of this artist? */
static int
check_alike(struct app *app, const struct item *it, json_object *analysis,
            json_object *checks, struct err *err)
{
    auto_items struct items others = {0};

    if (items_as_long(
            app->db, it->artist_id, it->parse_id != NULL ? it->parse_id : "",
            it->audio.duration_sec, ALIKE_SEC, ALIKE_MAX, &others, err) == -1)
        return -1;
    for (size_t i = 0; i < others.n; i++) {
        const struct item *o = &others.v[i];
        const char *name = o->project_name != NULL   ? o->project_name
                           : o->als_filename != NULL ? o->als_filename
                                                     : o->parse_id;

        audio_checks_similar(checks, analysis, o->analysis, name);
    }
    return 0;
}

/* What the gate said stays; what needs the analysis is said anew. */
static int
judge(struct app *app, const struct item *it, const struct audio_probe *p,
      json_object *analysis, json_object **ret_checks, struct err *err)
{
    auto_json json_object *checks = NULL;
    auto_json json_object *summary = NULL;

    if (read_summary(app, it, &summary, err) == -1)
        return -1;
    if (it->checks == NULL)
        checks = audio_checks(p);
    else if (json_object_deep_copy(it->checks, &checks, NULL) == -1)
        return err_set(err, ERR_INTERNAL, "cannot copy the checks");
    audio_checks_drop_analysis(checks);
    audio_checks_analysis(checks, p, analysis);
    audio_checks_tempo(checks, analysis, summary);
    if (check_alike(app, it, analysis, checks, err) == -1)
        return -1;
    *ret_checks = steal(&checks);
    return 0;
}

/* An item while its analysis runs. */
struct watch {
    struct app *app;
    const struct item *it;
    int64_t beat; /* when the lease is to be renewed, clock_mono_ms */
    bool lost;    /* its analysis is wanted no more */
};

/* Renews the lease, so that only those of the dead run out. Where that fails
 * the analysis goes on: what it found is taken unless others were faster. */
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
        log_warn("analysis of item %s goes on without its lease: %s",
                 w->it->id, why.msg);
    w->beat = clock_mono_ms() + pool.lease * 1000 / 3;
    w->lost = !ours;
    return w->lost;
}

static int
analyze(struct app *app, const struct item *it, struct watch *watch,
        json_object **ret_analysis, json_object **ret_checks, struct err *err)
{
    auto_fd int fd = store_file(app->store, it->audio_path, err);
    auto_json json_object *analysis = NULL;
    struct audio_probe p;

    if (fd == -1 || audio_probe_fd(fd, &p, err) == -1 ||
        analyzer_run(pool.program, fd, wants_stop, watch, &analysis, err) ==
            -1 ||
        judge(app, it, &p, analysis, ret_checks, err) == -1)
        return -1;
    *ret_analysis = steal(&analysis);
    return 0;
}

/* Is it the file's fault, for good, or is something away for now? */
static bool
is_final(enum err_code code)
{
    return code == ERR_AUDIO_DAMAGED || code == ERR_NOT_AUDIO ||
           code == ERR_OBJECT_NOT_FOUND;
}

/* An item that was taken. Without success its lease ends by itself, so that
 * an item that fails for a reason of ours is not tried without pause. */
static int
work_on(struct app *app, const struct item *it, struct err *err)
{
    auto_json json_object *analysis = NULL;
    auto_json json_object *checks = NULL;
    struct watch watch = {.app = app, .it = it};

    if (analyze(app, it, &watch, &analysis, &checks, err) == 0)
        return item_put_analysis(app->db, it, NULL, analysis, checks, err);
    if (is_final(err->code)) {
        auto_free char *why = xasprintf(
            "the audio cannot be played: %s; send it again", err->msg);

        log_warn("analysis of item %s: %s", it->id, err->msg);
        err_clear(err);
        return item_put_analysis(app->db, it, why, NULL, NULL, err);
    }
    if (err->code == ERR_BUSY) {
        err_clear(err);
        return watch.lost ? 0 : item_give_back(app->db, it->id, err);
    }
    return err_wrap(err, "analysis of item %s", it->id);
}

/* Take one item and see it through. How many were there (0 or 1), or -1. */
static int
work(struct app *app, struct err *err)
{
    auto_item struct item it = {0};

    if (item_take_for_analysis(app->db, pool.lease, &it, err) == -1)
        return -1;
    if (it.id == NULL)
        return 0;
    return work_on(app, &it, err) == -1 ? -1 : 1;
}

/* Until there may be something to do. *seen: the pokes that were answered. */
static void
rest(int seconds, unsigned *seen)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&pool.lock);
    while (!stopping() && pool.pokes == *seen &&
           pthread_cond_timedwait(&pool.wake, &pool.lock, &until) == 0)
        continue;
    *seen = pool.pokes;
    pthread_mutex_unlock(&pool.lock);
}

static void *
work_rounds(void *arg)
{
    unsigned seen = 0;
    bool well = true;

    while (!stopping()) {
        struct err err = ERR_INIT;
        int n = work(arg, &err);

        /* Say it once; while it lasts there is nothing new to say. */
        if (n == -1 && well)
            log_warn("analysis: %s", err.msg);
        if (n != -1 && !well)
            log_info("analysis: goes on");
        well = n != -1;
        if (n < 1)
            rest(well ? POLL_SEC : AWAY_SEC, &seen);
    }
    return NULL;
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
    atomic_store(&pool.stop, false);
    while (pool.n < threads && pool.n < THREADS_MAX) {
        int rc = pthread_create(&pool.threads[pool.n], NULL, work_rounds, app);

        if (rc != 0) {
            pool_stop(app);
            return err_set(err, ERR_INTERNAL, "no thread for the analysis");
        }
        pool.n++;
    }
    return 0;
}

void
pool_poke(void)
{
    pthread_mutex_lock(&pool.lock);
    pool.pokes++;
    pthread_cond_broadcast(&pool.wake);
    pthread_mutex_unlock(&pool.lock);
}

void
pool_stop(struct app *app)
{
    (void)app;
    pthread_mutex_lock(&pool.lock);
    atomic_store(&pool.stop, true);
    pthread_cond_broadcast(&pool.wake);
    pthread_mutex_unlock(&pool.lock);
    while (pool.n > 0)
        pthread_join(pool.threads[--pool.n], NULL);
    free(pool.program);
    pool.program = NULL;
}
