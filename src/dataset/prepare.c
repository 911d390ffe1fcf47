/* Conversions ahead of an export's walk; see prepare.h. */
#include "dataset/prepare.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "audio/convert.h"
#include "base/clock.h"
#include "base/mem.h"
#include "dataset/conversion.h"
#include "dataset/outcome.h"
#include "web/web.h"

#define PAGE 200 /* sources per query */
#define LOOK_MS 100

/* One file to find or make, and what its conversion needs of the item. */
struct task {
    size_t i; /* its item in the roll */
    struct item it;
    const char *format;
    bool needed; /* else only if it is kept */
};

struct prepare {
    struct pack *x;
    struct task *v;
    size_t n, room;
    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t changed;
    size_t next, done;
    int running;      /* threads */
    atomic_bool stop; /* start nothing more, and end what runs */
    struct err err;   /* the first */
};

static void
prepare_release(struct prepare *p)
{
    for (size_t k = 0; k < p->n; k++)
        item_release(&p->v[k].it);
    free(p->v);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->changed);
}

/* ---- the files that are needed ---- */

static int
collect(void *ctx, size_t i, const struct item *it, struct err *err)
{
    struct prepare *p = ctx;
    const struct export_options *opt = &p->x->job->opt;
    const struct audio_facts *a = &it->audio;
    struct outcome o;
    struct task *t;

    (void)err;
    outcome_of(opt->layout, it, opt->segment_sec, &o);
    if (!o.made ||
        (strcmp(o.format, a->format) == 0 && strcmp(o.format, "wav") != 0))
        return 0;
    if (p->n == p->room) {
        p->room = p->room == 0 ? 64 : 2 * p->room;
        p->v = xreallocarray(p->v, p->room, sizeof(*p->v));
    }
    t = &p->v[p->n++];
    *t = (struct task){
        .i = i, .format = o.format, .needed = strcmp(o.format, a->format) != 0};
    t->it.id = xstrdup(it->id);
    t->it.audio_path = xstrdup(it->audio_path);
    t->it.audio = (struct audio_facts){.sha256 = xstrdup(a->sha256),
                                       .bytes = a->bytes,
                                       .crc32 = a->crc32,
                                       .has_crc32 = a->has_crc32};
    return 0;
}

/* A page of the tasks from `first` on that want the format. */
static int
find_page(struct prepare *p, const char *format, size_t first, size_t n,
          struct err *err)
{
    const char *sources[PAGE];
    struct conversion found[PAGE] = {0};
    size_t at[PAGE], m = 0;
    int rc;

    for (size_t k = first; k < first + n; k++)
        if (strcmp(p->v[k].format, format) == 0) {
            at[m] = p->v[k].i;
            sources[m++] = p->v[k].it.audio.sha256;
        }
    if (m == 0)
        return 0;
    rc = conversions_find(p->x->job->db, p->x->job->artist_id,
                          audio_convert_recipe(format), sources, m, found, err);
    for (size_t k = 0; k < m; k++)
        p->x->kept[at[k]] = found[k];
    return rc;
}

static int
find_kept(struct prepare *p, struct err *err)
{
    for (size_t at = 0; at < p->n; at += PAGE) {
        size_t n = p->n - at < PAGE ? p->n - at : PAGE;

        if (find_page(p, "mp3", at, n, err) == -1 ||
            find_page(p, "wav", at, n, err) == -1)
            return -1;
    }
    return 0;
}

/* Keep only the tasks that remain to be done. */
static void
drop_kept(struct prepare *p)
{
    size_t n = 0;

    for (size_t k = 0; k < p->n; k++)
        if (p->v[k].needed && p->x->kept[p->v[k].i].path == NULL)
            p->v[n++] = p->v[k];
        else
            item_release(&p->v[k].it);
    p->n = n;
}

/* ---- turns: of all exports of this program together ---- */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t free;
    int taken;
} turns = {.lock = PTHREAD_MUTEX_INITIALIZER, .free = PTHREAD_COND_INITIALIZER};

static int64_t
soon(void)
{
    return clock_mono_ms() + LOOK_MS;
}

static bool
wants_stop(void *ctx)
{
    const struct prepare *p = ctx;

    return atomic_load(&p->stop) || web_stopping();
}

/* Whether there is one before the end. */
static bool
take_turn(struct prepare *p)
{
    bool had = false;

    pthread_mutex_lock(&turns.lock);
    while (!wants_stop(p) && turns.taken >= p->x->job->converts)
        (void)clock_wait(&turns.free, &turns.lock, soon());
    if (!wants_stop(p)) {
        turns.taken++;
        had = true;
    }
    pthread_mutex_unlock(&turns.lock);
    return had;
}

