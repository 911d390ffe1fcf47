/* What belongs to a worker thread and ends with it. */
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"

#include "train/train.h"

enum { TRIM_MS = 1000 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

static void
close_http(void *http)
{
    http_close(http);
}

static void
make_key(void)
{
    if (pthread_key_create(&key, close_http) != 0)
        abort(); /* one key of a thousand: cannot fail */
}

struct http *
worker_http(void)
{
    struct http *http;

    (void)pthread_once(&once, make_key);
    if ((http = pthread_getspecific(key)) != NULL)
        return http;
    http = http_open();
    if (pthread_setspecific(key, http) != 0)
        abort(); /* out of memory, as in base/mem */
    return http;
}

/* Many threads that read large sets at the same time leave holes in the
 * heap. */
void
worker_waits(void)
{
    static _Atomic int64_t trimmed;
    int64_t now = clock_mono_ms(), last = atomic_load(&trimmed);

    if (now - last >= TRIM_MS &&
        atomic_compare_exchange_strong(&trimmed, &last, now))
        (void)malloc_trim(0);
}
