/* Idle handles, the last used first; see pool.h. */
#include "net/pool.h"

#include <stdlib.h>

#include "base/mem.h"

void
http_pool_release(struct http_pool *p)
{
    while (p->n > 0)
        http_close(p->idle[--p->n]);
    free(p->idle);
    p->idle = NULL;
    p->room = 0;
    (void)pthread_mutex_destroy(&p->lock);
}

void
http_loan_take(struct http_pool *p, struct http_loan *ret)
{
    *ret = (struct http_loan){.pool = p};
    pthread_mutex_lock(&p->lock);
    if (p->n > 0)
        ret->http = p->idle[--p->n];
    pthread_mutex_unlock(&p->lock);
    if (ret->http == NULL)
        ret->http = http_open();
}

/* Called with the lock held. */
static void
keep(struct http_pool *p, struct http *http)
{
    if (p->n == p->room) {
        p->room = p->room == 0 ? 8 : 2 * p->room;
        p->idle = xreallocarray(p->idle, p->room, sizeof(*p->idle));
    }
    p->idle[p->n++] = http;
}

void
http_loan_give(struct http_loan *loan)
{
    struct http_pool *p = loan->pool;

    if (loan->http == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    if (p->n < p->keep)
        keep(p, steal(&loan->http));
    pthread_mutex_unlock(&p->lock);
    http_close(loan->http);
    loan->http = NULL;
}
