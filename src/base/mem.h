/*
 * Allocation that never fails. We cannot serve without memory: the process says
 * so and exits, and its supervisor starts it again.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

#include "base/auto.h"

/* The caller frees each returned block. */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
/* For arrays: dies on n * size overflow. */
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s); /* NULL stays NULL */
char *xstrndup(const char *s, size_t max);
char *xvasprintf(const char *fmt, va_list ap)
    __attribute__((format(printf, 1, 0)));
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Wipe the text from memory, then free it. NULL is fine. */
void free_secret(char *secret);
AUTO_DEFINE(auto_secret_p, char *, free_secret)
#define auto_secret auto_cleanup(auto_secret_p)

#endif
