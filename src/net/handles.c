/* Idle handles, the last used first; see handles.h. */
#include "net/handles.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct {
    pthread_mutex_t lock; /* guards the rest */
    struct http **idle;   /* n of them; the last one was used last */
    size_t n, room;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void
start_library(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort(); /* only if memory is exhausted or the TLS library is broken */
    /* A TLS peer that closes would otherwise end the process: OpenSSL uses
     * write(2), and CURLOPT_NOSIGNAL leaves the signal to us. */
    (void)signal(SIGPIPE, SIG_IGN);
}

static struct http *
http_open(void)
{
    struct http *h = xcalloc(1, sizeof(*h));

    (void)pthread_once(&once, start_library);
    h->easy = curl_easy_init();
    h->multi = curl_multi_init();
    if (h->easy == NULL || h->multi == NULL)
        abort(); /* out of memory, as in base/mem */
    (void)curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, 2L);
    return h;
}

static void
http_close(struct http *h)
{
    curl_easy_cleanup(h->easy);
    (void)curl_multi_cleanup(h->multi);
    free(h);
}

struct http *
handle_take(void)
{
    struct http *h = NULL;

    pthread_mutex_lock(&pool.lock);
    if (pool.n > 0)
        h = pool.idle[--pool.n];
    pthread_mutex_unlock(&pool.lock);
    return h != NULL ? h : http_open();
}

/* Called with the lock held. */
static void
keep(struct http *h)
{
    if (pool.n == pool.room) {
        pool.room = pool.room == 0 ? 8 : 2 * pool.room;
        pool.idle = xreallocarray(pool.idle, pool.room, sizeof(*pool.idle));
    }
    pool.idle[pool.n++] = h;
}

/* The one that has been idle longest, if that is too long; NULL otherwise. */
static struct http *
pick_stale(int64_t now)
{
    struct http *h = NULL;

    pthread_mutex_lock(&pool.lock);
    if (pool.n > 0 && now - pool.idle[0]->given > HANDLE_IDLE_SEC * 1000) {
        h = pool.idle[0];
        pool.n--;
        memmove(pool.idle, pool.idle + 1, pool.n * sizeof(*pool.idle));
    }
    pthread_mutex_unlock(&pool.lock);
    return h;
}

size_t
handle_give(struct http *h, int64_t now)
{
    struct http *stale;
    size_t n;

    h->given = now;
    pthread_mutex_lock(&pool.lock);
    keep(h);
    pthread_mutex_unlock(&pool.lock);
    while ((stale = pick_stale(now)) != NULL)
        http_close(stale); /* may take a while: not under the lock */
    pthread_mutex_lock(&pool.lock);
    n = pool.n;
    pthread_mutex_unlock(&pool.lock);
    return n;
}
