/* Failures per key; see limit.h. */
#include "web/limit.h"

#include "base/clock.h"

/* FNV-1a: only finds a place. */
static uint64_t
hash_of(const char *key)
{
    uint64_t h = 14695981039346656037u;

    for (; *key != '\0'; key++)
        h = (h ^ (unsigned char)*key) * 1099511628211u;
    return h;
}

static int
seconds_of(int64_t ms)
{
    return ms <= 0 ? 0 : (int)((ms + 999) / 1000);
}

/* Milliseconds that this key is over its burst; <= 0: it is not. */
static int64_t
over(const struct limit *l, const struct limit_place *p, int64_t now)
{
    return p->empty_ms - now - (int64_t)(l->burst - 1) * l->each_ms;
}

static int
look(struct limit *l, const char *key, int cost)
{
    uint64_t h = hash_of(key);
    struct limit_place *p = &l->places[h % LIMIT_PLACES];
    int64_t now = clock_mono_ms();
    int64_t ms;

    pthread_mutex_lock(&l->lock);
    if (p->key != h || p->empty_ms < now)
        *p = (struct limit_place){.key = h, .empty_ms = now};
    ms = over(l, p, now);
    /* Refused attempts do not count: the wait stays short for others who share
     * the address, and ends for a client that waits. */
    if (ms <= 0)
        p->empty_ms += cost;
    pthread_mutex_unlock(&l->lock);
    return seconds_of(ms);
}

int
limit_wait(struct limit *l, const char *key)
{
    return look(l, key, 0);
}

int
limit_fail(struct limit *l, const char *key)
{
    return look(l, key, l->each_ms);
}
