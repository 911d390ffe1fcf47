/* Who holds how many turns, and who is next; see turn.h. */
#include "web/turn.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "web/web.h"

#define LOOK_MS 500
#define RETRY_SEC 2

struct share {
    char kind, *whose; /* 'a': of an artist, 'c': of a caller; NULL: free */
    int running, waiting;
};

/* The shares that a turn counts against. Without a caller both are the
 * artist's. */
struct pair {
    struct share *of[2];
};

struct waiter {
    struct pair pair;
    bool go;
    pthread_cond_t wake;
    struct waiter *next;
};

static struct {
    pthread_mutex_t lock;
    int each, all, line; /* turns per artist or caller, turns of all, places
                          * to wait */
    int running, waiting;
    struct share *shares; /* two for each request that has a turn or waits */
    int places;           /* of them */
    struct waiter *first;
} turns = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int
larger(int a, int b)
{
    return a > b ? a : b;
}

int
turn_setup(int threads)
{
    free(turns.shares);
    turns.each = threads;
    turns.all = threads + larger(2, threads / 4);
    turns.line = larger(4, threads / 4);
    turns.running = turns.waiting = 0;
    turns.places = 2 * (turns.all + turns.line + 1);
    turns.shares = xcalloc((size_t)turns.places, sizeof(*turns.shares));
    return turns.all + turns.line + larger(4, threads / 16);
}

/* ---- all below with the lock held ---- */

/* Their share, or a free one that becomes theirs. */
static struct share *
share_of(char kind, const char *whose)
{
    struct share *vacant = NULL;

    for (int i = 0; i < turns.places; i++) {
        struct share *s = &turns.shares[i];

        if (s->whose == NULL)
            vacant = vacant != NULL ? vacant : s;
        else if (s->kind == kind && strcmp(s->whose, whose) == 0)
            return s;
    }
    if (vacant == NULL)
        abort(); /* there are places for all that have a turn or wait */
    vacant->kind = kind;
    vacant->whose = xstrdup(whose);
    return vacant;
}

static struct pair
pair_of(const struct turn *t)
{
    struct share *artist = share_of('a', t->artist);

    return (struct pair){
        {artist, t->caller != NULL ? share_of('c', t->caller) : artist}};
}

static void
tidy(const struct pair *p)
{
    for (int i = 0; i < 2; i++)
        if (p->of[i]->running == 0 && p->of[i]->waiting == 0) {
            free(p->of[i]->whose);
            p->of[i]->whose = NULL;
        }
}

/* Add to both shares, or once if they are the same. */
static void
count(const struct pair *p, int running, int waiting)
{
    int n = p->of[0] == p->of[1] ? 1 : 2;

    for (int i = 0; i < n; i++) {
        p->of[i]->running += running;
        p->of[i]->waiting += waiting;
    }
    turns.running += running;
    turns.waiting += waiting;
}

/* The larger of the two shares' turns. */
static int
most_running(const struct pair *p)
{
    return larger(p->of[0]->running, p->of[1]->running);
}

static bool
may_run(const struct pair *p)
{
    return turns.running < turns.all && most_running(p) < turns.each;
}

/* The waiter with the fewest turns; among equals the first one. */
static struct waiter *
next_waiter(void)
{
    struct waiter *best = NULL;

    for (struct waiter *w = turns.first; w != NULL; w = w->next)
        if (!w->go && may_run(&w->pair) &&
            (best == NULL ||
             most_running(&w->pair) < most_running(&best->pair)))
            best = w;
    return best;
}

static void
call_next(void)
{
    struct waiter *w = next_waiter();

    if (w == NULL)
        return;
    w->go = true;
    count(&w->pair, 1, 0);
    pthread_cond_signal(&w->wake);
}

static void
join_line(struct waiter *w)
{
    struct waiter **end = &turns.first;

    while (*end != NULL)
        end = &(*end)->next;
    *end = w;
    count(&w->pair, 0, 1);
}

static void
leave_line(struct waiter *w)
{
    struct waiter **at = &turns.first;

    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    count(&w->pair, 0, -1);
}

static void
await(struct waiter *w, bool (*gone)(void *ctx), void *ctx)
{
    while (!w->go && !web_stopping() && (gone == NULL || !gone(ctx)))
        (void)clock_wait(&w->wake, &turns.lock, clock_mono_ms() + LOOK_MS);
}

/* One caller or artist takes at most half of the places to wait. */
static int
wait_for_turn(const struct pair *p, bool (*gone)(void *ctx), void *ctx,
              struct err *err)
{
    struct waiter w = {.pair = *p, .wake = PTHREAD_COND_INITIALIZER};
    int waiting = larger(p->of[0]->waiting, p->of[1]->waiting);

    if (turns.waiting >= turns.line || waiting >= turns.line / 2) {
        err->retry_after = RETRY_SEC;
        return err_set(err, ERR_RATE_LIMITED,
                       "%d requests of this kind are in progress already; "
                       "wait for some of them to end",
                       most_running(p) + waiting);
    }
    join_line(&w);
    call_next(); /* those ahead may wait for their own artist */
    await(&w, gone, ctx);
    leave_line(&w);
    pthread_cond_destroy(&w.wake);
    if (w.go)
        return 0;
    if (web_stopping())
        return err_set(err, ERR_BUSY, "the server ends; try again");
    return err_set(err, ERR_CLIENT_GONE, "the client left while it waited");
}

int
turn_take(const struct turn *t, bool (*gone)(void *ctx), void *ctx,
          struct err *err)
{
    struct pair p;
    int rc = 0;

    pthread_mutex_lock(&turns.lock);
    p = pair_of(t);
    if (may_run(&p) && turns.waiting == 0)
        count(&p, 1, 0);
    else
        rc = wait_for_turn(&p, gone, ctx, err);
    tidy(&p);
    pthread_mutex_unlock(&turns.lock);
    return rc;
}

void
turn_give(const struct turn *t)
{
    struct pair p;

    pthread_mutex_lock(&turns.lock);
    p = pair_of(t);
    count(&p, -1, 0);
    call_next();
    tidy(&p);
    pthread_mutex_unlock(&turns.lock);
}
