/* Time, in one place; see clock.h. */
#include "base/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static _Atomic int64_t offset;

void
clock_nap(int ms)
{
    const struct timespec t = {ms / 1000, ms % 1000 * 1000000L};

    (void)nanosleep(&t, NULL);
}

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

int
clock_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ms)
{
    const struct timespec until = {.tv_sec = until_ms / 1000,
                                   .tv_nsec = until_ms % 1000 * 1000000};

    return pthread_cond_clockwait(cond, lock, CLOCK_MONOTONIC, &until);
}

void
clock_text(int64_t seconds, char ret_text[CLOCK_TEXT])
{
    time_t t = (time_t)seconds;
    struct tm tm;

    gmtime_r(&t, &tm);
    (void)strftime(ret_text, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* "+02:00" in seconds; 0 for "Z". False if it is neither. */
static bool
read_zone(const char *p, int64_t *ret)
{
    int hours, minutes, n = 0;
    char sign;

    *ret = 0;
    if (strcmp(p, "Z") == 0)
        return true;
    if (sscanf(p, "%c%2d:%2d%n", &sign, &hours, &minutes, &n) != 3 ||
        p[n] != '\0' || (sign != '+' && sign != '-'))
        return false;
    *ret = (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

int64_t
clock_read(const char *text)
{
    struct tm tm = {0};
    const char *p = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    int64_t zone;

    if (p == NULL)
        return -1;
    if (*p == '.')
        p += 1 + strspn(p + 1, "0123456789");
    if (!read_zone(p, &zone))
        return -1;
    return (int64_t)timegm(&tm) - zone;
}
