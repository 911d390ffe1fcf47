/* net/handles: a handle goes round with its connection between hosts and
 * threads, and nothing else goes with it. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "net/http.h"
#include "net/handles.h"
#include "scripted.h"

static void
answer(int fd, int n)
{
    auto_free char *all =
        xasprintf("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d", n);

    say(fd, all);
}

/* nth: of the request on its connection. */
static void
counts(int fd, const char *request, int nth)
{
    (void)request;
    answer(fd, nth);
}

/* Serves connections side by side, and says which one a request came by. */
static void
counts_connections(int fd, const char *request, int nth)
{
    static int connection;
    char got[4096];

    (void)request;
    (void)nth;
    connection++;
    if (fork() != 0)
        return;
    while (read(fd, got, sizeof(got)) > 0)
        answer(fd, connection);
    _exit(0);
}

static void
sets_a_cookie(int fd, const char *request, int nth)
{
    (void)nth;
    if (strstr(request, "sesame") == NULL)
        say(fd, "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
    else
        say(fd, "HTTP/1.1 200 OK\r\nSet-Cookie: kept=1\r\n"
                "Content-Length: 0\r\n\r\n");
}

static void
echoes(int fd, const char *request, int nth)
{
    auto_free char *all =
        xasprintf("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
                  strlen(request), request);

    (void)nth;
    say(fd, all);
}

static void
must_say(const struct server *s, bool once, const char *text)
{
    auto_http_resp struct http_resp r = {0};
    struct http_req rq = {.method = "GET", .url = s->url, .once = once};
    struct err err = ERR_INIT;

    assert_int_equal(http_do(&rq, &r, &err), 0);
    assert_string_equal(buf_str(&r.body), text);
}

static void *
say_the_second(void *server)
{
    must_say(server, false, "2");
    return NULL;
}

static void
a_connection_goes_round(void **state)
{
    struct server s = server_start(counts);
    pthread_t other;

    (void)state;
    must_say(&s, false, "1");
    assert_int_equal(pthread_create(&other, NULL, say_the_second, &s), 0);
    assert_int_equal(pthread_join(other, NULL), 0);
    must_say(&s, false, "3");
    server_stop(&s);
}

static void
what_must_not_be_repeated_gets_a_new_one(void **state)
{
    struct server s = server_start_raw(counts_connections);

    (void)state;
    must_say(&s, false, "1");
    must_say(&s, false, "1");
    must_say(&s, true, "2");
    must_say(&s, true, "3");
    server_stop(&s);
}

/* The key, the cookie, the body and the limits of one request are not those of
 * the next one, to whichever host. */
static void
nothing_else_goes_with_it(void **state)
{
    struct server one = server_start(sets_a_cookie);
    struct server other = server_start(echoes);
    static const char *const key[] = {"Authorization: Bearer sesame",
                                      "Content-Type: text/plain", NULL};
    struct http_req first = {.method = "POST",
                             .url = one.url,
                             .headers = key,
                             .body = "hello",
                             .body_len = 5,
                             .max = 1,
                             .total_ms = 5000};
    struct http_req next = {.method = "GET", .url = other.url};
    auto_http_resp struct http_resp r = {0};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(http_do(&first, &r, &err), 0);
    assert_int_equal(r.status, 200);
    assert_int_equal(http_do(&next, &r, &err), 0);
    assert_memory_equal(buf_str(&r.body), "GET /path?q=1 HTTP/1.1\r\n", 24);
    assert_null(strstr(buf_str(&r.body), "sesame"));
    assert_null(strstr(buf_str(&r.body), "Cookie"));
    assert_null(strstr(buf_str(&r.body), "Content-"));
    next.url = one.url;
    assert_int_equal(http_do(&next, &r, &err), 0);
    assert_int_equal(r.status, 401);
    server_stop(&one);
    server_stop(&other);
}

static void
long_idle_ones_are_closed(void **state)
{
    struct http *h[3], *held;
    int64_t late = 1000 + HANDLE_IDLE_SEC * 1000;

    (void)state;
    (void)handle_give(handle_take(), INT64_MAX / 2); /* closes all others */
    held = handle_take();
    for (int i = 0; i < 3; i++)
        h[i] = handle_take();
    assert_ptr_not_equal(h[0], h[1]);
    assert_int_equal(handle_give(h[0], 1000), 1);
    assert_int_equal(handle_give(h[1], 1001), 2);
    assert_int_equal(handle_give(h[2], late), 3);
    assert_ptr_equal(handle_take(), h[2]); /* the last one */
    assert_int_equal(handle_give(h[2], late + 1), 2);
    assert_int_equal(handle_give(handle_take(), late + 2), 1);
    assert_int_equal(handle_give(held, late + 2), 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_goes_round),
        cmocka_unit_test(what_must_not_be_repeated_gets_a_new_one),
        cmocka_unit_test(nothing_else_goes_with_it),
        cmocka_unit_test(long_idle_ones_are_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
