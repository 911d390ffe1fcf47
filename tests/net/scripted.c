/* A scripted HTTP server in a forked child; see scripted.h. */
#include "scripted.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MUST(x)                                                                \
    do {                                                                       \
        if (!(x))                                                              \
            abort();                                                           \
    } while (0)

static size_t
read_request(int fd, char *buf, size_t size)
{
    size_t n = 0;
    size_t want = 0;

    while (n < size - 1) {
        ssize_t got = read(fd, buf + n, size - 1 - n);
        char *end;
        char *len;

        if (got <= 0)
            break;
        n += (size_t)got;
        buf[n] = '\0';
        if ((end = strstr(buf, "\r\n\r\n")) == NULL)
            continue;
        len = strcasestr(buf, "content-length:");
        want = (size_t)(end + 4 - buf) +
               (len != NULL && len < end ? strtoul(len + 15, NULL, 10) : 0);
        if (n >= want)
            break;
    }
    buf[n] = '\0';
    return n;
}

static void
serve(int listener, script *fn, int raw)
{
    static char request[1 << 20];
    int fd;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* if a test fails */
    (void)signal(SIGPIPE, SIG_IGN);
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        if (raw)
            fn(fd, "", 1);
        for (int nth = 1;
             !raw && read_request(fd, request, sizeof(request)) > 0; nth++)
            fn(fd, request, nth);
        close(fd);
    }
    _exit(0);
}

static struct server
start(script *fn, int raw)
{
    struct server s = {0};
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t len = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    MUST(bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0);
    MUST(listen(fd, 16) == 0);
    MUST(getsockname(fd, (struct sockaddr *)&a, &len) == 0);
    (void)snprintf(s.url, sizeof(s.url), "http://127.0.0.1:%d/path?q=1",
                   ntohs(a.sin_port));
    if ((s.pid = fork()) == 0)
        serve(fd, fn, raw);
    MUST(s.pid > 0);
    close(fd);
    return s;
}

struct server
server_start(script *fn)
{
    return start(fn, 0);
}

struct server
server_start_raw(script *fn)
{
    return start(fn, 1);
}

void
server_stop(struct server *s)
{
    (void)kill(s->pid, SIGKILL);
    (void)waitpid(s->pid, NULL, 0);
}

void
say(int fd, const char *text)
{
    (void)!write(fd, text, strlen(text));
}

void
nap(int ms)
{
    struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

    (void)nanosleep(&t, NULL);
}
