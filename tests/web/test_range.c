/* Ranges of a body that passes through us: the part that is sent, with which
 * head, for every kind of request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "memory.h"

static const char body[] = "0123456789";

static int
send_part(struct app *app, struct req *req, struct err *err)
{
    int64_t from, len;
    int status = reply_range(req, "\"tag\"", 10, &from, &len, err);

    (void)app;
    if (status == -1 || reply_begin(req, status, "text/plain", len, err) == -1)
        return -1;
    return reply_write(req, body + from, (size_t)len, err);
}

static const struct route routes[] = {
    {"GET", "/body", TAKES_NOTHING | GIVES_FILE, 0, send_part}, {0}};

static const char *
ask(const char *range, const char *if_range)
{
    const struct serve_conf sc = {.routes = routes};
    const char *params[] = {"REQUEST_METHOD",
                            "GET",
                            "REQUEST_URI",
                            "/body",
                            NULL,
                            NULL,
                            NULL,
                            NULL,
                            NULL};
    int n = 4;

    if (range != NULL) {
        params[n++] = "HTTP_RANGE";
        params[n++] = range;
    }
    if (if_range != NULL) {
        params[n++] = "HTTP_IF_RANGE";
        params[n++] = if_range;
    }
    return memory_ask(NULL, &sc, params, NULL);
}

static void
expect(const char *range, const char *if_range, const char *status,
       const char *content_range, const char *text)
{
    const char *answer = ask(range, if_range);
    const char *got = strstr(answer, "\r\n\r\n");

    assert_in(answer, status);
    if (content_range != NULL)
        assert_in(answer, content_range);
    else
        assert_null(strstr(answer, "Content-Range"));
    if (text != NULL)
        assert_in(answer, "Accept-Ranges: bytes\r\n");
    if (text != NULL)
        assert_string_equal(got + 4, text);
}

static void
one_range_is_honored(void **state)
{
    (void)state;
    expect("bytes=0-0", NULL, "Status: 206", "bytes 0-0/10", "0");
    expect("bytes=2-4", NULL, "Status: 206", "bytes 2-4/10", "234");
    expect("bytes=7-", NULL, "Status: 206", "bytes 7-9/10", "789");
    expect("bytes=8-99", NULL, "Status: 206", "bytes 8-9/10", "89");
    expect("bytes=-3", NULL, "Status: 206", "bytes 7-9/10", "789");
    expect("bytes=-99", NULL, "Status: 206", "bytes 0-9/10", body);
}

static void
what_is_not_understood_gets_all(void **state)
{
    static const char *const odd[] = {
        "bytes=4-2",     "bytes=a-b",  "bytes=",
        "bytes=-",       "bytes=1",    "lines=1-2",
        "bytes=1-2,4-5", "bytes=1 -2", "bytes=99999999999999999999-",
        "bytes=+1-2"};

    (void)state;
    expect(NULL, NULL, "Status: 200", NULL, body);
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
        expect(odd[i], NULL, "Status: 200", NULL, body);
}

static void
beyond_the_end_is_said(void **state)
{
    (void)state;
    expect("bytes=10-", NULL, "Status: 416", "Content-Range: bytes */10", NULL);
    expect("bytes=-0", NULL, "Status: 416", "Content-Range: bytes */10", NULL);
    assert_in(ask("bytes=10-", NULL), "\"code\":\"range_not_satisfiable\"");
}

static void
another_body_is_sent_whole(void **state)
{
    (void)state;
    expect("bytes=2-4", "\"tag\"", "Status: 206", "bytes 2-4/10", "234");
    expect("bytes=2-4", "\"old\"", "Status: 200", NULL, body);
    expect("bytes=10-", "\"old\"", "Status: 200", NULL, body);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_range_is_honored),
        cmocka_unit_test(what_is_not_understood_gets_all),
        cmocka_unit_test(beyond_the_end_is_said),
        cmocka_unit_test(another_body_is_sent_whole),
    };

    log_init("test");
    return cmocka_run_group_tests_name("web/range", tests, NULL, NULL);
}
