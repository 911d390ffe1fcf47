/*
 * How often something may go wrong for one key (an address, an account): a
 * bucket that each failure takes from and that time fills again. Memory of
 * this process alone, of a fixed size: where keys share a place, the newer
 * one starts full. Any thread may call.
 */
#ifndef WEB_LIMIT_H
#define WEB_LIMIT_H

#define LIMIT_PLACES 1024

#include <pthread.h>
#include <stdint.h>

struct limit {
    int burst;   /* failures that are free */
    int each_ms; /* a further one after so long */
    pthread_mutex_t lock;
    struct limit_place {
        uint64_t key;
        int64_t empty_ms; /* when the bucket was, or would have been, empty */
    } places[LIMIT_PLACES];
};

/* clang-format off */
#define LIMIT_INIT(most, ms)                                                   \
    {.burst = (most), .each_ms = (ms), .lock = PTHREAD_MUTEX_INITIALIZER}
/* clang-format on */

/* Seconds (at least 1) until the key may fail again; 0: it may now. */
int limit_wait(struct limit *l, const char *key);
/* Count a failure, then as limit_wait before it. */
int limit_fail(struct limit *l, const char *key);

#endif
