/*
 * Handles that are kept between requests, with their connections, for whichever
 * thread needs one next. A request that is rare, or that must not be repeated
 * if a kept connection was closed unnoticed, opens a handle of its own.
 */
#ifndef NET_POOL_H
#define NET_POOL_H

#include <pthread.h>

#include "net/http.h"

struct http_pool {
    pthread_mutex_t lock; /* guards the rest */
    struct http **idle;   /* n of them; the last one was used last */
    size_t n, room;
    size_t keep; /* most idle handles; more are closed */
};

#define HTTP_POOL_INIT(most)                                                   \
    {                                                                          \
        .lock = PTHREAD_MUTEX_INITIALIZER, .keep = (most)                      \
    }

/* Close the idle handles; none may be on loan. */
void http_pool_release(struct http_pool *p);

struct http_loan { /* must not outlive the pool */
    struct http_pool *pool;
    struct http *http;
};

/* Never fails: without an idle handle, opens one. */
void http_loan_take(struct http_pool *p, struct http_loan *ret);
/* Harmless if nothing was taken, and again. */
void http_loan_give(struct http_loan *loan);
#define auto_http_loan auto_cleanup(http_loan_give)

#endif
