/*
 * web/ as a process: a small server of our own on a socket as descriptor 0,
 * spoken to in raw FastCGI.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "peer.h"
#include "web/web.h"

/* ---- the server ---- */

struct app {
    int tell; /* handlers write a letter here */
};

static void
pause_ms(int ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000L};

    nanosleep(&t, NULL);
}

static void
tell(const struct app *app, char letter)
{
    if (write(app->tell, &letter, 1) != 1)
        abort();
}

static int
hello(struct app *app, struct req *req, struct err *err)
{
    json_object *o = json_object_new_object();

    (void)app;
    json_add_str(o, "name", req_param(req, "name"));
    json_add_str(o, "base", req_base_url(req));
    return reply_json(req, 200, o, err);
}

static int
count(struct app *app, struct req *req, struct err *err)
{
    json_object *o;
    char piece[3000];
    int64_t bytes = 0;
    uint32_t sum = 0;
    ssize_t n;

    while ((n = req_read(req, piece, sizeof(piece), err)) > 0) {
        bytes += n;
        for (ssize_t i = 0; i < n; i++)
            sum = sum * 31 + (unsigned char)piece[i];
    }
    if (n == -1) {
        tell(app, err->code == ERR_CLIENT_GONE ? 'g' : 'x');
        return -1;
    }
    o = json_object_new_object();
    json_add_int(o, "bytes", bytes);
    json_add_int(o, "sum", sum);
    json_add_bool(o, "file", req_body_file(req) != NULL);
    return reply_json(req, 200, o, err);
}

static int
slow(struct app *app, struct req *req, struct err *err)
{
    tell(app, 's');
    pause_ms(400);
    return reply_text(req, "text/plain", "done", 4, err);
}

/* Events until nobody listens. */
static int
ticks(struct app *app, struct req *req, struct err *err)
{
    if (events_begin(req, err) == -1)
        return -1;
    for (int i = 0; i < 1000; i++) {
        json_object *o = json_object_new_object();

        json_add_str(o, "text", "a\nb");
        if (events_send(req, "tick", o, err) == -1) {
            tell(app, err->code == ERR_CLIENT_GONE ? 'g' : 'x');
            return -1;
        }
        pause_ms(10);
    }
    tell(app, 'n');
    return 0;
}

static int
half(struct app *app, struct req *req, struct err *err)
{
    (void)app;
    if (events_begin(req, err) == -1)
        return -1;
    return err_set(err, ERR_STORAGE, "upstream said secret");
}

static const struct route routes[] = {
    {"GET", "/hello/{name}", TAKES_NOTHING, 0, hello},
    {"POST", "/count", TAKES_BYTES, -1, count},
    {"POST", "/small", TAKES_BYTES, 10, count},
    {"GET", "/slow", TAKES_NOTHING, 0, slow},
    {"GET", "/ticks", TAKES_NOTHING, 0, ticks},
    {"GET", "/half", TAKES_NOTHING, 0, half},
    {0},
};

static void
serve(int listener, int out, int threads, int files)
{
    struct app app = {.tell = out};
    struct serve_conf sc = {.threads = threads, .routes = routes};
    struct err err = ERR_INIT;
    struct rlimit limit = {(rlim_t)files, (rlim_t)files};
    int null = open("/dev/null", O_WRONLY);

    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody */
    dup2(listener, 0);
    dup2(null, 2);
    close(null);
    if (files > 0)
        setrlimit(RLIMIT_NOFILE, &limit);
    exit(web_serve(&app, &sc, &err) == 0 ? 0 : 1);
}

/* ---- and its world ---- */

struct world {
    char dir[64];
    char path[80];
    int listener;
    int told;
    pid_t pid;
};

