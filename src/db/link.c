/* Connections and their plans; see link.h. */
#include "db/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

struct link *
link_make(PGconn *conn)
{
    struct link *l = xcalloc(1, sizeof(*l));

    l->conn = conn;
    return l;
}

void
link_close(struct link *l)
{
    if (l == NULL)
        return;
    PQfinish(l->conn);
    for (int i = 0; i < l->n; i++)
        free(l->plans[i].sql);
    free(l);
}

void
link_doubt(struct link *l)
{
    l->met = true;
    l->direct = false;
}

void
link_meet(struct link *l, const char *pid)
{
    bool same = strtol(pid, NULL, 10) == PQbackendPID(l->conn);

    l->direct = same && (l->direct || !l->met);
    l->met = true;
}

static void
name_plan(struct plan *p)
{
    char hash[HASH_HEX_LEN + 1];

    hash_hex_of(p->sql, strlen(p->sql), hash);
    (void)snprintf(p->name, sizeof(p->name), "trainmode_%.20s", hash);
}

struct plan *
link_plan(struct link *l, const char *sql)
{
    struct plan *p = l->plans;
    const struct plan *end = l->plans + l->n;

    if (!l->direct)
        return NULL;
    while (p < end && strcmp(p->sql, sql) != 0)
        p++;
    if (p < end)
        return p;
    if (l->n == PLANS_MAX)
        return NULL;
    l->n++;
    p->sql = xstrdup(sql);
    name_plan(p);
    return p;
}
