/*
 * Limits how often something may go wrong for one key (an address, an account):
 * each failure takes from a bucket, which refills over time. Memory of this
 * process only, of a fixed size: if two keys share a place, the newer one
 * starts with a full bucket. Thread-safe.
 */
#ifndef WEB_LIMIT_H
#define WEB_LIMIT_H

#define LIMIT_PLACES 1024

#include <pthread.h>
#include <stdint.h>

struct limit {
    int burst;   /* failures allowed at once */
    int each_ms; /* milliseconds until one more is allowed */
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
/* Count a failure; returns what limit_wait would have returned before it. */
int limit_fail(struct limit *l, const char *key);

#endif
