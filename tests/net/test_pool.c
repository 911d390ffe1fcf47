/* net/pool: a handle goes round with its connection, and only so many stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "net/pool.h"
#include "scripted.h"

/* nth: of the request on its connection. */
static void
counts(int fd, const char *request, int nth)
{
    auto_free char *all =
        xasprintf("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d", nth);

    (void)request;
    say(fd, all);
}

static void
must_be_nth(struct http_pool *p, const struct server *s, const char *nth)
{
    auto_http_loan struct http_loan loan = {0};
    auto_http_resp struct http_resp r = {0};
    struct http_req rq = {.method = "GET", .url = s->url};
    struct err err = ERR_INIT;

    http_loan_take(p, &loan);
    assert_int_equal(http_do(loan.http, &rq, &r, &err), 0);
    assert_string_equal(buf_str(&r.body), nth);
}

static void
a_connection_goes_round(void **state)
{
    struct server s = server_start(counts);
    struct http_pool p = HTTP_POOL_INIT(1);

    (void)state;
    must_be_nth(&p, &s, "1");
    must_be_nth(&p, &s, "2");
    http_pool_release(&p);
    server_stop(&s);
}

static void
only_so_many_are_kept(void **state)
{
    struct http_pool p = HTTP_POOL_INIT(2);
    struct http_loan loans[3];
    struct http *second;

    (void)state;
    for (int i = 0; i < 3; i++)
        http_loan_take(&p, &loans[i]);
    assert_ptr_not_equal(loans[0].http, loans[1].http);
    second = loans[1].http;
    for (int i = 0; i < 3; i++) {
        http_loan_give(&loans[i]);
        http_loan_give(&loans[i]); /* again is harmless */
    }
    assert_int_equal(p.n, 2);
    http_loan_take(&p, &loans[0]);
    assert_ptr_equal(loans[0].http, second); /* the last one kept */
    http_loan_give(&loans[0]);
    http_pool_release(&p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_goes_round),
        cmocka_unit_test(only_so_many_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
