/*
 * web/ without a process: routes, queries, bodies' types, problem documents,
 * the cross-site guard, on a wire that is memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "memory.h"
#include "web/query.h"
#include "web/route.h"
#include "web/web.h"

/* ---- a program ---- */

struct app {
    int calls;
    enum takes kind;
    struct err seen; /* the result of the handler's own reading */
    char text[200];
};

static int
take(struct app *app, struct req *req, struct err *err)
{
    const char *q = req_query(req, "q");

    app->calls++;
    app->kind = req_body_kind(req);
    (void)snprintf(app->text, sizeof(app->text), "%s", q != NULL ? q : "-");
    return reply_nothing(req, err);
}

static int
read_json(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    const char *name;
    long limit;

    app->calls++;
    if (in == NULL || json_str(in, "name", &name, err) == -1 ||
        req_query_int(req, "limit", 1, 50, 20, &limit, err) == -1)
        return -1;
    (void)snprintf(app->text, sizeof(app->text), "%s %ld", name, limit);
    reply_header(req, "Location", "/x\r\nSet-Cookie: evil=1");
    return reply_json(req, 201, json_object_new_object(), err);
}

static int
by_id(struct app *app, struct req *req, struct err *err)
{
    const char *id;
    const char *artist;

    if (req_uuid(req, "id", ERR_ITEM_NOT_FOUND, &id, err) == -1 ||
        req_query_uuid(req, "artistId", &artist, err) == -1)
        return -1;
    (void)snprintf(app->text, sizeof(app->text), "%s", id);
    return reply_file(req, "/_files/a b/\xc3\xa4?.mp3", "audio/mpeg",
                      "S\xc3\xbc\xc3\x9f \"x\".mp3", err);
}

static int
fail_inside(struct app *app, struct req *req, struct err *err)
{
    (void)app;
    reply_header(req, "Location", "/never");
    err->retry_after = 7;
    return err_set(err, ERR_DATABASE, "host=secret");
}

static int
say_nothing(struct app *app, struct req *req, struct err *err)
{
    (void)app;
    (void)req;
    (void)err;
    return 0;
}

static int
with_extra(struct app *app, struct req *req, struct err *err)
{
    struct err why = ERR_INIT;
    json_object *extra = json_object_new_object();

    (void)app;
    (void)err;
    err_field(&why, "na\xffme", "bad \xe2\x82 text");
    json_add_int(extra, "more", 5);
    return reply_problem(req, &why, extra);
}

#define ID "0f9b3a52-2f6c-4d4b-9a1e-3f1d2c4b5a69"

static const struct route routes[] = {
    {"GET", "/api/items", TAKES_NOTHING, 0, take},
    {"POST", "/api/items", TAKES_JSON, 100, read_json},
    {"GET", "/api/items/next", TAKES_NOTHING, 0, take},
    {"GET", "/api/items/{id}", TAKES_NOTHING, 0, by_id},
    {"PUT", "/api/items/{id}/audio", TAKES_AUDIO | TAKES_MULTIPART, -1, take},
    {"POST", "/api/library", TAKES_BYTES | TAKES_JSON, -1, take},
    {"GET", "/fail", TAKES_NOTHING, 0, fail_inside},
    {"GET", "/silent", TAKES_NOTHING, 0, say_nothing},
    {"GET", "/extra", TAKES_NOTHING, 0, with_extra},
    {0},
};

static const char *
ask_as(struct app *app, const char *public_url, const char *const *params,
       const char *body)
{
    struct serve_conf sc = {.public_url = public_url, .routes = routes};

    return memory_ask(app, &sc, params, body);
}

/* ask(&app, body, "REQUEST_METHOD", "GET", ...) */
#define ask(app, body, ...)                                                    \
    ask_as(app, NULL, (const char *const[]){__VA_ARGS__, NULL}, body)
#define get(app, uri)                                                          \
    ask(app, NULL, "REQUEST_METHOD", "GET", "REQUEST_URI", uri)

/* ---- the tests ---- */

