/* A wire that is memory; see memory.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <fcntl.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "memory.h"
#include "web/wire.h"

struct memory {
    const char *const *params; /* name, value, ..., NULL */
    const char *body;
    struct buf out;
    int flushes;
};

static const char *
mem_param(void *ctx, const char *name)
{
    const struct memory *m = ctx;

    for (const char *const *p = m->params; *p != NULL; p += 2)
        if (strcmp(p[0], name) == 0)
            return p[1];
    return NULL;
}

static ssize_t
mem_read(void *ctx, void *buf, size_t size)
{
    struct memory *m = ctx;
    size_t len = m->body != NULL ? strlen(m->body) : 0;
    size_t n = len < size ? len : size;

    if (n > 0) {
        memcpy(buf, m->body, n);
        m->body += n;
    }
    return (ssize_t)n;
}

static int
mem_write(void *ctx, const void *data, size_t len)
{
    struct memory *m = ctx;

    return buf_add(&m->out, data, len);
}

static int
mem_flush(void *ctx)
{
    struct memory *m = ctx;

    m->flushes++;
    return 0;
}

const char *
memory_ask(struct app *app, const struct serve_conf *sc,
           const char *const *params, const char *body)
{
    static struct memory m;
    struct wire wire = {&m, mem_param, mem_read, mem_write, mem_flush, NULL};
    int quiet = open("/dev/null", O_WRONLY);
    int loud = dup(2);

    buf_release(&m.out);
    m = (struct memory){.params = params, .body = body};
    m.out = BUF_INIT(1 << 20);
    dup2(quiet, 2);
    web_dispatch(app, sc, &wire);
    dup2(loud, 2);
    close(loud);
    close(quiet);
    return buf_str(&m.out);
}

void
assert_in(const char *answer, const char *text)
{
    if (strstr(answer, text) == NULL)
        fail_msg("no \"%s\" in: %s", text, answer);
}
