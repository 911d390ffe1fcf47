/*
 * web/auth and web/limit: which credentials are accepted, on whose behalf the
 * handler runs, and how failures are slowed down.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/mem.h"
#include "memory.h"
#include "web/limit.h"
#include "web/web.h"

struct app {
    int calls, entered, left;
    char token[100];
};

static int
serve(struct app *app, struct req *req, struct err *err)
{
    app->calls++;
    /* a handler runs between the two */
    assert_int_equal(app->entered, app->left + 1);
    return reply_nothing(req, err);
}

static int
serve_all(struct app *app, struct req *req, struct err *err)
{
    app->calls++;
    assert_int_equal(app->entered, app->left);
    return reply_nothing(req, err);
}

static int
enter(struct app *app, const char *token, bool by_cookie, struct err *err)
{
    (void)by_cookie;
    app->entered++;
    (void)snprintf(app->token, sizeof(app->token), "%s", token);
    if (strcmp(token, "good") == 0)
        return 0;
    return strcmp(token, "away") == 0
               ? err_set(err, ERR_DATABASE, "away")
               : err_set(err, ERR_UNAUTHENTICATED, "who are you");
}

static void
leave(struct app *app)
{
    app->left++;
}

/* Tells the cookie that came, and sets one. */
static int
cookies(struct app *app, struct req *req, struct err *err)
{
    auto_free char *came = req_cookie(req);

    (void)snprintf(app->token, sizeof(app->token), "%s",
                   came != NULL ? came : "-");
    reply_cookie(req, "value", 60);
    return reply_nothing(req, err);
}

static const struct route routes[] = {
    {"GET", "/cookies", OPEN_TO_ALL, 0, cookies},
    {"GET", "/mine", TAKES_NOTHING, 0, serve},
    {"POST", "/mine", TAKES_JSON, 100, serve},
    {"GET", "/open", OPEN_TO_ALL, 0, serve_all},
    {0},
};

static const struct serve_conf guarded = {
    .routes = routes, .enter = enter, .leave = leave};

#define ask(app, method, uri, ...)                                             \
    memory_ask(app, &guarded,                                                  \
               (const char *const[]){"REQUEST_METHOD", method, "REQUEST_URI",  \
                                     uri, __VA_ARGS__, NULL},                  \
               NULL)

static void
assert_status(const char *answer, const char *status)
{
    auto_free char *line = xasprintf("Status: %s ", status);

    assert_in(answer, line);
}

static void
tokens_open_doors(void **state)
{
    struct app app = {0};
    const char *a = ask(&app, "GET", "/mine", "REMOTE_ADDR", "192.0.2.1");

    (void)state;
    assert_in(a, "Status: 401 Unauthorized\r\n");
    assert_in(a, "WWW-Authenticate: Bearer\r\n");
    assert_in(a, "\"code\":\"unauthenticated\"");
    assert_string_equal(app.token, "");
    assert_in(ask(&app, "GET", "/mine", "HTTP_AUTHORIZATION", "Basic good"),
              "Status: 401 ");
    assert_in(ask(&app, "GET", "/mine", "HTTP_AUTHORIZATION", "Bearer bad"),
              "Status: 401 ");
    assert_in(ask(&app, "GET", "/mine", "HTTP_AUTHORIZATION", "Bearergood"),
              "Status: 401 ");
    assert_int_equal(app.calls, 0);
    assert_in(ask(&app, "GET", "/mine", "HTTP_AUTHORIZATION", "Bearer away"),
              "Status: 503 ");
    assert_in(ask(&app, "GET", "/mine", "HTTP_AUTHORIZATION", "Bearer good"),
              "Status: 204 ");
    assert_in(ask(&app, "GET", "/mine", "HTTP_AUTHORIZATION", "bearer  good"),
              "Status: 204 ");
    assert_int_equal(app.calls, 2);
    /* and everybody who entered left, refused or not */
    assert_int_equal(app.entered, app.left);
}

