/* Pauses between tries; see patience.h. */
#include "net/patience.h"

#include <errno.h>
#include <stddef.h>
#include <time.h>

#include "base/clock.h"
#include "base/id.h"

enum { STOP_MS = 100 }; /* how often `stop` is called */

static int64_t
own_ms(const struct patience *p)
{
    int64_t step = p->first_ms;
    uint32_t chance;

    for (int i = 1; i < p->tries && step < p->longest_ms; i++)
        step *= 2;
    if (step > p->longest_ms)
        step = p->longest_ms;
    id_random(&chance, sizeof(chance));
    return step - (int64_t)chance % (step * p->spread / 100 + 1);
}

int64_t
patience_ms(struct patience *p, int64_t asked_ms)
{
    int64_t now = clock_mono_ms();
    int64_t ms;

    p->tries++;
    if (p->began == 0)
        p->began = now;
    if (p->tries_max > 0 && p->tries >= p->tries_max)
        return -1;
    ms = own_ms(p);
    if (p->asked_max_ms > 0 && asked_ms > p->asked_max_ms)
        asked_ms = p->asked_max_ms;
    if (asked_ms > ms || (asked_ms >= 0 && !p->at_least))
        ms = asked_ms;
    if (now + ms - p->began > p->budget_ms)
        return -1;
    return ms;
}

static void
sleep_ms(int64_t ms)
{
    struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

    while (nanosleep(&t, &t) == -1 && errno == EINTR)
        continue;
}

bool
patience_pause(int64_t ms, bool (*stop)(void *ctx), void *ctx)
{
    int64_t until = clock_mono_ms() + ms;
    int64_t left;

    while ((left = until - clock_mono_ms()) > 0) {
        sleep_ms(stop != NULL && left > STOP_MS ? STOP_MS : left);
        if (stop != NULL && stop(ctx))
            return false;
    }
    return true;
}

int
patience_sec(int64_t asked_ms, int otherwise)
{
    return asked_ms > 0 ? (int)((asked_ms + 999) / 1000) : otherwise;
}
