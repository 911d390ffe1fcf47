/*
 * Goal: a process in the jail has its descriptors and nothing else, and ends by
 * itself; a child has none of our environment, descriptors or time.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/child.h"
#include "base/jail.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1 /* then only the limits hold */
#else
#define SANITIZED 0
#endif

static const struct jail small = {
    .memory = (int64_t)256 << 20, .cpu_sec = 1, .file_size = 4096, .nice = 1};

/* What becomes of a process in the jail. */
static int
in_jail(int (*what)(unsigned parts))
{
    int status;
    pid_t pid = fork();

    if (pid == 0)
        _exit(what(jail_enter(&small)));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static int
opens(unsigned parts)
{
    return (parts & (JAIL_LANDLOCK | JAIL_SECCOMP)) == 0 ||
                   open("/etc/passwd", O_RDONLY) == -1
               ? 0
               : 1;
}

static int
connects(unsigned parts)
{
    return (parts & JAIL_SECCOMP) == 0 || socket(AF_INET, SOCK_STREAM, 0) == -1
               ? 0
               : 1;
}

static int
forks(unsigned parts)
{
    return (parts & JAIL_SECCOMP) == 0 || fork() == -1 ? 0 : 1;
}

static int
grows(unsigned parts)
{
    (void)parts;
    return SANITIZED || mmap(NULL, (size_t)512 << 20, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
               ? 0
               : 1;
}

static int
turns(unsigned parts)
{
    for (volatile unsigned i = 1; i != 0;)
        continue;
    return (int)parts;
}

static int out = -1;

static int
writes(unsigned parts)
{
    static char block[8192];

    (void)parts;
    return write(out, block, 8192) == 4096 && write(out, block, 1) == -1 &&
                   errno == EFBIG
               ? 0
               : 1;
}

static int
is_in(unsigned parts)
{
    return (parts & JAIL_NO_NEW_PRIVS) == 0; /* the kernel has it since 3.5 */
}

static void
nothing_but_its_descriptors(void **state)
{
    (void)state;
    assert_int_equal(in_jail(is_in), 0);
    assert_int_equal(in_jail(opens), 0);
    assert_int_equal(in_jail(connects), 0);
    assert_int_equal(in_jail(forks), 0);
}

static void
bounded_memory_time_and_output(void **state)
{
    char path[] = "/tmp/trainmode-jail-XXXXXX";
    int status;

    (void)state;
    assert_int_equal(in_jail(grows), 0);
    status = in_jail(turns);
    assert_true(WIFSIGNALED(status));
    out = mkstemp(path);
    unlink(path);
    assert_int_equal(in_jail(writes), 0);
    close(out);
}

/* A shell script in place of a helper. The caller unlinks it. */
static void
script(const char *text, char path[64])
{
    FILE *f;

    strcpy(path, "/tmp/trainmode-script-XXXXXX");
    f = fdopen(mkstemp(path), "w");
    assert_non_null(f);
    fprintf(f, "#!/bin/sh\n%s\n", text);
    fchmod(fileno(f), 0700);
    fclose(f);
}

static enum child_end
run(const char *text, const char *ask, int time_ms, struct buf *ret_out)
{
    char path[64];
    auto_fd int in = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    struct child child = {
        .program = path, .in = in, .out = -1, .ask = ask, .time_ms = time_ms};
    struct err err = ERR_INIT;
    struct child_result result;

    script(text, path);
    assert_int_equal(child_run(&child, ret_out, &result, &err), 0);
    unlink(path);
    return result.end;
}

static void
a_child_has_nothing_of_ours(void **state)
{
    auto_buf struct buf said = BUF_INIT(4096);

    (void)state;
    setenv("OPENAI_API_KEY", "sk-secret", 1);
    /* The shell itself sets PWD and the like: only what the kernel passed
     * counts. */
    assert_int_equal(run("tr '\\0' '\\n' </proc/$$/environ; ls /proc/$$/fd | "
                         "sort -n | head -n 3 | tr '\\n' ' '; cat <&1",
                         "asked", 10000, &said),
                     CHILD_DONE);
    if (strstr(buf_str(&said), "secret") != NULL ||
        strstr(buf_str(&said), "=") != NULL)
        fail_msg("it knows %s", buf_str(&said));
    assert_non_null(strstr(buf_str(&said), "asked"));
}

static void
a_child_ends(void **state)
{
    auto_buf struct buf said = BUF_INIT(64);

    (void)state;
    assert_int_equal(run("exec sleep 100", NULL, 200, &said), CHILD_LATE);
    assert_int_equal(run("kill -SEGV $$", NULL, 10000, &said), CHILD_BROKE);
    assert_int_equal(run("exit 1", NULL, 10000, &said), CHILD_REFUSED);
    assert_int_equal(run("exit 3", NULL, 10000, &said), CHILD_FAILED);
    assert_int_equal(run("exec yes", NULL, 10000, &said), CHILD_CHATTY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_but_its_descriptors),
        cmocka_unit_test(bounded_memory_time_and_output),
        cmocka_unit_test(a_child_has_nothing_of_ours),
        cmocka_unit_test(a_child_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
