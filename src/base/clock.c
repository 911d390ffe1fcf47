/* Time, in one place; see clock.h. */
#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t offset;

void
clock_shift(int64_t seconds)
{
    atomic_fetch_add(&offset, seconds);
}

int64_t
clock_now(void)
{
    return clock_now_ms() / 1000;
}

static int64_t
ms_of(clockid_t id)
{
    struct timespec ts;

    (void)clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
clock_now_ms(void)
{
    return ms_of(CLOCK_REALTIME) + atomic_load(&offset) * 1000;
}

int64_t
clock_mono_ms(void)
{
    return ms_of(CLOCK_MONOTONIC);
}

void
clock_text(int64_t seconds, char ret_text[CLOCK_TEXT])
{
    time_t t = (time_t)seconds;
    struct tm tm;

    gmtime_r(&t, &tm);
    (void)strftime(ret_text, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
