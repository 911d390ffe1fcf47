/*
 * net/http against a scripted server in a forked child: each test says what
 * the server does with a connection, then what http_do must make of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/ssl.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/http.h"
#include "net/pull.h"
#include "scripted.h"

/* ---- scripts ---- */

static void
echoes(int fd, const char *request, int nth)
{
    auto_free char *head = xasprintf(
        "HTTP/1.1 201 Created\r\nContent-Type: text/x-echo\r\nETag: \"e\"\r\n"
        "Upload-Offset: 77\r\nRetry-After: 3\r\nX-Nth: %d\r\n"
        "Content-Length: %zu\r\n\r\n",
        nth, strlen(request));

    say(fd, head);
    say(fd, request);
}

static void
counts(int fd, const char *request, int nth)
{
    auto_free char *all =
        xasprintf("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d", nth);

    (void)request;
    say(fd, all);
}

static void
drips(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 5; i++) {
        say(fd, "1\r\nx\r\n");
        nap(60);
    }
    say(fd, "0\r\n\r\n");
}

static void
stalls(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    nap(20000);
}

static void
breaks(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    (void)shutdown(fd, SHUT_RDWR);
}

static void
floods(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    for (int i = 0; i < 10000; i++)
        say(fd, "0123456789");
}

static void
redirects(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    say(fd, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/other\r\n"
            "Retry-After: 9\r\nretry-after-ms: 250\r\n"
            "Content-Length: 0\r\n\r\n");
}

static void
dates(int fd, const char *request, int nth)
{
    char date[64];
    time_t then = time(NULL) + 5;
    struct tm tm;
    auto_free char *all = NULL;

    (void)request;
    (void)nth;
    (void)strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT",
                   gmtime_r(&then, &tm));
    all = xasprintf("HTTP/1.1 503 No\r\nRetry-After: %s\r\n"
                    "Content-Length: 0\r\n\r\n",
                    date);
    say(fd, all);
}

#define LONG_BODY (8 << 20) /* more than sockets hold */

/* Byte i of a long body is i % 251; the request's path may want less. */
static void
pours(int fd, const char *request, int nth)
{
    static unsigned char body[LONG_BODY];
    auto_free char *head = xasprintf("HTTP/1.1 206 Partial Content\r\n"
                                     "ETag: \"long\"\r\n"
                                     "Content-Range: bytes 0-%d/99999999\r\n"
                                     "Content-Length: %d\r\n\r\n",
                                     LONG_BODY - 1, LONG_BODY);
    size_t len = strstr(request, "half") != NULL ? LONG_BODY / 2 : LONG_BODY;

    (void)nth;
    for (size_t i = 0; i < LONG_BODY; i++)
        body[i] = (unsigned char)(i % 251);
    say(fd, head);
    for (size_t at = 0; at < len;) {
        ssize_t n = write(fd, body + at, len - at);

        if (n <= 0)
            return;
        at += (size_t)n;
    }
    if (len < LONG_BODY)
        (void)shutdown(fd, SHUT_RDWR);
}

/* A certificate that nobody has signed but itself. */
static void
make_certificate(SSL_CTX *ctx)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    X509 *cert = X509_new();
    X509_NAME *name = X509_get_subject_name(cert);

    (void)ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    (void)X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
    (void)X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    (void)X509_set_pubkey(cert, key);
    (void)X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                     (const unsigned char *)"127.0.0.1", -1, -1,
                                     0);
    (void)X509_set_issuer_name(cert, name);
    (void)X509_sign(cert, key, EVP_sha256());
    (void)SSL_CTX_use_certificate(ctx, cert);
    (void)SSL_CTX_use_PrivateKey(ctx, key);
    X509_free(cert);
    EVP_PKEY_free(key);
}

static void
vouches_for_itself(int fd, const char *request, int nth)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    SSL *ssl;

    (void)request;
    (void)nth;
    make_certificate(ctx);
    ssl = SSL_new(ctx);
    (void)SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1) {
        static const char reply[] =
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

        (void)SSL_write(ssl, reply, sizeof(reply) - 1);
    }
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

/* ---- the tests ---- */

