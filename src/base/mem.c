/* Allocation that exits rather than fails; see mem.h. */
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
alive(void *p)
{
    if (p == NULL) {
        (void)fputs("out of memory\n", stderr);
        abort();
    }
    return p;
}

void *
xmalloc(size_t size)
{
    return alive(malloc(size > 0 ? size : 1));
}

void *
xcalloc(size_t n, size_t size)
{
    return alive(calloc(n > 0 ? n : 1, size > 0 ? size : 1));
}

void *
xrealloc(void *p, size_t size)
{
    return alive(realloc(p, size > 0 ? size : 1));
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
    if (size > 0 && n > SIZE_MAX / size)
        return alive(NULL);
    return xrealloc(p, n * size);
}

char *
xstrdup(const char *s)
{
    return s == NULL ? NULL : alive(strdup(s));
}

char *
xstrndup(const char *s, size_t max)
{
    return alive(strndup(s, max));
}

char *
xvasprintf(const char *fmt, va_list ap)
{
    char *s = NULL;
    int n = vasprintf(&s, fmt, ap);

    return alive(n < 0 ? NULL : s);
}

char *
xasprintf(const char *fmt, ...)
{
    va_list ap;
    char *s;

    va_start(ap, fmt);
    s = xvasprintf(fmt, ap);
    va_end(ap);
    return s;
}

void
free_secret(char *secret)
{
    if (secret != NULL)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}
