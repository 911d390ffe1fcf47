/* One child, its output, its end; see child.h. */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/mem.h"

#define TICK_MS 100
#define ASK_MAX 16384
#define SPARE_FD 3 /* child.out, in the helper */

/* The folder of this program: /proc may be missing in a chroot; then the name
 * that it was called by. */
static bool
own_path(char *path, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", path, size - 1);
    const char *called = (const char *)(uintptr_t)getauxval(AT_EXECFN);

    if (n > 0) {
        path[n] = '\0';
        return true;
    }
    return called != NULL && realpath(called, path) != NULL;
}

static const char *folder;

void
child_folder(const char *path)
{
    folder = path;
}

char *
child_find(const char *name, struct err *err)
{
    char self[PATH_MAX];
    auto_free char *program = NULL;
    char *slash = NULL;

    if (folder == NULL && (!own_path(self, sizeof(self)) ||
                           (slash = strrchr(self, '/')) == NULL)) {
        err_errno(err, ERR_INTERNAL, "cannot tell where this program is");
        return NULL;
    }
    if (folder == NULL)
        *slash = '\0';
    program = xasprintf("%s/%s", folder != NULL ? folder : self, name);
    if (access(program, X_OK) == -1) {
        err_errno(err, ERR_INTERNAL, "%s", program);
        return NULL;
    }
    return steal(&program);
}

/* ---- starting ---- */

/* Everything that spawning needs to know, set up and taken down together. */
struct spawn {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
};

static int
spawn_init(struct spawn *s, const struct child *c, int end)
{
    sigset_t none, all;
    int rc = 0;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&s->files);
    posix_spawnattr_init(&s->attr);
    rc |= posix_spawn_file_actions_adddup2(&s->files, c->in, STDIN_FILENO);
    rc |= posix_spawn_file_actions_adddup2(&s->files, end, STDOUT_FILENO);
    if (c->out != -1)
        rc |= posix_spawn_file_actions_adddup2(&s->files, c->out, SPARE_FD);
    rc |= posix_spawn_file_actions_addclosefrom_np(
        &s->files, c->out != -1 ? SPARE_FD + 1 : SPARE_FD);
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
start(const struct child *c, int end, pid_t *ret, struct err *err)
{
    const char *slash = strrchr(c->program, '/');
    const char *name = slash != NULL ? slash + 1 : c->program;
    char *const argv[] = {(char *)(uintptr_t)name, NULL};
    char *const env[] = {NULL}; /* ours holds keys */
    struct spawn s;
    int rc = spawn_init(&s, c, end);

    if (rc == 0)
        rc = posix_spawn(ret, c->program, &s.files, &s.attr, argv, env);
    spawn_release(&s);
    if (rc == 0)
        return 0;
    errno = rc;
    (void)err_errno(err, ERR_INTERNAL, "start %s", c->program);
    return -1;
}

/* ---- talking ---- */

/* The question fits the socket's buffer, so this does not wait. If the helper
 * has already ended, its exit status tells. */
static void
ask(int fd, const char *text)
{
    if (text != NULL)
        (void)send(fd, text, strlen(text), MSG_NOSIGNAL);
    (void)shutdown(fd, SHUT_WR);
}

/* All that the child writes, until it closes its end. */
static enum child_end
collect(const struct child *c, int fd, struct buf *out)
{
    int64_t until = clock_mono_ms() + c->time_ms;
    char block[16384];

    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int ready = poll(&p, 1, TICK_MS);
        ssize_t n;

        if (c->stop != NULL && c->stop(c->ctx))
            return CHILD_STOPPED;
        if (clock_mono_ms() > until)
            return CHILD_LATE;
        if (ready <= 0)
            continue;
        n = read(fd, block, sizeof(block));
        if (n == 0 || (n == -1 && errno == ECONNRESET))
            return CHILD_DONE;
        if (n == -1 && errno != EINTR)
            return CHILD_FAILED;
        if (n > 0 && buf_add(out, block, (size_t)n) == -1)
            return CHILD_CHATTY;
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

static struct child_result
result_of(int status)
{
    static const enum child_end by_status[] = {CHILD_DONE, CHILD_REFUSED};
    int code = WEXITSTATUS(status);

    if (WIFSIGNALED(status))
        return (struct child_result){CHILD_BROKE, WTERMSIG(status)};
    return (struct child_result){code < 2 ? by_status[code] : CHILD_FAILED,
                                 code};
}

int
child_run(const struct child *c, struct buf *out, struct child_result *ret,
          struct err *err)
{
    auto_fd int from = -1;
    enum child_end end;
    int ends[2], rc, status;
    pid_t pid;

    if (lseek(c->in, 0, SEEK_SET) == -1 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1)
        return err_errno(err, ERR_INTERNAL, "prepare %s", c->program);
    from = ends[0];
    rc = start(c, ends[1], &pid, err);
    close(ends[1]);
    if (rc == -1)
        return -1;
    ask(from, c->ask);
    end = collect(c, from, out);
    if (end != CHILD_DONE)
        kill(pid, SIGKILL);
    status = wait_for(pid);
    *ret = result_of(status);
    if (end != CHILD_DONE)
        ret->end = end;
    return 0;
}

char *
child_asked(void)
{
    auto_buf struct buf text = BUF_INIT(ASK_MAX);
    char block[4096];
    ssize_t n;

    while ((n = read(STDOUT_FILENO, block, sizeof(block))) != 0) {
        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1 || buf_add(&text, block, (size_t)n) == -1)
            return NULL;
    }
    return xstrdup(buf_str(&text));
}

int
child_refuse(const char *program, const struct child_word *words,
             const struct err *err)
{
    while (words->word != NULL && words->code != err->code)
        words++;
    if (words->word == NULL)
        (void)fprintf(stderr, "%s: %s\n", program, err->msg);
    else if (printf("%s %s\n", words->word, err->msg) >= 0 &&
             fflush(stdout) != EOF)
        return 1;
    return 2;
}

int
child_refusal(const char *program, const struct child_word *words,
              const struct buf *said, struct err *err)
{
    const char *text = buf_str(said);

    for (; words->word != NULL; words++) {
        size_t n = strlen(words->word);

        if (strncmp(text, words->word, n) == 0 && text[n] == ' ')
            return err_set(err, words->code, "%.*s",
                           (int)strcspn(text + n + 1, "\n"), text + n + 1);
    }
    return err_set(err, ERR_INTERNAL, "%s refused without a word", program);
}
