/* Files between their arrival and their analysis; see handed.h. */
#include "app/handed.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum { PLACES = 8, WAIT_MS = 5 * 60 * 1000 };

static struct {
    pthread_mutex_t lock;
    struct place {
        char sha256[HASH_HEX_LEN + 1]; /* "": free */
        int fd;
        int64_t came; /* monotonic milliseconds */
    } places[PLACES];
} handed = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void
vacate(struct place *p)
{
    if (p->sha256[0] != '\0')
        close(p->fd);
    *p = (struct place){0};
}

/* With the lock held. */
static void
let_old_go(void)
{
    int64_t now = clock_mono_ms();

    for (int i = 0; i < PLACES; i++)
        if (now - handed.places[i].came > WAIT_MS)
            vacate(&handed.places[i]);
}

/* With the lock held: a free place has come before all others. */
static struct place *
oldest(void)
{
    struct place *ret = &handed.places[0];

    for (int i = 1; i < PLACES; i++)
        if (handed.places[i].came < ret->came)
            ret = &handed.places[i];
    return ret;
}

void
handed_put(const char sha256[HASH_HEX_LEN + 1], int fd)
{
    struct place *p;

    pthread_mutex_lock(&handed.lock);
    let_old_go();
    p = oldest();
    vacate(p);
    p->fd = fd;
    p->came = clock_mono_ms();
    memcpy(p->sha256, sha256, sizeof(p->sha256));
    pthread_mutex_unlock(&handed.lock);
}

int
handed_take(const char *sha256)
{
    int fd = -1;

    pthread_mutex_lock(&handed.lock);
    let_old_go();
    for (int i = 0; i < PLACES && fd == -1; i++) {
        struct place *p = &handed.places[i];

        if (p->sha256[0] == '\0' || strcmp(p->sha256, sha256) != 0)
            continue;
        fd = p->fd;
        *p = (struct place){0};
    }
    pthread_mutex_unlock(&handed.lock);
    return fd;
}