static void
some_doors_are_open(void **state)
{
    struct app app = {0};

    (void)state;
    assert_in(ask(&app, "GET", "/open", "HTTP_AUTHORIZATION", "Bearer bad"),
              "Status: 204 ");
    assert_in(ask(&app, "GET", "/none", "A", "B"), "Status: 404 ");
    assert_int_equal(app.entered, 0);
}

/* Nothing of a stranger's request is looked at before. */
static void
strangers_hear_of_nothing_else(void **state)
{
    struct app app = {0};

    (void)state;
    assert_in(ask(&app, "POST", "/mine", "CONTENT_TYPE", "text/plain",
                  "CONTENT_LENGTH", "1000000", "QUERY_STRING", "%"),
              "Status: 401 ");
    assert_in(ask(&app, "POST", "/mine", "HTTP_AUTHORIZATION", "Bearer good",
                  "CONTENT_TYPE", "text/plain", "CONTENT_LENGTH", "1000000"),
              "Status: 413 ");
    assert_int_equal(app.entered, app.left);
}

static void
failures_are_slowed_and_good_ones_are_not(void **state)
{
    struct app app = {0};
    int refused = 0;

    (void)state;
    for (int i = 0; i < 100; i++) {
        const char *a = ask(&app, "GET", "/mine", "REMOTE_ADDR", "192.0.2.7",
                            "HTTP_AUTHORIZATION", "Bearer bad");

        if (strstr(a, "Status: 429 ") == NULL)
            continue;
        assert_in(a, "Retry-After: 1\r\n");
        assert_in(a, "\"code\":\"rate_limited\"");
        refused++;
    }
    assert_true(refused >= 50 && refused <= 70);
    assert_in(ask(&app, "GET", "/mine", "REMOTE_ADDR", "192.0.2.7",
                  "HTTP_AUTHORIZATION", "Bearer good"),
              "Status: 204 ");
    assert_in(ask(&app, "GET", "/mine", "REMOTE_ADDR", "192.0.2.8",
                  "HTTP_AUTHORIZATION", "Bearer bad"),
              "Status: 401 ");
    /* a caller who sends nothing is not guessing */
    assert_in(ask(&app, "GET", "/mine", "REMOTE_ADDR", "192.0.2.7"),
              "Status: 401 ");
}

static void
a_limit_fills_again(void **state)
{
    static struct limit l = LIMIT_INIT(3, 60000);
    static struct limit quick = LIMIT_INIT(1, 1);

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(limit_wait(&l, "a"), 0);
        assert_int_equal(limit_fail(&l, "a"), 0);
    }
    for (int i = 0; i < 10; i++) /* waiting in vain does not make it longer */
        assert_in_range(limit_fail(&l, "a"), 59, 60);
    assert_in_range(limit_wait(&l, "a"), 59, 60);
    assert_int_equal(limit_wait(&l, "b"), 0);
    assert_int_equal(limit_fail(&quick, "a"), 0);
    while (limit_wait(&quick, "a") != 0)
        continue;
    assert_int_equal(limit_fail(&quick, "a"), 0);
}