static void
an_answer_is_collected(void **state)
{
    struct server s = server_start(echoes);
    auto_http_resp struct http_resp r = {0};
    static const char *const headers[] = {"X-Mine: yes", NULL};
    struct http_req rq = {.method = "POST",
                          .url = s.url,
                          .headers = headers,
                          .body = "hello",
                          .body_len = 5};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(http_do(&rq, &r, &err), 0);
    assert_int_equal(r.status, 201);
    assert_int_equal(r.fault, HTTP_OK);
    assert_string_equal(http_header(&r, "content-type"), "text/x-echo");
    assert_string_equal(http_header(&r, "ETag"), "\"e\"");
    assert_int_equal(http_header_number(&r, "Upload-Offset"), 77);
    assert_int_equal(http_header_number(&r, "ETag"), -1);
    assert_null(http_header(&r, "Location"));
    assert_null(http_header(&r, "E"));
    assert_int_equal(r.retry_after_ms, 3000);
    assert_int_equal(r.content_length, (int64_t)r.body.len);
    assert_non_null(strstr(buf_str(&r.body), "POST /path?q=1 HTTP/1.1\r\n"));
    assert_non_null(strstr(buf_str(&r.body), "X-Mine: yes\r\n"));
    assert_non_null(strstr(buf_str(&r.body), "\r\n\r\nhello"));
    assert_null(strcasestr(buf_str(&r.body), "expect"));
    assert_null(strcasestr(buf_str(&r.body), "urlencoded"));
    server_stop(&s);
}

/* The first line that a server got for a GET of that URL. */
static void
expect_line(const char *url, const char *line)
{
    auto_http_resp struct http_resp r = {0};
    struct http_req rq = {.method = "GET", .url = url};
    struct err err = ERR_INIT;

    assert_int_equal(http_do(&rq, &r, &err), 0);
    assert_int_equal(r.status, 201);
    assert_memory_equal(buf_str(&r.body), line, strlen(line));
}

/* A model on 127.0.0.1 is called directly, whatever the proxy. */
static void
no_proxy_stands_before_this_machine(void **state)
{
    struct server here = server_start(echoes);
    struct server named = server_start(echoes);
    struct server proxy = server_start(echoes);
    auto_free char *by_name =
        xasprintf("http://localhost%s", strrchr(named.url, ':'));

    (void)state;
    setenv("http_proxy", proxy.url, 1);
    expect_line(here.url, "GET /path?q=1 HTTP/1.1\r\n");
    expect_line(by_name, "GET /path?q=1 HTTP/1.1\r\n");
    expect_line("http://model.example/v1",
                "GET http://model.example/v1 HTTP/1.1\r\n");
    expect_line("http://127.model.example/v1",
                "GET http://127.model.example/v1 HTTP/1.1\r\n");
    unsetenv("http_proxy");
    server_stop(&here);
    server_stop(&named);
    server_stop(&proxy);
}

static ssize_t
read_pieces(void *ctx, void *buf, size_t size)
{
    size_t *left = ctx;
    size_t n = *left < 1000 ? *left : 1000;

    if (n > size)
        n = size;
    memset(buf, 'r', n);
    *left -= n;
    return (ssize_t)n;
}

static void
a_body_is_sent_in_pieces(void **state)
{
    struct server s = server_start(echoes);
    auto_http_resp struct http_resp r = {0};
    size_t left = 100000;
    struct http_req rq = {.method = "PATCH",
                          .url = s.url,
                          .body_len = 100000,
                          .read = read_pieces,
                          .ctx = &left};
    struct err err = ERR_INIT;
    const char *body;

    (void)state;
    assert_int_equal(http_do(&rq, &r, &err), 0);
    assert_int_equal(left, 0);
    assert_non_null(strstr(buf_str(&r.body), "PATCH /path"));
    assert_non_null(strstr(buf_str(&r.body), "Content-Length: 100000"));
    body = strstr(buf_str(&r.body), "\r\n\r\n") + 4;
    assert_int_equal(strspn(body, "r"), 100000);
    server_stop(&s);
}

static void
a_connection_is_used_again(void **state)
{
    struct server s = server_start(counts);
    struct http_req rq = {.method = "GET", .url = s.url};
    struct err err = ERR_INIT;

    (void)state;
    for (int i = 1; i <= 3; i++) {
        auto_http_resp struct http_resp r = {0};

        assert_int_equal(http_do(&rq, &r, &err), 0);
        assert_int_equal(buf_str(&r.body)[0], '0' + i);
    }
    server_stop(&s);
}

struct pieces {
    int n;
    int status;
    int stop_after;
    int64_t first;
};

