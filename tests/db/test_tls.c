/* db/: over TLS, and only to the server with the right certificate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "cluster.h"

#define OPENSSL "/usr/bin/openssl"

static int
free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    auto_fd int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd == -1 || bind(fd, (struct sockaddr *)&at, sizeof(at)) == -1 ||
        getsockname(fd, (struct sockaddr *)&at, &len) == -1)
        fail_msg("no free port");
    return ntohs(at.sin_port);
}

/* A certificate authority of that name, for two days. */
static void
make_ca(const struct cluster *c, const char *name)
{
    auto_free char *crt = xasprintf("%s.crt", name);
    auto_free char *key = xasprintf("%s.key", name);
    auto_free char *subject = xasprintf("/CN=%s", name);
    const char *const argv[] = {OPENSSL,    "req",    "-x509",   "-newkey",
                                "rsa:2048", "-nodes", "-days",   "2",
                                "-subj",    subject,  "-keyout", key,
                                "-out",     crt,      NULL};

    assert_int_equal(cluster_run(c, true, argv), 0);
}

static void
make_server(const struct cluster *c, const char *ca, const char *host)
{
    auto_free char *crt = xasprintf("%s.crt", ca);
    auto_free char *key = xasprintf("%s.key", ca);
    auto_free char *subject = xasprintf("/CN=%s", host);
    auto_free char *names = xasprintf("subjectAltName=DNS:%s", host);
    const char *const argv[] = {
        OPENSSL, "req",        "-x509",  "-newkey", "rsa:2048", "-nodes",
        "-days", "2",          "-subj",  subject,   "-addext",  names,
        "-CA",   crt,          "-CAkey", key,       "-keyout",  "server.key",
        "-out",  "server.crt", NULL};

    assert_int_equal(cluster_run(c, true, argv), 0);
}

static int
setup(void **state)
{
    struct cluster *c;

    if (cluster_setup(state) != 0)
        return -1;
    c = *state;
    make_ca(c, "ours");
    make_ca(c, "another");
    make_server(c, "ours", "db.example");
    cluster_stop(c, SIGINT);
    cluster_serve_tls(c, free_port());
    cluster_start(c);
    return 0;
}

static struct db *
open_tls(const struct cluster *c, const char *host, const char *mode,
         const char *ca)
{
    struct err err = ERR_INIT;
    auto_free char *url =
        xasprintf("postgresql://trainmode@%s:%d/trainmode?hostaddr=127.0.0.1"
                  "&sslmode=%s&sslrootcert=%s/%s.crt",
                  host, c->port, mode, c->dir, ca);
    struct db *db = db_open(url, 1, &err);

    if (db == NULL)
        fail_msg("%s", err.msg);
    return db;
}

static void
assert_refused(const struct cluster *c, const char *host, const char *ca,
               const char *why)
{
    struct err err = ERR_INIT;
    auto_db struct db *db = open_tls(c, host, "verify-full", ca);

    assert_int_equal(db_ping(db, &err), -1);
    assert_int_equal(err.code, ERR_DATABASE);
    if (strstr(err.msg, why) == NULL)
        fail_msg("'%s' does not say '%s'", err.msg, why);
}

static void
test_right_server(void **state)
{
    struct cluster *c = *state;
    struct err err = ERR_INIT;
    auto_db struct db *db = open_tls(c, "db.example", "verify-full", "ours");
    auto_free char *version =
        must_ask(db,
                 "SELECT ssl::text || ' ' || version FROM pg_stat_ssl "
                 "WHERE pid = pg_backend_pid()",
                 0, NULL);
    auto_free char *much = NULL;

    assert_string_equal(version, "true TLSv1.3");
    /* More than one record, and more than one read. */
    much = must_ask(db, "SELECT repeat('ü', 300000)", 0, NULL);
    assert_int_equal(strlen(much), 600000);

    cluster_stop(c, SIGINT);
    assert_int_equal(db_ping(db, &err), -1);
    assert_err(err, ERR_DATABASE);
    cluster_start(c);
    assert_fine(db_ping(db, &err), err);
}

static void
test_wrong_server(void **state)
{
    struct cluster *c = *state;

    assert_refused(c, "db.example", "another", "certificate verify failed");
    assert_refused(c, "other.example", "ours", "does not match host name");
    assert_refused(c, "db.example", "none", "does not exist");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right_server),
        cmocka_unit_test(test_wrong_server),
    };
    const char *missing = cluster_missing();

    if (missing == NULL && access(OPENSSL, X_OK) == -1)
        missing = "no openssl to make certificates with";
    if (missing != NULL) {
        printf("1..1\nok 1 - tls # SKIP %s\n", missing);
        return 0;
    }
    return cmocka_run_group_tests_name("db/tls", tests, setup,
                                       cluster_teardown);
}
