/*
 * FastCGI with libfcgi: the only caller of FCGX_*.
 *
 * Worker threads each accept for themselves on descriptor 0. They wait not in
 * accept but in epoll, for the socket or for the end, and the socket does not
 * block. So a stop wakes every waiting thread, disturbs no working one, and
 * cannot hit a request between its accept and its first bytes (a signal there
 * would lose it). Connections still in the socket's queue go to the next
 * process, which gets the same socket.
 *
 * One thread always waits until all are started: captions and uploads spend
 * their seconds waiting, so threads are many, small and cheap.
 */
#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "base/log.h"
#include "base/mem.h"
#include "web/reading.h"
#include "web/turn.h"
#include "web/web.h"
#include "web/wire.h"

#define LISTEN_FD 0

/* Sanitizers put much more on the stack. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_BYTES (2048 * 1024)
#else
#define STACK_BYTES (256 * 1024)
#endif

#define PAUSE_MS 50  /* after a failed accept */
#define BODY_MS 5000 /* for a body to arrive once we stop */
#define LOOK_MS 1000 /* how often we check for a queue that nobody serves */

struct pool {
    struct app *app;
    const struct serve_conf *sc;
    int epoll;
    int threads_max;
    sigset_t stop_signals; /* blocked in workers */
    pthread_mutex_t lock;  /* for what follows */
    pthread_t *threads;
    int started;
    int idle;
};

/* One process serves once, and a signal handler has no argument. */
static atomic_bool stopping;
static int stop_event = -1;

bool
web_stopping(void)
{
    return atomic_load(&stopping);
}

static void
on_stop(int signo)
{
    int saved = errno;
    uint64_t one = 1;

    (void)signo;
    atomic_store(&stopping, true);
    /* Never read back: it stays readable, so it wakes everybody. */
    if (write(stop_event, &one, sizeof(one)) == -1)
        errno = saved; /* full is as good */
    errno = saved;
}

/* Wait for the stop, at most ms (-1: without limit). */
static bool
await_stop(int ms)
{
    struct pollfd pfd = {.fd = stop_event, .events = POLLIN};

    (void)poll(&pfd, 1, ms);
    return web_stopping();
}

/* ---- one request on its wire ---- */

static const char *
fcgi_param(void *ctx, const char *name)
{
    FCGX_Request *r = ctx;

    return FCGX_GetParam(name, r->envp);
}

static ssize_t
fcgi_read(void *ctx, void *buf, size_t size)
{
    FCGX_Request *r = ctx;
    int want = size < INT_MAX ? (int)size : INT_MAX;
    struct reading reading;
    int n;

    if (!reading_begin(&reading, r->ipcFd))
        return -1;
    n = FCGX_GetStr(buf, want, r->in);
    reading_end(&reading);

    /* A truncated body ends like a complete one; only the stream's error
     * differs. */
    return n == 0 && want > 0 && FCGX_GetError(r->in) != 0 ? -1 : n;
}

static int
fcgi_write(void *ctx, const void *data, size_t len)
{
    FCGX_Request *r = ctx;
    const char *p = data;

    while (len > 0) {
        int piece = len < INT_MAX ? (int)len : INT_MAX;

        if (FCGX_PutStr(p, piece, r->out) != piece)
            return -1;
        p += piece;
        len -= (size_t)piece;
    }
    return 0;
}

static int
fcgi_flush(void *ctx)
{
    FCGX_Request *r = ctx;

    return FCGX_FFlush(r->out);
}

/* nginx closes the connection when its client leaves. */
static bool
fcgi_gone(void *ctx)
{
    struct pollfd pfd = {.fd = ((FCGX_Request *)ctx)->ipcFd,
                         .events = POLLRDHUP};

    return poll(&pfd, 1, 0) > 0;
}

/* ---- workers ---- */

static void *work(void *arg);

/* Start another thread if one is allowed. Called with the lock held. */
static void
start_locked(struct pool *pool)
{
    pthread_attr_t attr;
    int rc;

    if (pool->started == pool->threads_max || web_stopping())
        return;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    pthread_attr_setsigmask_np(&attr, &pool->stop_signals);
    rc = pthread_create(&pool->threads[pool->started], &attr, work, pool);
    pthread_attr_destroy(&attr);
    if (rc != 0) {
        errno = rc;
        log_errno("worker thread %d", pool->started + 1);
        return;
    }
    pool->started++;
    pool->idle++;
}

static void
pool_busy(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    if (--pool->idle == 0)
        start_locked(pool);
    pthread_mutex_unlock(&pool->lock);
}

static void
pool_idle(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->idle++;
    pthread_mutex_unlock(&pool->lock);
}

/* Wait until there is a connection; false at the stop. */
static bool
await_connection(const struct pool *pool)
{
    struct epoll_event event;

    while (!web_stopping())
        if (epoll_wait(pool->epoll, &event, 1, -1) == 1)
            return !web_stopping();
    return false;
}

/* Accept failed: another thread was faster, or there is no free descriptor,
 * which is temporary. Never a reason to lose the thread. */
static void
accept_failed(int code)
{
    static atomic_bool told;

    if (code == -EAGAIN || code == -EWOULDBLOCK)
        return;
    if (!atomic_exchange(&told, true))
        log_warn("accept failed with %d; trying again (told once)", code);
    (void)await_stop(PAUSE_MS);
}

