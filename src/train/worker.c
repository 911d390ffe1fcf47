/* What worker threads share while they wait for a model. */
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/clock.h"
#include "train/train.h"

enum { TRIM_MS = 1000 };

/* Many threads that read large sets at the same time leave holes in the
 * heap. */
static void
trim(void)
{
    static _Atomic int64_t trimmed;
    int64_t now = clock_mono_ms(), last = atomic_load(&trimmed);

    if (now - last >= TRIM_MS &&
        atomic_compare_exchange_strong(&trimmed, &last, now))
        (void)malloc_trim(0);
}

bool
worker_gone(struct req *req)
{
    trim();
    return req_gone(req);
}