static int
count_piece(void *ctx, int status, const void *data, size_t len)
{
    struct pieces *p = ctx;

    (void)data;
    if (p->n == 0)
        p->first = clock_mono_ms();
    p->status = status;
    p->n += (int)len;
    return p->stop_after > 0 && p->n >= p->stop_after ? -1 : 0;
}

static void
pieces_come_as_they_arrive(void **state)
{
    struct server s = server_start(drips);
    auto_http_resp struct http_resp r = {0};
    struct pieces p = {0};
    struct http_req rq = {.method = "GET",
                          .url = s.url,
                          .write = count_piece,
                          .ctx = &p,
                          .stall_ms = 2000};
    struct err err = ERR_INIT;
    int64_t began = clock_mono_ms();

    (void)state;
    assert_int_equal(http_do(&rq, &r, &err), 0);
    assert_int_equal(p.n, 5);
    assert_int_equal(p.status, 200);
    assert_true(p.first - began < 150);
    assert_true(clock_mono_ms() - began >= 240);
    server_stop(&s);
}

static void
a_writer_can_stop_it(void **state)
{
    struct server s = server_start(drips);
    auto_http_resp struct http_resp r = {0};
    struct pieces p = {.stop_after = 2};
    struct http_req rq = {
        .method = "GET", .url = s.url, .write = count_piece, .ctx = &p};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(http_do(&rq, &r, &err), -1);
    assert_int_equal(r.fault, HTTP_CANCELED);
    assert_int_equal(p.n, 2);
    server_stop(&s);
}

static bool
after_a_while(void *ctx)
{
    return clock_mono_ms() - *(int64_t *)ctx > 200;
}

static void
waiting_can_be_canceled(void **state)
{
    struct server s = server_start(stalls);
    auto_http_resp struct http_resp r = {0};
    int64_t began = clock_mono_ms();
    struct http_req rq = {
        .method = "GET", .url = s.url, .cancel = after_a_while, .ctx = &began};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(http_do(&rq, &r, &err), -1);
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_int_equal(r.fault, HTTP_CANCELED);
    assert_true(clock_mono_ms() - began < 900);
    server_stop(&s);
}

static void
a_stall_and_a_total_time_out(void **state)
{
    struct server s = server_start(stalls);
    int64_t began = clock_mono_ms();
    struct http_req stall = {.method = "GET", .url = s.url, .stall_ms = 300};
    struct http_req total = {.method = "GET", .url = s.url, .total_ms = 300};
    auto_http_resp struct http_resp r = {0};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(http_do(&stall, &r, &err), -1);
    assert_int_equal(r.fault, HTTP_TIMEOUT);
    assert_int_equal(r.status, 200);
    assert_true(clock_mono_ms() - began >= 300);
    assert_true(clock_mono_ms() - began < 1200);
    server_stop(&s);

    s = server_start(stalls);
    total.url = s.url;
    began = clock_mono_ms();
    assert_int_equal(http_do(&total, &r, &err), -1);
    assert_int_equal(r.fault, HTTP_TIMEOUT);
    assert_true(clock_mono_ms() - began < 1200);
    server_stop(&s);
}

/* Bytes come all the time, and too few of them. */
static void
a_drip_times_out(void **state)
{
    struct server s = server_start(drips);
    struct http_req rq = {
        .method = "GET", .url = s.url, .stall_ms = 150, .least = 1000000};
    auto_http_resp struct http_resp r = {0};
    struct http_pull *p;
    struct err err = ERR_INIT;
    int64_t began = clock_mono_ms();
    char buf[64];
    ssize_t n;

    (void)state;
    assert_int_equal(http_do(&rq, &r, &err), -1);
    assert_int_equal(r.fault, HTTP_TIMEOUT);
    assert_true(clock_mono_ms() - began < 290);
    server_stop(&s);

    s = server_start(drips);
    rq.url = s.url;
    err_clear(&err);
    p = http_pull_open(&rq, &r, &err);
    assert_non_null(p);
    while ((n = http_pull(p, buf, sizeof(buf), &err)) > 0)
        continue;
    assert_int_equal(n, -1);
    assert_int_equal(r.fault, HTTP_TIMEOUT);
    http_pull_close(p);
    server_stop(&s);

    /* Slow enough for a server that is allowed to be. */
    s = server_start(drips);
    rq.url = s.url;
    rq.least = 10;
    err_clear(&err);
    assert_int_equal(http_do(&rq, &r, &err), 0);
    server_stop(&s);
}

