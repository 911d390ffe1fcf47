/* Matches requests with the route table; see route.h. */
#include "web/route.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "web/query.h"
#include "web/web.h"

/* Split and decode a path into m. */
static bool
split(const char *path, struct route_match *m)
{
    char *to;

    m->text = to = xmalloc(strlen(path) + 1);
    m->n = 0;
    while (*path == '/') {
        size_t len = strcspn(++path, "/");

        if (len == 0 || m->n == ROUTE_SEGMENTS ||
            !percent_decode(path, len, false, to))
            return false;
        m->seg[m->n++] = to;
        to += strlen(to) + 1;
        path += len;
    }
    return *path == '\0' && m->n > 0;
}

/* The next segment of a pattern; NULL at its end. */
static const char *
next_part(const char **pattern, size_t *ret_len)
{
    const char *part;

    if (**pattern != '/')
        return NULL;
    part = *pattern + 1;
    *ret_len = strcspn(part, "/");
    *pattern = part + *ret_len;
    return part;
}

static bool
fits(const char *pattern, const struct route_match *m)
{
    size_t i = 0;
    size_t len;
    const char *part;

    for (; (part = next_part(&pattern, &len)) != NULL; i++) {
        if (i == m->n)
            return false;
        if (part[0] != '{' &&
            (strlen(m->seg[i]) != len || memcmp(m->seg[i], part, len) != 0))
            return false;
    }
    return i == m->n;
}

static bool
serves(const struct route *row, const char *method)
{
    return strcmp(row->method, method) == 0 ||
           (strcmp(row->method, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

static void
allow(struct buf *b, const char *method)
{
    if (b->len > 0)
        (void)buf_add_str(b, ", ");
    (void)buf_add_str(b, method);
    if (strcmp(method, "GET") == 0)
        (void)buf_add_str(b, ", HEAD");
}

enum route_found
route_find(const struct route *table, const char *method, const char *path,
           struct route_match *ret, struct buf *ret_allow)
{
    struct route_match m = {0};
    enum route_found found = ROUTE_NO_PATH;

    if (split(path, &m)) {
        for (; table->method != NULL; table++) {
            if (!fits(table->path, &m))
                continue;
            if (serves(table, method)) {
                m.route = table;
                *ret = m;
                return ROUTE_FOUND;
            }
            found = ROUTE_NO_METHOD;
            allow(ret_allow, table->method);
        }
    }
    route_match_release(&m);
    return found;
}

const char *
route_param(const struct route_match *m, const char *name)
{
    const char *pattern = m->route != NULL ? m->route->path : "";
    size_t name_len = strlen(name);
    size_t len;
    const char *part;

    for (size_t i = 0; (part = next_part(&pattern, &len)) != NULL; i++)
        if (part[0] == '{' && len == name_len + 2 &&
            memcmp(part + 1, name, name_len) == 0)
            return m->seg[i];
    return NULL;
}

void
route_match_release(struct route_match *m)
{
    free(m->text);
    *m = (struct route_match){0};
}
