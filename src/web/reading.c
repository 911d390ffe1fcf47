/* Threads that wait for a body; see reading.h. */
#include "web/reading.h"

#include <pthread.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define TICK_US 50000

static struct {
    pthread_mutex_t lock;
    struct reading *first;
    bool ended;
} readings = {.lock = PTHREAD_MUTEX_INITIALIZER};

bool
reading_begin(struct reading *r, int fd)
{
    bool may;

    pthread_mutex_lock(&readings.lock);
    may = !readings.ended;
    if (may) {
        *r = (struct reading){fd, readings.first};
        readings.first = r;
    }
    pthread_mutex_unlock(&readings.lock);
    return may;
}

void
reading_end(struct reading *r)
{
    struct reading **at = &readings.first;

    pthread_mutex_lock(&readings.lock);
    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    pthread_mutex_unlock(&readings.lock);
}

static bool
nobody_reads(void)
{
    bool none;

    pthread_mutex_lock(&readings.lock);
    none = readings.first == NULL;
    pthread_mutex_unlock(&readings.lock);
    return none;
}

void
reading_stop(int ms)
{
    int64_t until = clock_mono_ms() + ms;

    while (!nobody_reads() && clock_mono_ms() < until)
        (void)usleep(TICK_US);

    /* With the lock: no descriptor in the list is closed during this. */
    pthread_mutex_lock(&readings.lock);
    readings.ended = true;
    for (struct reading *r = readings.first; r != NULL; r = r->next)
        (void)shutdown(r->fd, SHUT_RD);
    pthread_mutex_unlock(&readings.lock);
}