static void *
work(void *arg)
{
    struct pool *pool = arg;
    FCGX_Request fcgi;
    struct wire wire = {&fcgi,      fcgi_param, fcgi_read,
                        fcgi_write, fcgi_flush, fcgi_gone};

    if (FCGX_InitRequest(&fcgi, LISTEN_FD, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
        return NULL;
    while (await_connection(pool)) {
        int rc = FCGX_Accept_r(&fcgi);

        if (rc < 0) {
            accept_failed(rc);
            continue;
        }
        pool_busy(pool);
        web_dispatch(pool->app, pool->sc, &wire);
        FCGX_Finish_r(&fcgi);
        pool_idle(pool);
    }
    FCGX_Free(&fcgi, 1);
    return NULL;
}

/* ---- the process ---- */

/* Workers block the stop signals, so that a handler's calls are not
 * interrupted; if one of the program's own threads receives one, it acts like
 * this one. SIGUSR1 is how FastCGI servers request the same. */
static void
set_signals(sigset_t *ret_stop)
{
    struct sigaction sa = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
    static const int stops[] = {SIGTERM, SIGINT, SIGUSR1};

    sigemptyset(&sa.sa_mask);
    sigemptyset(ret_stop);
    for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
        sigaddset(ret_stop, stops[i]);
        sigaction(stops[i], &sa, NULL);
    }
}

static int
set_library(int threads, struct err *err)
{
    /* After an answer libfcgi waits for the peer to close, by default 2 s, so
     * that data that the peer still sends does not reset the connection. nginx
     * closes at once; half a second is enough, and does not block threads that
     * others need. Its wait for the first bytes stays at 2 s: on a busy machine
     * nginx may really need it. */
    setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "500", 0);
    if (FCGX_Init() != 0)
        return err_set(err, ERR_INTERNAL, "libfcgi does not start");
    signal(SIGPIPE, SIG_IGN); /* FCGX_Init installs its own handler */

    /* Hundreds of threads share two heaps, a few share one, so that the next
     * request can use what one has freed. Large blocks go back to the
     * system. */
    mallopt(M_ARENA_MAX, threads > 8 ? 2 : 1);
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    return 0;
}

static int
watch(int epoll, int fd, struct err *err)
{
    struct epoll_event event = {.events = EPOLLIN};

    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == -1)
        return err_errno(err, ERR_INTERNAL, "epoll");
    return 0;
}

static int
set_socket(int epoll, struct err *err)
{
    int listens = 0;
    socklen_t len = sizeof(listens);
    int flags = fcntl(LISTEN_FD, F_GETFL);

    if (getsockopt(LISTEN_FD, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) ==
            -1 ||
        !listens)
        return err_set(err, ERR_INTERNAL,
                       "descriptor 0 is not a listening socket: this program "
                       "is started by a supervisor that hands one in");
    if (fcntl(LISTEN_FD, F_SETFL, flags | O_NONBLOCK) == -1)
        return err_errno(err, ERR_INTERNAL, "descriptor 0");
    return watch(epoll, LISTEN_FD, err);
}

/* Peers that connect and say nothing hold threads that count as waiting. Only
 * the queue itself shows whether it is served. */
static void
supervise(struct pool *pool)
{
    bool all = false;

    while (!await_stop(all ? -1 : LOOK_MS)) {
        struct pollfd pfd = {.fd = LISTEN_FD, .events = POLLIN};
        bool waits = poll(&pfd, 1, 0) == 1;

        pthread_mutex_lock(&pool->lock);
        if (waits)
            start_locked(pool);
        all = pool->started == pool->threads_max;
        pthread_mutex_unlock(&pool->lock);
    }
}

static int
run(struct pool *pool, struct err *err)
{
    bool runs;

    pthread_mutex_lock(&pool->lock);
    start_locked(pool);
    runs = pool->started > 0;
    pthread_mutex_unlock(&pool->lock);
    if (!runs && !web_stopping())
        return err_set(err, ERR_INTERNAL, "no worker thread could be started");

    log_info("ready, up to %d threads", pool->threads_max);
    supervise(pool);
    log_info("stopping");
    /* After the stop, nobody starts a thread once the lock was taken: `started`
     * is final. */
    pthread_mutex_lock(&pool->lock);
    pthread_mutex_unlock(&pool->lock);
    reading_stop(BODY_MS);
    for (int i = 0; i < pool->started; i++)
        pthread_join(pool->threads[i], NULL);
    return 0;
}

int
web_serve(struct app *app, const struct serve_conf *sc, struct err *err)
{
    auto_fd int epoll = epoll_create1(EPOLL_CLOEXEC);
    int max = turn_setup(sc->threads);
    auto_free pthread_t *threads = xcalloc((size_t)max, sizeof(*threads));
    struct pool pool = {.app = app,
                        .sc = sc,
                        .threads_max = max,
                        .epoll = epoll,
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .threads = threads};

    /* Stays open: a signal may still come after the last request. */
    stop_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (epoll == -1 || stop_event == -1)
        return err_errno(err, ERR_INTERNAL, "epoll or eventfd");
    set_signals(&pool.stop_signals);
    if (set_library(sc->threads, err) == -1 || set_socket(epoll, err) == -1 ||
        watch(epoll, stop_event, err) == -1)
        return -1;
    return run(&pool, err);
}