static void
cookies_are_the_pages_own(void **state)
{
    static const struct {
        const char *header, *public_url, *came;
    } rows[] = {
        {"trainmode_session=a.b-c_d", NULL, "a.b-c_d"},
        {"x=1; trainmode_session=a; y=2", NULL, "a"},
        {"x=1;trainmode_session=a=b;", NULL, "a=b"},
        {"trainmode_session=", NULL, ""},
        {"xtrainmode_session=a", NULL, "-"},
        {"trainmode_sessions=a", NULL, "-"},
        {"trainmode_session", NULL, "-"},
        {"x=trainmode_session=a", NULL, "-"},
        {";;; ,", NULL, "-"},
        {"", NULL, "-"},
        {"trainmode_session=a", "http://music.test", "a"},
        {"trainmode_session=a", "https://music.test", "-"},
        {"__Host-trainmode_session=a", "HTTPS://music.test", "a"},
        {"__Host-trainmode_session=a", NULL, "-"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct app app = {0};
        struct serve_conf sc = {.routes = routes,
                                .public_url = rows[i].public_url};
        const char *const params[] = {
            "REQUEST_METHOD", "GET",          "REQUEST_URI", "/cookies",
            "HTTP_COOKIE",    rows[i].header, NULL};
        const char *a = memory_ask(&app, &sc, params, NULL);

        assert_string_equal(app.token, rows[i].came);
        if (rows[i].public_url == NULL) {
            assert_in(a, "Set-Cookie: trainmode_session=value; Path=/; "
                         "Max-Age=60; HttpOnly; SameSite=Strict\r\n");
            assert_null(strstr(a, "Secure"));
        } else if (strcasecmp(rows[i].public_url, "https://music.test") == 0) {
            assert_in(a, "Set-Cookie: __Host-trainmode_session=value; Path=/; "
                         "Max-Age=60; HttpOnly; SameSite=Strict; Secure\r\n");
        }
    }
}

static void
a_cookie_needs_an_origin_to_change_things(void **state)
{
    struct app app = {0};

    (void)state;
#define by_cookie(...)                                                         \
    ask(&app, "POST", "/mine", "CONTENT_TYPE", "application/json",             \
        "HTTP_HOST", "a.test", "HTTP_COOKIE", "trainmode_session=good",        \
        __VA_ARGS__)
    assert_in(by_cookie("A", "B"), "Status: 403 ");
    assert_in(by_cookie("HTTP_SEC_FETCH_SITE", "none"), "Status: 403 ");
    assert_in(by_cookie("HTTP_SEC_FETCH_SITE", "same-site"), "Status: 403 ");
    assert_in(by_cookie("HTTP_ORIGIN", "http://b.test"), "Status: 403 ");
    assert_int_equal(app.calls, 0);
    assert_in(by_cookie("HTTP_ORIGIN", "http://a.test"), "Status: 204 ");
    assert_in(by_cookie("HTTP_SEC_FETCH_SITE", "same-origin"), "Status: 204 ");
    assert_in(by_cookie("HTTP_AUTHORIZATION", "Bearer good"), "Status: 204 ");
    assert_in(
        ask(&app, "GET", "/mine", "HTTP_COOKIE", "trainmode_session=good"),
        "Status: 204 ");
    assert_int_equal(app.entered, app.left);
}

static void
other_pages_call_where_they_are_named(void **state)
{
    static const struct {
        const char *method, *origin, *credential, *value, *status;
        bool allowed;
    } rows[] = {
        {"OPTIONS", "https://b.test", "A", "B", "204", true},
        {"OPTIONS", "http://c.test:81", "A", "B", "204", true},
        {"OPTIONS", "https://b.test:444", "A", "B", "405", false},
        {"OPTIONS", "https://b.tes", "A", "B", "405", false},
        {"OPTIONS", "https://b.test.evil.test", "A", "B", "405", false},
        {"OPTIONS", "null", "A", "B", "405", false},
        {"OPTIONS", "", "A", "B", "405", false},
        {"POST", "https://b.test", "HTTP_AUTHORIZATION", "Bearer good", "204",
         true},
        {"POST", "https://b.test", "HTTP_COOKIE", "trainmode_session=good",
         "401", true},
        {"GET", "https://b.test", "HTTP_COOKIE", "trainmode_session=good",
         "401", true},
        {"GET", "https://d.test", "HTTP_COOKIE", "trainmode_session=good",
         "401", false},
        {"POST", "https://d.test", "HTTP_AUTHORIZATION", "Bearer good", "403",
         false},
        {"POST", "http://a.test", "HTTP_COOKIE", "trainmode_session=good",
         "204", false},
    };
    struct serve_conf sc = guarded;
    struct app app = {0};

    (void)state;
    sc.cors_origins = "https://b.test, http://c.test:81";
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        auto_free char *says =
            xasprintf("Access-Control-Allow-Origin: %s\r\n", rows[i].origin);
        const char *const params[] = {"REQUEST_METHOD",
                                      rows[i].method,
                                      "REQUEST_URI",
                                      "/mine",
                                      "HTTP_HOST",
                                      "a.test",
                                      "HTTP_ORIGIN",
                                      rows[i].origin,
                                      "HTTP_SEC_FETCH_SITE",
                                      strcmp(rows[i].origin, "http://a.test")
                                          ? "cross-site"
                                          : "same-origin",
                                      "HTTP_ACCESS_CONTROL_REQUEST_METHOD",
                                      "POST",
                                      "CONTENT_TYPE",
                                      "application/json",
                                      rows[i].credential,
                                      rows[i].value,
                                      NULL};
        const char *a = memory_ask(&app, &sc, params, NULL);

        assert_status(a, rows[i].status);
        assert_in(a, "Vary: Origin\r\n");
        assert_int_equal(strstr(a, says) != NULL, rows[i].allowed);
        assert_null(strstr(a, "Allow-Credentials"));
    }
    assert_int_equal(app.entered, app.left);
    /* and if nobody is named, it is nobody */
    assert_null(
        strstr(ask(&app, "GET", "/mine", "HTTP_ORIGIN", "https://b.test"),
               "Access-Control"));
}

