/* A PostgreSQL of the test's own; see cluster.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ftw.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "cluster.h"

#define POOLER "/usr/sbin/pgbouncer"
#define WAIT_TRIES 300 /* of 50 ms */

/* The newest server's programs, or "". */
static const char *
programs(void)
{
    static char dir[160];
    glob_t found;

    if (dir[0] == '\0' &&
        glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found) == 0) {
        (void)snprintf(dir, sizeof(dir), "%s",
                       found.gl_pathv[found.gl_pathc - 1]);
        *strrchr(dir, '/') = '\0';
        globfree(&found);
    }
    return dir;
}

const char *
cluster_missing(void)
{
    if (programs()[0] == '\0')
        return "no PostgreSQL server is installed";
    if (getuid() == 0 && getpwnam("postgres") == NULL)
        return "there is no user postgres to run the server as";
    return NULL;
}

bool
pooler_installed(void)
{
    return access(POOLER, X_OK) == 0;
}

/* The server refuses to be root; and it ends when we do. */
static void
become_postgres(void)
{
    const struct passwd *pw = getuid() == 0 ? getpwnam("postgres") : NULL;

    if (pw != NULL && (initgroups(pw->pw_name, pw->pw_gid) == -1 ||
                       setgid(pw->pw_gid) == -1 || setuid(pw->pw_uid) == -1))
        _exit(126);
    if (prctl(PR_SET_PDEATHSIG, SIGQUIT) == -1)
        _exit(126);
}