static void
world_start(struct world *w, int threads, int files)
{
    int fds[2];

    strcpy(w->dir, "/tmp/trainmode-web-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    (void)snprintf(w->path, sizeof(w->path), "%s/socket", w->dir);
    assert_int_not_equal(w->listener = peer_listen(w->path), -1);
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    w->told = fds[0];
    w->pid = fork();
    assert_int_not_equal(w->pid, -1);
    if (w->pid == 0)
        serve(w->listener, fds[1], threads, files);
    close(fds[1]);
}

/* The letter that a handler sent, within 5 s; 0 if none came. */
static char
told(const struct world *w)
{
    struct pollfd pfd = {.fd = w->told, .events = POLLIN};
    char letter = 0;

    if (poll(&pfd, 1, 5000) == 1 && read(w->told, &letter, 1) != 1)
        letter = 0;
    return letter;
}

/* Stop it; its exit status. *ret_ms says how long it took. */
static int
world_stop(struct world *w, int signo, int64_t *ret_ms)
{
    int64_t start = clock_mono_ms();
    int status;

    kill(w->pid, signo);
    assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
    *ret_ms = clock_mono_ms() - start;
    close(w->listener);
    close(w->told);
    unlink(w->path);
    rmdir(w->dir);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void
world_end(struct world *w)
{
    int64_t ms;

    assert_int_equal(world_stop(w, SIGTERM, &ms), 0);
    assert_true(ms < 3000);
}

#define GET(uri)                                                               \
    {                                                                          \
        "REQUEST_METHOD", "GET", "REQUEST_URI", uri, NULL                      \
    }

static void
assert_says(const struct buf *answer, const char *text)
{
    if (strstr(buf_str(answer), text) == NULL)
        fail_msg("no \"%s\" in: %s", text, buf_str(answer));
}

/* ---- the tests ---- */

static void
answers_and_routes(void **state)
{
    static const char *const good[] = {
        "REQUEST_METHOD",   "GET",       "REQUEST_URI",
        "/hello/a%2Fb?x=1", "HTTP_HOST", "localhost:81",
        "REQUEST_ID",       "abc123",    NULL};
    static const char *const head[] = {"REQUEST_METHOD", "HEAD", "REQUEST_URI",
                                       "/hello/x", NULL};
    static const char *const absent[] = GET("/hello/x/");
    auto_buf struct buf a = BUF_INIT(65536);
    struct world w;

    (void)state;
    world_start(&w, 4, 0);
    assert_true(peer_ask(w.path, good, NULL, &a));
    assert_says(&a, "Status: 200 OK\r\n");
    assert_says(&a, "Content-Type: application/json\r\n");
    assert_says(&a, "Cache-Control: no-store\r\n");
    assert_says(&a, "\r\n\r\n{\"name\":\"a/b\","
                    "\"base\":\"http://localhost:81\"}");
    buf_clear(&a);
    assert_true(peer_ask(w.path, head, NULL, &a));
    assert_says(&a, "Status: 200 OK\r\n");
    assert_says(&a, "Content-Length: ");
    assert_null(strchr(buf_str(&a), '{'));
    buf_clear(&a);
    assert_true(peer_ask(w.path, absent, NULL, &a));
    assert_says(&a, "Status: 404 Not Found\r\n");
    assert_says(&a, "\"code\":\"not_found\"");
    world_end(&w);
}

static void
bodies_come_by_stdin_and_by_file(void **state)
{
    auto_buf struct buf a = BUF_INIT(65536);
    auto_free char *body = xmalloc(200001);
    char name[100];
    const char *by_stdin[] = {
        "REQUEST_METHOD", "POST",   "REQUEST_URI", "/count",
        "CONTENT_LENGTH", "200000", NULL};
    const char *by_file[] = {"REQUEST_METHOD",
                             "POST",
                             "REQUEST_URI",
                             "/count",
                             "CONTENT_LENGTH",
                             "",
                             "TRAINMODE_BODY_FILE",
                             name,
                             NULL};
    const char *empty[] = {"REQUEST_METHOD",
                           "POST",
                           "REQUEST_URI",
                           "/count",
                           "CONTENT_LENGTH",
                           "",
                           "TRAINMODE_BODY_FILE",
                           "",
                           NULL};
    struct world w;
    char sum[40];
    uint32_t n = 0;
    FILE *f;

    (void)state;
    for (int i = 0; i < 200000; i++) {
        body[i] = (char)('!' + i % 90);
        n = n * 31 + (unsigned char)body[i];
    }
    body[200000] = '\0';
    (void)snprintf(sum, sizeof(sum), "\"bytes\":200000,\"sum\":%u,", n);

    world_start(&w, 4, 0);
    (void)snprintf(name, sizeof(name), "%s/body", w.dir);
    assert_non_null(f = fopen(name, "w"));
    assert_int_equal(fwrite(body, 1, 200000, f), 200000);
    fclose(f);
    assert_true(peer_ask(w.path, by_stdin, body, &a));
    assert_says(&a, sum);
    assert_says(&a, "\"file\":false");
    buf_clear(&a);
    assert_true(peer_ask(w.path, by_file, NULL, &a));
    assert_says(&a, sum);
    assert_says(&a, "\"file\":true");
    buf_clear(&a);
    assert_true(peer_ask(w.path, empty, NULL, &a));
    assert_says(&a, "\"bytes\":0,");
    unlink(name);
    world_end(&w);
}

static void
bodies_keep_their_length(void **state)
{
    static const char *const five[] = {
        "REQUEST_METHOD", "POST", "REQUEST_URI", "/count",
        "CONTENT_LENGTH", "5",    NULL};
    static const char *const eleven[] = {
        "REQUEST_METHOD", "POST", "REQUEST_URI", "/small",
        "CONTENT_LENGTH", "11",   NULL};
    static const char *const unknown[] = {"REQUEST_METHOD", "POST",
                                          "REQUEST_URI", "/small", NULL};
    auto_buf struct buf a = BUF_INIT(65536);
    struct world w;

    (void)state;
    world_start(&w, 4, 0);
    assert_true(peer_ask(w.path, five, "1234", &a));
    assert_says(&a, "shorter than its Content-Length");
    assert_int_equal(told(&w), 'x');
    buf_clear(&a);
    assert_true(peer_ask(w.path, five, "123456", &a));
    assert_says(&a, "longer than its Content-Length");
    assert_int_equal(told(&w), 'x');
    buf_clear(&a);
    /* refused before the handler, without a byte of it read */
    assert_true(peer_ask(w.path, eleven, NULL, &a));
    assert_says(&a, "Status: 413 Content Too Large\r\n");
    buf_clear(&a);
    assert_true(peer_ask(w.path, unknown, "12345678901", &a));
    assert_says(&a, "Status: 413 Content Too Large\r\n");
    assert_int_equal(told(&w), 'x');
    world_end(&w);
}

static void
a_client_that_leaves_is_noticed(void **state)
{
    static const char *const upload[] = {
        "REQUEST_METHOD", "POST", "REQUEST_URI", "/count",
        "CONTENT_LENGTH", "1000", NULL};
    static const char *const watch[] = GET("/ticks");
    static const char *const half_way[] = GET("/half");
    auto_buf struct buf a = BUF_INIT(65536);
    struct world w;
    int fd;

    (void)state;
    world_start(&w, 4, 0);
    fd = peer_connect(w.path);
    assert_int_equal(peer_begin(fd), 0);
    assert_int_equal(peer_params(fd, upload), 0);
    assert_int_equal(peer_stdin(fd, "some", 4), 0);
    close(fd);
    assert_int_equal(told(&w), 'g');

    fd = peer_connect(w.path);
    assert_int_equal(peer_begin(fd), 0);
    assert_int_equal(peer_params(fd, watch), 0);
    assert_int_equal(peer_stdin(fd, "", 0), 0);
    while (strstr(buf_str(&a), "event: tick") == NULL)
        assert_true(peer_piece(fd, &a));
    assert_says(&a, "Content-Type: text/event-stream\r\n");
    assert_says(&a, "X-Accel-Buffering: no\r\n");
    assert_says(&a, "event: tick\ndata: {\"text\":\"a\\nb\"}\n\n");
    close(fd);
    assert_int_equal(told(&w), 'g');

    buf_clear(&a);
    assert_true(peer_ask(w.path, half_way, NULL, &a));
    assert_says(&a, "event: error\ndata: {\"type\":");
    assert_says(&a, "\"code\":\"storage_error\"");
    assert_null(strstr(buf_str(&a), "secret"));
    world_end(&w);
}

static void
a_stop_finishes_what_runs(void **state)
{
    static const char *const params[] = GET("/slow");
    static const int signals[] = {SIGTERM, SIGINT};

    (void)state;
    for (int i = 0; i < 2; i++) {
        auto_buf struct buf a = BUF_INIT(65536);
        auto_fd int fd = -1;
        struct world w;
        int64_t ms;

        world_start(&w, 4, 0);
        fd = peer_connect(w.path);
        assert_int_equal(peer_begin(fd), 0);
        assert_int_equal(peer_params(fd, params), 0);
        assert_int_equal(peer_stdin(fd, "", 0), 0);
        assert_int_equal(told(&w), 's');
        kill(w.pid, signals[i]);
        assert_true(peer_answer(fd, &a));
        assert_says(&a, "done");
        assert_int_equal(world_stop(&w, signals[i], &ms), 0);
        assert_true(ms < 2000);
    }
}

/* A restart must refuse nobody: connections that arrive while nobody serves
 * wait in the socket, and the next process answers them. */
/* A client may take hours to send its body: it is told to come again. */
static void
a_stop_does_not_wait_for_bodies(void **state)
{
    static const char *const params[] = {
        "REQUEST_METHOD", "POST",   "REQUEST_URI", "/count",
        "CONTENT_LENGTH", "100000", NULL};
    auto_buf struct buf a = BUF_INIT(65536);
    struct world w;
    int64_t ms;
    int fd;

    (void)state;
    world_start(&w, 2, 0);
    assert_int_not_equal(fd = peer_connect(w.path), -1);
    assert_int_equal(peer_begin(fd), 0);
    assert_int_equal(peer_params(fd, params), 0);
    assert_int_equal(peer_stdin(fd, "some", 4), 0);
    pause_ms(300);
    kill(w.pid, SIGTERM);
    assert_true(peer_answer(fd, &a));
    assert_says(&a, "Status: 503 ");
    assert_says(&a, "\"code\":\"busy\"");
    close(fd);
    assert_int_equal(world_stop(&w, SIGTERM, &ms), 0);
    assert_true(ms < 3000);
}

static void
a_restart_loses_nothing(void **state)
{
    static const char *const params[] = GET("/hello/again");
    auto_buf struct buf a = BUF_INIT(65536);
    auto_fd int fd = -1;
    struct world w;
    int fds[2];
    int status;

    (void)state;
    world_start(&w, 4, 0);
    assert_true(peer_ask(w.path, params, NULL, &a));
    kill(w.pid, SIGTERM);
    assert_int_equal(waitpid(w.pid, &status, 0), w.pid);
    fd = peer_connect(w.path);
    assert_int_equal(peer_begin(fd), 0);
    assert_int_equal(peer_params(fd, params), 0);
    assert_int_equal(peer_stdin(fd, "", 0), 0);
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    if ((w.pid = fork()) == 0)
        serve(w.listener, fds[1], 4, 0);
    buf_clear(&a);
    assert_true(peer_answer(fd, &a));
    assert_says(&a, "\"again\"");
    close(fds[0]);
    close(fds[1]);
    world_end(&w);
}

struct asker {
    const char *path;
    bool ok;
};

static void *
ask_slow(void *arg)
{
    static const char *const params[] = GET("/slow");
    auto_buf struct buf a = BUF_INIT(65536);
    struct asker *asker = arg;

    asker->ok = peer_ask(asker->path, params, NULL, &a) &&
                strstr(buf_str(&a), "done") != NULL;
    return NULL;
}

static int64_t
ask_all(struct world *w, struct asker *askers, int n)
{
    pthread_t threads[64];
    int64_t start = clock_mono_ms();

    for (int i = 0; i < n; i++) {
        askers[i] = (struct asker){.path = w->path};
        assert_int_equal(
            pthread_create(&threads[i], NULL, ask_slow, &askers[i]), 0);
    }
    for (int i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    return clock_mono_ms() - start;
}

static void
requests_at_once(void **state)
{
    struct asker askers[64];
    struct world w;
    int64_t ms;

    (void)state;
    world_start(&w, 64, 0);
    ms = ask_all(&w, askers, 64);
    for (int i = 0; i < 64; i++)
        assert_true(askers[i].ok);
    /* one after the other they would take 25 s */
    assert_true(ms < 8000);
    world_end(&w);
}

/* Without descriptors accept fails. It must wait, not die, and not spin. */
static void
no_descriptor_left(void **state)
{
    struct asker askers[32];
    struct world w;

    (void)state;
    world_start(&w, 32, 12);
    (void)ask_all(&w, askers, 32);
    for (int i = 0; i < 32; i++)
        assert_true(askers[i].ok);
    world_end(&w);
}

/* Whoever connects and says nothing must not keep others from being served,
 * and a stop must not wait for them. */
static void
silent_peers(void **state)
{
    static const char *const params[] = GET("/hello/me");
    auto_buf struct buf a = BUF_INIT(65536);
    struct world w;
    int fds[3];

    (void)state;
    world_start(&w, 8, 0);
    for (int i = 0; i < 3; i++) {
        assert_int_not_equal(fds[i] = peer_connect(w.path), -1);
        assert_int_equal(peer_begin(fds[i]), 0);
    }
    assert_true(peer_ask(w.path, params, NULL, &a));
    assert_says(&a, "\"me\"");
    for (int i = 0; i < 3; i++)
        close(fds[i]);
    world_end(&w);
}

static void
an_idle_process_costs_nothing(void **state)
{
    static const char *const params[] = GET("/hello/me");
    auto_buf struct buf a = BUF_INIT(65536);
    struct rusage use;
    struct world w;
    int status;

    (void)state;
    world_start(&w, 4, 0);
    assert_true(peer_ask(w.path, params, NULL, &a));
    pause_ms(1500);
    kill(w.pid, SIGTERM);
    kill(w.pid, SIGTERM);
    assert_int_equal(wait4(w.pid, &status, 0, &use), w.pid);
    assert_int_equal(status, 0);
    /* 1.5 s of spinning would show; a sanitizer's start costs some. */
    assert_true(use.ru_utime.tv_sec * 1000 + use.ru_utime.tv_usec / 1000 < 700);
    close(w.listener);
    close(w.told);
    unlink(w.path);
    rmdir(w.dir);
}

static void
a_file_is_no_socket(void **state)
{
    struct err err = ERR_INIT;
    int status;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        struct serve_conf sc = {.threads = 1, .routes = routes};
        struct app app = {0};

        dup2(open("/dev/null", O_RDONLY), 0);
        exit(web_serve(&app, &sc, &err) == -1 &&
                     strstr(err.msg, "descriptor 0") != NULL
                 ? 3
                 : 4);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), 3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_and_routes),
        cmocka_unit_test(bodies_come_by_stdin_and_by_file),
        cmocka_unit_test(bodies_keep_their_length),
        cmocka_unit_test(a_client_that_leaves_is_noticed),
        cmocka_unit_test(a_stop_finishes_what_runs),
        cmocka_unit_test(a_stop_does_not_wait_for_bodies),
        cmocka_unit_test(a_restart_loses_nothing),
        cmocka_unit_test(requests_at_once),
        cmocka_unit_test(no_descriptor_left),
        cmocka_unit_test(silent_peers),
        cmocka_unit_test(an_idle_process_costs_nothing),
        cmocka_unit_test(a_file_is_no_socket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
