/* Lines on stderr, masked; see log.h. */
#include "base/log.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *program = "trainmode";

void
log_init(const char *name)
{
    program = name;
}

static bool
in_token(unsigned char c)
{
    return isalnum(c) || strchr("-_.+/=~", c) != NULL;
}

/* Cross out the token at p, up to its end. Returns the end. */
static char *
cross_out(char *p)
{
    while (*p != '\0' && in_token((unsigned char)*p))
        *p++ = '*';
    return p;
}

static void
mask_prefixed(char *line, const char *prefix, size_t at_least)
{
    size_t len = strlen(prefix);
    char *p = line;

    while ((p = strstr(p, prefix)) != NULL) {
        size_t token = 0;

        while (in_token((unsigned char)p[len + token]) && p[len + token])
            token++;
        if (token >= at_least && (p == line || !isalnum((unsigned char)p[-1])))
            p = cross_out(p + len);
        else
            p += len;
    }
}

/* scheme://user:password@host, as connection strings have it. */
static void
mask_userinfo(char *line)
{
    char *p = line;

    while ((p = strstr(p, "://")) != NULL) {
        char *colon, *at;

        p += 3;
        at = p + strcspn(p, "@/ \t\"");
        if (*at != '@')
            continue;
        colon = memchr(p, ':', (size_t)(at - p));
        if (colon != NULL)
            memset(colon + 1, '*', (size_t)(at - colon - 1));
    }
}

void
log_mask(char *line)
{
    mask_prefixed(line, "Bearer ", 1);
    mask_prefixed(line, "bearer ", 1);
    mask_prefixed(line, "sk-", 8);
    mask_prefixed(line, "sb_", 8);
    mask_prefixed(line, "r8_", 8);
    mask_prefixed(line, "eyJ", 16);
    mask_prefixed(line, "tm_", 16);
    mask_prefixed(line, "password=", 1);
    mask_userinfo(line);
}

/* One write per line, so that lines of threads do not mix. */
static void
emit(const char *level, const char *fmt, va_list ap, const char *tail)
{
    char msg[1024];
    char line[1200];
    char when[32];
    time_t now = time(NULL);
    struct tm tm;
    int n;

    (void)vsnprintf(msg, sizeof(msg), fmt, ap);
    if (tail != NULL) {
        size_t used = strlen(msg);

        (void)snprintf(msg + used, sizeof(msg) - used, ": %s", tail);
    }
    log_mask(msg);
    for (char *p = msg; *p != '\0'; p++)
        if (iscntrl((unsigned char)*p))
            *p = ' ';

    gmtime_r(&now, &tm);
    (void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
    n = snprintf(line, sizeof(line), "%s %s %s %s\n", when, program, level,
                 msg);
    if (n > 0) {
        size_t len = (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1;
        ssize_t put = write(STDERR_FILENO, line, len);

        (void)put; /* there is no better place to complain */
    }
}

void
log_info(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    emit("info", fmt, ap, NULL);
    va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    emit("warn", fmt, ap, NULL);
    va_end(ap);
}

void
log_errno(const char *fmt, ...)
{
    const char *why = strerror(errno);
    va_list ap;

    va_start(ap, fmt);
    emit("warn", fmt, ap, why);
    va_end(ap);
}