static void
end_turn(void)
{
    pthread_mutex_lock(&turns.lock);
    turns.taken--;
    pthread_cond_signal(&turns.free);
    pthread_mutex_unlock(&turns.lock);
}

/* ---- making ---- */

static struct task *
next_task(struct prepare *p)
{
    struct task *t = NULL;

    pthread_mutex_lock(&p->lock);
    if (!wants_stop(p) && !p->x->doomed && p->next < p->n)
        t = &p->v[p->next++];
    pthread_mutex_unlock(&p->lock);
    return t;
}

static int
make(struct prepare *p, const struct task *t, enum object_state *ret_state,
     struct err *err)
{
    const struct export_job *job = p->x->job;
    const struct conversion_job one = {.db = job->db,
                                       .store = job->store,
                                       .artist_id = job->artist_id,
                                       .it = &t->it,
                                       .format = t->format,
                                       .lease_sec = job->lease_sec,
                                       .stop = wants_stop,
                                       .ctx = p};

    if (conversion_get(&one, &p->x->kept[t->i], ret_state, err) == -1)
        return err_wrap(err, "item %zu of %zu", t->i + 1, job->roll->n);
    return 0;
}

static void
note(struct prepare *p, int rc, enum object_state state, const struct err *err)
{
    pthread_mutex_lock(&p->lock);
    p->done++;
    p->x->doomed = p->x->doomed || (rc == 0 && state != OBJECT_AS_SAVED);
    if (rc == -1 && !atomic_load(&p->stop)) {
        p->err = *err;
        atomic_store(&p->stop, true);
    }
    pthread_cond_signal(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

static void *
work(void *arg)
{
    struct prepare *p = arg;
    struct task *t;

    while ((t = next_task(p)) != NULL && take_turn(p)) {
        enum object_state state = OBJECT_AS_SAVED;
        struct err err = ERR_INIT;
        int rc = make(p, t, &state, &err);

        end_turn();
        note(p, rc, state, &err);
    }
    pthread_mutex_lock(&p->lock);
    p->running--;
    pthread_cond_signal(&p->changed);
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* Report the progress until nobody works any more. Called with the lock held,
 * which is released while reporting. */
static int
watch(struct prepare *p, struct err *err)
{
    struct export_progress *now = &p->x->progress;
    const struct export_job *job = p->x->job;
    int rc = 0;

    pthread_mutex_lock(&p->lock);
    while (p->running > 0) {
        (void)clock_wait(&p->changed, &p->lock, soon());
        now->conversions_done = p->done;
        pthread_mutex_unlock(&p->lock);
        if (rc == 0 && job->progress != NULL)
            rc = job->progress(job->ctx, now, err);
        if (rc == -1)
            atomic_store(&p->stop, true);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return rc;
}

static int
make_all(struct prepare *p, struct err *err)
{
    size_t most = (size_t)p->x->job->converts;
    size_t n = p->n < most ? p->n : most;
    auto_free pthread_t *threads = xcalloc(n, sizeof(*threads));
    size_t started = 0;
    int rc;

    p->x->progress.conversion_count = p->n;
    p->running = (int)n;
    while (started < n && pthread_create(&threads[started], NULL, work, p) == 0)
        started++;
    pthread_mutex_lock(&p->lock);
    p->running -= (int)(n - started);
    pthread_mutex_unlock(&p->lock);
    rc = watch(p, err);
    for (size_t k = 0; k < started; k++)
        pthread_join(threads[k], NULL);
    if (rc == -1)
        return -1;
    if (started == 0)
        return err_set(err, ERR_BUSY, "no thread for a conversion");
    if (p->err.code != ERR_NONE) {
        *err = p->err;
        return -1;
    }
    return web_stopping()
               ? err_set(err, ERR_BUSY, "stopped in the middle of an export")
               : 0;
}

int
prepare_run(struct pack *x, struct err *err)
{
    auto_cleanup(prepare_release) struct prepare p = {
        .x = x,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER};

    x->progress.items_done = 0; /* by the walk that found something to make */
    if (roll_walk(x->job->roll, collect, &p, err) == -1)
        return -1;
    if (p.n == 0)
        return 0;
    x->kept = xcalloc(x->job->roll->n, sizeof(*x->kept));
    if (find_kept(&p, err) == -1)
        return -1;
    drop_kept(&p);
    return p.n > 0 ? make_all(&p, err) : 0;
}