/* The reader's pause between two pieces is not the server's fault. */
static void
a_slow_reader_is_no_slow_server(void **state)
{
    struct server s = server_start(floods);
    struct http_req rq = {
        .method = "GET", .url = s.url, .stall_ms = 200, .least = 100000000};
    auto_http_resp struct http_resp r = {0};
    struct err err = ERR_INIT;
    auto_http_pull struct http_pull *p = http_pull_open(&rq, &r, &err);
    size_t all = 0;
    char buf[25000];
    ssize_t n;

    (void)state;
    assert_non_null(p);
    while ((n = http_pull(p, buf, sizeof(buf), &err)) > 0) {
        all += (size_t)n;
        nap(150);
    }
    assert_int_equal(n, 0);
    assert_int_equal(all, 100000);
    server_stop(&s);
}

static void
what_is_not_whole_fails(void **state)
{
    struct server s = server_start(breaks);
    struct http_req rq = {.method = "GET", .url = s.url, .max = 5000};
    auto_http_resp struct http_resp r = {0};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(http_do(&rq, &r, &err), -1);
    assert_int_equal(r.fault, HTTP_BROKEN);
    server_stop(&s);

    assert_int_equal(http_do(&rq, &r, &err), -1); /* nobody listens now */
    assert_int_equal(r.fault, HTTP_UNREACHABLE);
    assert_int_equal(r.status, 0);

    s = server_start(floods);
    rq.url = s.url;
    assert_int_equal(http_do(&rq, &r, &err), -1);
    assert_int_equal(r.fault, HTTP_TOO_LARGE);
    assert_true(r.body.len <= 5000);
    server_stop(&s);
}

static void
only_http_and_no_redirects(void **state)
{
    struct server s = server_start(redirects);
    struct http_req rq = {.method = "GET", .url = s.url};
    struct http_req file = {.method = "GET", .url = "file:///etc/hostname"};
    auto_http_resp struct http_resp r = {0};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(http_do(&rq, &r, &err), 0);
    assert_int_equal(r.status, 302);
    assert_string_equal(http_header(&r, "Location"),
                        "http://127.0.0.1:1/other");
    assert_int_equal(r.retry_after_ms, 250);
    server_stop(&s);

    assert_int_equal(http_do(&file, &r, &err), -1);
    assert_int_equal(r.fault, HTTP_UNREACHABLE);
}

static void
a_retry_date_is_a_span(void **state)
{
    struct server s = server_start(dates);
    struct http_req rq = {.method = "HEAD", .url = s.url};
    auto_http_resp struct http_resp r = {0};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(http_do(&rq, &r, &err), 0);
    assert_int_equal(r.status, 503);
    assert_true(r.retry_after_ms > 2500 && r.retry_after_ms <= 5000);
    server_stop(&s);
}

/* Read all of it by odd sizes, resting now and then. How much was right. */
static size_t
pull_all(struct http_pull *p, struct err *err, ssize_t *ret_last)
{
    static char buf[100000];
    size_t at = 0;
    ssize_t n;

    for (int i = 0;
         (n = http_pull(p, buf, (size_t)(1 + i * 7919 % 99999), err)) > 0;
         i++) {
        for (ssize_t k = 0; k < n; k++)
            assert_int_equal((unsigned char)buf[k], (at + (size_t)k) % 251);
        at += (size_t)n;
        if (i % 100 == 0)
            nap(5);
    }
    *ret_last = n;
    return at;
}

static void
an_answer_is_pulled(void **state)
{
    struct server s = server_start(pours);
    struct err err = ERR_INIT;

    (void)state;
    for (int i = 0; i < 2; i++) { /* the handle is as good afterwards */
        auto_http_resp struct http_resp r = {0};
        struct http_req rq = {.method = "GET", .url = s.url, .stall_ms = 5000};
        auto_http_pull struct http_pull *p = http_pull_open(&rq, &r, &err);
        ssize_t last;

        assert_non_null(p);
        assert_int_equal(r.status, 206);
        assert_string_equal(http_header(&r, "ETag"), "\"long\"");
        assert_int_equal(r.content_length, LONG_BODY);
        assert_int_equal(r.range_total, 99999999);
        nap(200);
        assert_true(r.received < LONG_BODY / 8); /* it rests with us */
        assert_int_equal(pull_all(p, &err, &last), LONG_BODY);
        assert_int_equal(last, 0);
        assert_int_equal(http_pull(p, &last, sizeof(last), &err), 0);
    }
    server_stop(&s);
}