static void
percent_decoding(void **state)
{
    static const struct {
        const char *in;
        bool ok;
        const char *out;
    } rows[] = {
        {"", true, ""},
        {"a%20b", true, "a b"},
        {"%C3%A4", true, "\xc3\xa4"},
        {"a+b", true, "a b"},
        {"%", false, NULL},
        {"%4", false, NULL},
        {"a%4", false, NULL},
        {"%zz", false, NULL},
        {"%00", false, NULL},
        {"%ff", false, NULL},
        {"%41", true, "A"},
        {"%2541", true, "%41"},
        {"%4g", false, NULL},
        {"\xff", false, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char out[32];

        assert_int_equal(
            percent_decode(rows[i].in, strlen(rows[i].in), true, out),
            rows[i].ok);
        if (rows[i].ok)
            assert_string_equal(out, rows[i].out);
    }
}

static void
queries(void **state)
{
    struct query q = {0};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(
        query_parse("a=1&b=x+y%26&&c&a=2&d%3D=%E6%A1%9C&=e", &q, &err), 0);
    assert_string_equal(query_get(&q, "a"), "1");
    assert_string_equal(query_get(&q, "b"), "x y&");
    assert_string_equal(query_get(&q, "c"), "");
    assert_string_equal(query_get(&q, "d="), "\xe6\xa1\x9c");
    assert_string_equal(query_get(&q, ""), "e");
    assert_null(query_get(&q, "e"));
    query_release(&q);
    assert_int_equal(query_parse("", &q, &err), 0);
    assert_null(query_get(&q, ""));
    query_release(&q);
    assert_int_equal(query_parse("a=%", &q, &err), -1);
    assert_int_equal(err.code, ERR_BAD_REQUEST);
}

static void
routing(void **state)
{
    static const char *const absent[] = {
        "",
        "/",
        "/api",
        "/api/items/",
        "/api//items",
        "api/items",
        "/api/items/a/b",
        "/api/items/%zz",
        "/api/items/%00",
        "/api%2Fitems",
        "/API/items",
        "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o",
    };
    struct app app = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
        assert_in(get(&app, absent[i]), "Status: 404 ");
    assert_int_equal(app.calls, 0);
    assert_in(get(&app, "/api/items?q=1"), "Status: 204 ");
    assert_in(get(&app, "/%61pi/items"), "Status: 204 ");
    assert_in(get(&app, "/api/items/next"), "Status: 204 "); /* first row */
    assert_int_equal(app.calls, 3);
    assert_in(ask(&app, NULL, "REQUEST_METHOD", "DELETE", "REQUEST_URI",
                  "/api/items"),
              "Allow: GET, HEAD, POST\r\n");
    assert_in(ask(&app, NULL, "REQUEST_METHOD", "get", "REQUEST_URI",
                  "/api/items/next"),
              "Status: 405 ");
    assert_in(
        ask(&app, NULL, "REQUEST_METHOD", "GET", "DOCUMENT_URI", "/api/items"),
        "Status: 204 ");
    /* decoded already, and not decoded twice */
    assert_in(ask(&app, NULL, "REQUEST_METHOD", "GET", "DOCUMENT_URI",
                  "/api/%69tems"),
              "Status: 404 ");
    assert_in(ask(&app, NULL, "REQUEST_METHOD", "GET", "DOCUMENT_URI",
                  "/api/items/100%"),
              "\"code\":\"item_not_found\"");
}

static void
body_types(void **state)
{
    static const struct {
        const char *method, *uri, *type;
        enum takes kind; /* TAKES_NOTHING: 415 */
    } rows[] = {
        {"PUT", "/api/items/x/audio", "audio/mpeg", TAKES_AUDIO},
        {"PUT", "/api/items/x/audio", "Audio/X-WAV; a=b", TAKES_AUDIO},
        {"PUT", "/api/items/x/audio", "application/ogg", TAKES_AUDIO},
        {"PUT", "/api/items/x/audio", "multipart/form-data; boundary=x",
         TAKES_MULTIPART},
        {"PUT", "/api/items/x/audio", "text/plain", TAKES_NOTHING},
        {"PUT", "/api/items/x/audio", "", TAKES_NOTHING},
        {"PUT", "/api/items/x/audio", "audio", TAKES_NOTHING},
        {"POST", "/api/library", "", TAKES_BYTES},
        {"POST", "/api/library", "application/gzip", TAKES_BYTES},
        {"POST", "/api/library", "application/x-www-form-urlencoded",
         TAKES_BYTES},
        {"POST", "/api/library", "application/json;charset=utf-8", TAKES_JSON},
        {"POST", "/api/items", "text/plain;charset=UTF-8", TAKES_NOTHING},
        {"POST", "/api/items", "application/jsonp", TAKES_NOTHING},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct app app = {0};
        const char *a = ask(&app, "abc", "REQUEST_METHOD", rows[i].method,
                            "REQUEST_URI", rows[i].uri, "CONTENT_TYPE",
                            rows[i].type, "CONTENT_LENGTH", "3");

        if (rows[i].kind == TAKES_NOTHING) {
            assert_in(a, "Status: 415 ");
            assert_int_equal(app.calls, 0);
        } else {
            assert_in(a, "Status: 204 ");
            assert_int_equal(app.kind, rows[i].kind);
        }
    }
}

#define POST_ITEMS                                                             \
    "REQUEST_METHOD", "POST", "REQUEST_URI", "/api/items", "CONTENT_TYPE",     \
        "application/json"

static void
json_bodies(void **state)
{
    struct app app = {0};
    const char *a;

    (void)state;
    a = ask(&app, "{\"name\":\"x\"}", POST_ITEMS, "QUERY_STRING", "limit=7");
    assert_in(a, "Status: 201 Created\r\n");
    assert_in(a, "Location: /x  Set-Cookie: evil=1\r\n");
    assert_string_equal(app.text, "x 7");
    assert_in(ask(&app, "{\"name\":1}", POST_ITEMS), "\"field\":\"name\"");
    assert_in(ask(&app, "[]", POST_ITEMS), "\"code\":\"invalid_json\"");
    assert_in(ask(&app, "", POST_ITEMS), "the body is empty");
    assert_in(
        ask(&app, "{\"name\":\"x\"}", POST_ITEMS, "QUERY_STRING", "limit=51"),
        "from 1 to 50");
    assert_in(
        ask(&app, "{\"name\":\"x\"}", POST_ITEMS, "QUERY_STRING", "limit=+7"),
        "\"field\":\"limit\"");
    assert_in(ask(&app, "{}", POST_ITEMS, "CONTENT_LENGTH", "101"),
              "Status: 413 ");
    assert_in(ask(&app, "{}", POST_ITEMS, "CONTENT_LENGTH", "-1"),
              "Status: 400 ");
    assert_in(ask(&app, "{}", POST_ITEMS, "QUERY_STRING", "a=%x"),
              "\"code\":\"bad_request\"");
    /* no type and no body: the handler misses the members */
    assert_in(
        ask(&app, "", "REQUEST_METHOD", "POST", "REQUEST_URI", "/api/items"),
        "the body is empty");
}

static void
ids_and_files(void **state)
{
    struct app app = {0};
    const char *a;

    (void)state;
    a = ask(&app, NULL, "REQUEST_METHOD", "GET", "REQUEST_URI",
            "/api/items/" ID "?artistId=" ID, "QUERY_STRING", "artistId=" ID);
    assert_string_equal(app.text, ID);
    assert_in(a, "X-Accel-Redirect: /_files/a%20b/%C3%A4%3F.mp3\r\n");
    assert_in(a, "Content-Disposition: attachment; "
                 "filename=\"S__ _x_.mp3\"; "
                 "filename*=UTF-8''S%C3%BC%C3%9F%20%22x%22.mp3\r\n");
    assert_in(get(&app, "/api/items/7"), "\"code\":\"item_not_found\"");
    assert_in(get(&app, "/api/items/" ID), "\"field\":\"artistId\"");
}

static void
problems(void **state)
{
    struct app app = {0};
    const char *a = get(&app, "/fail");

    (void)state;
    assert_in(a, "Status: 503 Service Unavailable\r\n");
    assert_in(a, "Content-Type: application/problem+json\r\n");
    assert_in(a, "Retry-After: 7\r\n");
    assert_in(a, "\"type\":\"urn:trainmode:problem:database_unavailable\","
                 "\"title\":\"The database is away\",\"status\":503,"
                 "\"detail\":\"The database cannot");
    assert_in(a, "\"requestId\":\"");
    assert_null(strstr(a, "secret"));
    assert_null(strstr(a, "Location"));
    assert_in(get(&app, "/silent"), "Status: 500 ");
    a = get(&app, "/extra");
    assert_in(a, "\"detail\":\"bad \xef\xbf\xbd\xef\xbf\xbd text\"");
    assert_in(a, "\"field\":\"na\xef\xbf\xbdme\",\"more\":5}");
}

static void
cross_site(void **state)
{
    struct app app = {0};
    const char *const behind_proxy[] = {"HTTP_HOST",   "127.0.0.1:8080",
                                        "HTTP_ORIGIN", "https://music.test",
                                        POST_ITEMS,    NULL};

    (void)state;
    assert_in(ask(&app, "{}", POST_ITEMS, "HTTP_SEC_FETCH_SITE", "cross-site"),
              "\"code\":\"forbidden\"");
    assert_in(ask(&app, "{}", POST_ITEMS, "HTTP_HOST", "a:80", "HTTP_ORIGIN",
                  "http://evil"),
              "Status: 403 ");
    assert_in(
        ask(&app, "{}", POST_ITEMS, "HTTP_HOST", "a:80", "HTTP_ORIGIN", "null"),
        "Status: 403 ");
    assert_in(ask(&app, "{}", POST_ITEMS, "HTTP_HOST", "a:81", "HTTP_ORIGIN",
                  "http://a:82"),
              "Status: 403 ");
    assert_int_equal(app.calls, 0);
    assert_in(ask(&app, "{}", POST_ITEMS, "HTTP_HOST", "LOCALHOST:81",
                  "HTTP_ORIGIN", "http://localhost:81"),
              "Status: 400 ");
    assert_in(ask_as(&app, NULL, behind_proxy, "{}"), "Status: 403 ");
    assert_in(ask_as(&app, "https://music.test", behind_proxy, "{}"),
              "Status: 400 ");
    assert_in(ask_as(&app, "https://music.test.evil", behind_proxy, "{}"),
              "Status: 403 ");
    /* reading is the browser's own business */
    assert_in(ask(&app, NULL, "REQUEST_METHOD", "GET", "REQUEST_URI",
                  "/api/items", "HTTP_SEC_FETCH_SITE", "cross-site"),
              "Status: 204 ");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percent_decoding), cmocka_unit_test(queries),
        cmocka_unit_test(routing),          cmocka_unit_test(body_types),
        cmocka_unit_test(json_bodies),      cmocka_unit_test(ids_and_files),
        cmocka_unit_test(problems),         cmocka_unit_test(cross_site),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