/* A program in the cluster's folder; its output goes into `log` there. */
static pid_t
launch(const struct cluster *c, bool as_postgres, const char *const *argv)
{
    pid_t pid = fork();

    if (pid == -1)
        fail_msg("fork");
    if (pid > 0)
        return pid;
    if (as_postgres)
        become_postgres();
    if (chdir(c->dir) == -1 || freopen("log", "a", stdout) == NULL ||
        dup2(STDOUT_FILENO, STDERR_FILENO) == -1)
        _exit(126);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

static int
status_of(pid_t pid)
{
    int status;

    return waitpid(pid, &status, 0) == pid && WIFEXITED(status)
               ? WEXITSTATUS(status)
               : -1;
}

int
cluster_run(const struct cluster *c, bool as_postgres, const char *const *argv)
{
    return status_of(launch(c, as_postgres, argv));
}

/* Until the server, or the pooler, answers a question. */
static int
wait_for(const char *url)
{
    struct err err = ERR_INIT;
    auto_db struct db *db = db_open(url, 1, &err);

    for (int i = 0; i < WAIT_TRIES && db != NULL; i++) {
        err_clear(&err);
        if (db_ping(db, &err) == 0)
            return 0;
        (void)nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    print_error("%s: %s\n", url, err.msg);
    return -1;
}

static pid_t
launch_server(const struct cluster *c)
{
    auto_free char *program = xasprintf("%s/postgres", programs());
    auto_free char *data = xasprintf("%s/data", c->dir);
    auto_free char *port = xasprintf("port=%d", c->port);
    const char *const argv[] = {program,
                                "-D",
                                data,
                                "-c",
                                port,
                                "-k",
                                c->dir,
                                "-c",
                                c->tls ? "listen_addresses=127.0.0.1"
                                       : "listen_addresses=",
                                "-c",
                                c->tls ? "ssl=on" : "ssl=off",
                                "-c",
                                "ssl_cert_file=../server.crt",
                                "-c",
                                "ssl_key_file=../server.key",
                                "-c",
                                "fsync=off",
                                "-c",
                                "full_page_writes=off",
                                "-c",
                                "shared_buffers=16MB",
                                "-c",
                                "max_connections=40",
                                "-c",
                                "timezone=Asia/Kathmandu",
                                NULL};

    return launch(c, true, argv);
}

void
cluster_serve_tls(struct cluster *c, int port)
{
    c->tls = true;
    c->port = port;
    (void)snprintf(c->url, sizeof(c->url),
                   "host=%s user=trainmode dbname=trainmode port=%d", c->dir,
                   port);
}

void
cluster_start(struct cluster *c)
{
    c->server = launch_server(c);
    if (wait_for(c->url) == -1)
        fail_msg("the server does not come up; see %s/log", c->dir);
}

void
cluster_stop(struct cluster *c, int signal)
{
    if (c->server > 0 && kill(c->server, signal) == 0)
        (void)waitpid(c->server, NULL, 0);
    c->server = 0;
}

/* An empty cluster with the role and the database of the programs. */
static int
make(struct cluster *c)
{
    auto_free char *program = xasprintf("%s/initdb", programs());
    auto_free char *data = xasprintf("%s/data", c->dir);
    auto_free char *psql = xasprintf("%s/psql", programs());
    auto_free char *admin =
        xasprintf("host=%s user=postgres dbname=postgres", c->dir);
    const char *const init[] = {
        program,     "-D",    data, "-U",   "postgres",
        "-A",        "trust", "-E", "UTF8", "--locale=C.UTF-8",
        "--no-sync", NULL};
    const char *const roles[] = {psql,
                                 "-X",
                                 "-q",
                                 "-v",
                                 "ON_ERROR_STOP=1",
                                 "-d",
                                 admin,
                                 "-c",
                                 "CREATE ROLE trainmode LOGIN",
                                 "-c",
                                 "CREATE DATABASE trainmode OWNER trainmode",
                                 NULL};

    if (cluster_run(c, true, init) != 0)
        return -1;
    c->server = launch_server(c);
    return wait_for(admin) == 0 ? cluster_run(c, false, roles) : -1;
}

static int
migrate(const struct cluster *c)
{
    auto_free char *url = xasprintf("DATABASE_URL=%s", c->url);
    const char *const argv[] = {"/usr/bin/env", url,
                                SRCDIR "/deploy/migrate.sh", NULL};

    return cluster_run(c, false, argv);
}

int
cluster_psql(const struct cluster *c, const char *role, const char *const *args)
{
    auto_free char *psql = xasprintf("%s/psql", programs());
    auto_free char *url =
        xasprintf("host=%s user=%s dbname=trainmode", c->dir, role);
    const char *argv[320] = {psql, "-X", "-q", "-v", "ON_ERROR_STOP=1",
                             "-d", url};
    size_t n = 7;

    while (*args != NULL && n < sizeof(argv) / sizeof(argv[0]) - 1)
        argv[n++] = *args++;
    return cluster_run(c, false, argv);
}

static int
setup_pooler(struct cluster *c)
{
    auto_free char *ini = xasprintf("%s/pooler.ini", c->dir);
    FILE *f = fopen(ini, "w");
    const char *const argv[] = {POOLER, "-q", ini, NULL};

    if (f == NULL ||
        fprintf(f,
                "[databases]\n"
                "trainmode = host=%s dbname=trainmode user=trainmode\n"
                "[pgbouncer]\nlisten_addr =\nlisten_port = 6432\n"
                "unix_socket_dir = %s\nauth_type = any\n"
                "pool_mode = transaction\ndefault_pool_size = 2\n",
                c->dir, c->dir) < 0 ||
        fclose(f) == EOF || chmod(ini, 0644) == -1)
        return -1;
    c->pooler = launch(c, true, argv);
    return wait_for(c->pooled);
}

static int
setup(void **state, bool pooled)
{
    struct cluster *c = xcalloc(1, sizeof(*c));
    struct err err = ERR_INIT;
    const struct passwd *pw = getuid() == 0 ? getpwnam("postgres") : NULL;

    *state = c;
    c->port = 5432;
    strcpy(c->dir, "/tmp/trainmode-db.XXXXXX");
    if (mkdtemp(c->dir) == NULL)
        return -1;
    if (pw != NULL && chown(c->dir, pw->pw_uid, pw->pw_gid) == -1)
        return -1;
    (void)snprintf(c->url, sizeof(c->url),
                   "host=%s user=trainmode dbname=trainmode", c->dir);
    (void)snprintf(c->pooled, sizeof(c->pooled),
                   "host=%s user=trainmode dbname=trainmode port=6432", c->dir);
    if (make(c) != 0 || migrate(c) != 0 || (pooled && setup_pooler(c) != 0)) {
        print_error("no cluster; see %s/log\n", c->dir);
        return -1;
    }
    c->db = db_open(pooled ? c->pooled : c->url, CONNECTIONS, &err);
    return c->db != NULL ? 0 : -1;
}

int
cluster_setup(void **state)
{
    return setup(state, false);
}

int
cluster_setup_pooled(void **state)
{
    return setup(state, true);
}

static int
rm_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

int
cluster_teardown(void **state)
{
    struct cluster *c = *state;

    db_close(c->db);
    if (c->pooler > 0 && kill(c->pooler, SIGTERM) == 0)
        (void)waitpid(c->pooler, NULL, 0);
    cluster_stop(c, SIGINT);
    (void)nftw(c->dir, rm_one, 16, FTW_DEPTH | FTW_PHYS);
    free(c);
    return 0;
}

char *
ask(struct db *db, struct err *err, const char *sql, int n,
    const char *const *params)
{
    auto_pg struct pg *tx = pg_begin(db, err);
    auto_rows struct rows *r = NULL;
    char *first;

    if (tx == NULL ||
        (r = pg_query(tx, PG_MANY, err, sql, n, params)) == NULL ||
        pg_commit(tx, err) == -1)
        return NULL;
    first = rows_count(r) > 0 ? rows_text(r, 0, 0) : NULL;
    return first != NULL ? first : xstrdup("");
}

char *
must_ask(struct db *db, const char *sql, int n, const char *const *params)
{
    struct err err = ERR_INIT;
    char *first = ask(db, &err, sql, n, params);

    if (first == NULL)
        fail_msg("%s: %s", sql, err.msg);
    return first;
}

void
must_do(struct db *db, const char *sql, int n, const char *const *params)
{
    free(must_ask(db, sql, n, params));
}
