/*
 * One child, its output, its end.
 */
#include "save/analyzer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"

#define PROGRAM "trainmode-analyze"
#define OUTPUT_MAX (256 * 1024)
#define TIME_MAX_MS (540 * 1000)
#define TICK_MS 100

char *
analyzer_find(struct err *err)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    auto_free char *program = NULL;
    char *slash;

    self[n > 0 ? n : 0] = '\0';
    slash = strrchr(self, '/');
    if (slash == NULL) {
        err_errno(err, ERR_INTERNAL, "cannot tell where this program is");
        return NULL;
    }
    *slash = '\0';
    program = xasprintf("%s/" PROGRAM, self);
    if (access(program, X_OK) == -1) {
        err_errno(err, ERR_INTERNAL, "%s", program);
        return NULL;
    }
    return steal(&program);
}

/* Everything that spawning needs to know, set up and taken down together. */
struct spawn {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
};

static int
spawn_init(struct spawn *s, int in, int out)
{
    sigset_t none, all;
    int rc = 0;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&s->files);
    posix_spawnattr_init(&s->attr);
    rc |= posix_spawn_file_actions_adddup2(&s->files, in, STDIN_FILENO);
    rc |= posix_spawn_file_actions_adddup2(&s->files, out, STDOUT_FILENO);
    rc |= posix_spawn_file_actions_addclosefrom_np(&s->files, 3);
    rc |= posix_spawnattr_setsigmask(&s->attr, &none);
    rc |= posix_spawnattr_setsigdefault(&s->attr, &all);
    rc |= posix_spawnattr_setflags(&s->attr, POSIX_SPAWN_SETSIGMASK |
                                                 POSIX_SPAWN_SETSIGDEF);
    return rc;
}

static void
spawn_release(struct spawn *s)
{
    posix_spawn_file_actions_destroy(&s->files);
    posix_spawnattr_destroy(&s->attr);
}

static int
start(const char *program, int in, int out, pid_t *ret, struct err *err)
{
    char *const argv[] = {(char *)(uintptr_t)PROGRAM, NULL};
    char *const env[] = {NULL}; /* ours holds keys */
    struct spawn s;
    int rc = spawn_init(&s, in, out);

    if (rc == 0)
        rc = posix_spawn(ret, program, &s.files, &s.attr, argv, env);
    spawn_release(&s);
    if (rc == 0)
        return 0;
    errno = rc;
    return err_errno(err, ERR_INTERNAL, "start %s", program);
}

/* All that the child writes, until it closes its end. */
static int
collect(int fd, bool (*stop)(void *ctx), void *ctx, struct buf *out,
        struct err *err)
{
    int64_t until = clock_mono_ms() + TIME_MAX_MS;
    char block[4096];

    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int ready = poll(&p, 1, TICK_MS);
        ssize_t n;

        if (stop(ctx))
            return err_set(err, ERR_BUSY, "the analysis was stopped");
        if (clock_mono_ms() > until)
            return err_set(err, ERR_AUDIO_DAMAGED,
                           "the analysis takes too long");
        if (ready <= 0)
            continue;
        n = read(fd, block, sizeof(block));
        if (n == 0)
            return 0;
        if (n == -1 && errno != EINTR)
            return err_errno(err, ERR_INTERNAL, "read from " PROGRAM);
        if (n > 0 && buf_add(out, block, (size_t)n) == -1)
            return err_set(err, ERR_INTERNAL, PROGRAM " says too much");
    }
}

static int
wait_for(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
        continue;
    return status;
}

/* What the child's end and output mean. */
static int
judge(int status, const struct buf *out, json_object **ret, struct err *err)
{
    int said = (int)strcspn(buf_str(out), "\n");

    if (WIFSIGNALED(status))
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the file broke the analysis (signal %d)",
                       WTERMSIG(status));
    if (WEXITSTATUS(status) == 1 && said > 0)
        return err_set(err, ERR_AUDIO_DAMAGED, "%.*s", said, buf_str(out));
    if (WEXITSTATUS(status) != 0)
        return err_set(err, ERR_INTERNAL, PROGRAM " ended with status %d",
                       WEXITSTATUS(status));
    *ret = json_parse_object(buf_str(out), out->len, err);
    return *ret != NULL ? 0 : err_wrap(err, PROGRAM " wrote no JSON");
}

int
analyzer_run(const char *program, int fd, bool (*stop)(void *ctx), void *ctx,
             json_object **ret, struct err *err)
{
    auto_buf struct buf out = BUF_INIT(OUTPUT_MAX);
    auto_fd int from = -1;
    int ends[2], rc, status;
    pid_t pid;

    if (lseek(fd, 0, SEEK_SET) == -1 || pipe2(ends, O_CLOEXEC) == -1)
        return err_errno(err, ERR_INTERNAL, "prepare the analysis");
    from = ends[0];
    rc = start(program, fd, ends[1], &pid, err);
    close(ends[1]);
    if (rc == -1)
        return -1;
    rc = collect(from, stop, ctx, &out, err);
    if (rc == -1)
        kill(pid, SIGKILL);
    status = wait_for(pid);
    return rc == -1 ? -1 : judge(status, &out, ret, err);
}