static void
a_pull_that_breaks_says_so(void **state)
{
    struct server s = server_start(pours);
    auto_http_resp struct http_resp r = {0};
    auto_free char *url = xasprintf("%s&half", s.url);
    struct http_req rq = {.method = "GET", .url = url};
    struct err err = ERR_INIT;
    struct http_pull *p = http_pull_open(&rq, &r, &err);
    ssize_t last;

    (void)state;
    assert_non_null(p);
    assert_int_equal(pull_all(p, &err, &last), LONG_BODY / 2);
    assert_int_equal(last, -1);
    assert_int_equal(r.fault, HTTP_BROKEN);
    http_pull_close(p);

    /* One that nobody wants any more is given up at once. */
    rq.url = s.url;
    p = http_pull_open(&rq, &r, &err);
    assert_non_null(p);
    http_pull_close(p);
    server_stop(&s);

    err_clear(&err);
    assert_null(http_pull_open(&rq, &r, &err));
    assert_int_equal(r.fault, HTTP_UNREACHABLE);
}

static void
a_pull_without_a_body(void **state)
{
    struct server s = server_start(redirects);
    auto_http_resp struct http_resp r = {0};
    struct http_req rq = {.method = "GET", .url = s.url};
    struct err err = ERR_INIT;
    auto_http_pull struct http_pull *p = http_pull_open(&rq, &r, &err);
    char c;

    (void)state;
    assert_non_null(p);
    assert_int_equal(r.status, 302);
    assert_int_equal(http_pull(p, &c, 1, &err), 0);
    server_stop(&s);
}

static void
a_pull_times_out(void **state)
{
    struct server s = server_start(stalls);
    auto_http_resp struct http_resp r = {0};
    struct http_req rq = {.method = "GET", .url = s.url, .stall_ms = 300};
    struct err err = ERR_INIT;
    auto_http_pull struct http_pull *p = http_pull_open(&rq, &r, &err);
    char buf[16];

    (void)state;
    assert_non_null(p);
    nap(500); /* our own time does not count */
    assert_int_equal(http_pull(p, buf, sizeof(buf), &err), 3);
    assert_int_equal(http_pull(p, buf, sizeof(buf), &err), -1);
    assert_int_equal(r.fault, HTTP_TIMEOUT);
    server_stop(&s);
}

static void
a_stranger_is_not_trusted(void **state)
{
    struct server s = server_start_raw(vouches_for_itself);
    auto_http_resp struct http_resp r = {0};
    auto_free char *url = xasprintf("https%s", s.url + strlen("http"));
    struct http_req rq = {.method = "GET", .url = url};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(http_do(&rq, &r, &err), -1);
    assert_int_equal(r.fault, HTTP_UNREACHABLE);
    assert_int_equal(r.status, 0);
    assert_non_null(strstr(err.msg, "certificate"));
    server_stop(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_collected),
        cmocka_unit_test(no_proxy_stands_before_this_machine),
        cmocka_unit_test(a_body_is_sent_in_pieces),
        cmocka_unit_test(a_connection_is_used_again),
        cmocka_unit_test(pieces_come_as_they_arrive),
        cmocka_unit_test(a_writer_can_stop_it),
        cmocka_unit_test(waiting_can_be_canceled),
        cmocka_unit_test(a_stall_and_a_total_time_out),
        cmocka_unit_test(a_drip_times_out),
        cmocka_unit_test(a_slow_reader_is_no_slow_server),
        cmocka_unit_test(what_is_not_whole_fails),
        cmocka_unit_test(only_http_and_no_redirects),
        cmocka_unit_test(a_retry_date_is_a_span),
        cmocka_unit_test(an_answer_is_pulled),
        cmocka_unit_test(a_pull_that_breaks_says_so),
        cmocka_unit_test(a_pull_without_a_body),
        cmocka_unit_test(a_pull_times_out),
        cmocka_unit_test(a_stranger_is_not_trusted),
    };

    return cmocka_run_group_tests_name("net/http", tests, NULL, NULL);
}