/* Of the public name, only the public scheme is the page's. */
static void
another_scheme_is_another_page(void **state)
{
    struct serve_conf sc = guarded;
    static const struct {
        const char *host, *origin, *status;
    } rows[] = {
        {"a.test", "https://a.test", "204"},
        {"a.test", "http://a.test", "403"},
        {"inner:80", "https://a.test", "204"},
        {"127.0.0.1:80", "http://127.0.0.1:80", "204"},
        {"a.test", "https:", "403"},
        {"a.test", "", "403"},
    };
    struct app app = {0};

    (void)state;
    sc.public_url = "https://a.test";
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *const params[] = {"REQUEST_METHOD",
                                      "POST",
                                      "REQUEST_URI",
                                      "/mine",
                                      "HTTP_HOST",
                                      rows[i].host,
                                      "HTTP_ORIGIN",
                                      rows[i].origin,
                                      "CONTENT_TYPE",
                                      "application/json",
                                      "HTTP_COOKIE",
                                      "__Host-trainmode_session=good",
                                      NULL};
        const char *a = memory_ask(&app, &sc, params, NULL);

        assert_status(a, rows[i].status);
    }
}

/* Nobody signs in: then only names that are ours will do. */
static void
without_sign_in_a_strange_name_is_refused(void **state)
{
    static const struct {
        const char *host, *public_url, *status;
    } rows[] = {
        {"127.0.0.1:8080", NULL, "204"},
        {"[::1]:8080", NULL, "204"},
        {"192.168.1.4", NULL, "204"},
        {"localhost:8080", NULL, "204"},
        {"LocalHost", NULL, "204"},
        {"a.localhost:1", NULL, "204"},
        {"evil.test:8080", NULL, "403"},
        {"evillocalhost", NULL, "403"},
        {"localhost.evil.test", NULL, "403"},
        {"127.0.0.1.evil.test", NULL, "403"},
        {"", NULL, "403"},
        {"music.test", "https://music.test", "204"},
        {"Music.test:81", "http://music.test:81/x", "204"},
        {"music.test", "http://music.test:81", "403"},
        {"music.tes", "http://music.test", "403"},
    };
    struct app app = {.entered = 1}; /* so that serve finds what it expects */

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct serve_conf sc = {.routes = routes,
                                .public_url = rows[i].public_url};
        const char *const params[] = {
            "REQUEST_METHOD", "GET",        "REQUEST_URI", "/mine",
            "HTTP_HOST",      rows[i].host, NULL};
        const char *a = memory_ask(&app, &sc, params, NULL);

        assert_status(a, rows[i].status);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_open_doors),
        cmocka_unit_test(some_doors_are_open),
        cmocka_unit_test(strangers_hear_of_nothing_else),
        cmocka_unit_test(failures_are_slowed_and_good_ones_are_not),
        cmocka_unit_test(a_limit_fills_again),
        cmocka_unit_test(cookies_are_the_pages_own),
        cmocka_unit_test(a_cookie_needs_an_origin_to_change_things),
        cmocka_unit_test(other_pages_call_where_they_are_named),
        cmocka_unit_test(another_scheme_is_another_page),
        cmocka_unit_test(without_sign_in_a_strange_name_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
