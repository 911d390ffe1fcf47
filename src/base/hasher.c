/* SHA-256 in parallel with the caller's work; see hasher.h. */
#include "base/hasher.h"

#include <pthread.h>
#include <stdbool.h>

#include "base/mem.h"

#define BLOCKS 4 /* some slack; all of them fit a processor's cache */
/* Waking the other side takes a system call, and it reacts late: the faster
 * side would be woken for each block. So nobody is woken before half of the
 * blocks are waiting. */
#define HALF (BLOCKS / 2)
#define FEW 4 /* blocks that are hashed before a thread is worth it */

struct block {
    size_t len;
    char data[HASHER_BLOCK];
};

struct hasher {
    struct hash *hash; /* the thread's until it was joined */
    pthread_t thread;
    bool running;
    pthread_mutex_t lock; /* guards the counts and `end` */
    pthread_cond_t moved;
    size_t put, done; /* blocks so far; put - done wait or are being hashed */
    bool end;
    struct block ring[BLOCKS];
};

/* The next block to hash; NULL at the end. */
static struct block *
next_block(struct hasher *h)
{
    struct block *b = NULL;

    pthread_mutex_lock(&h->lock);
    if (h->done == h->put)
        while (h->put - h->done < HALF && !h->end)
            pthread_cond_wait(&h->moved, &h->lock);
    if (h->done < h->put)
        b = &h->ring[h->done % BLOCKS];
    pthread_mutex_unlock(&h->lock);
    return b;
}

static void *
work(void *arg)
{
    struct hasher *h = arg;
    struct block *b;

    while ((b = next_block(h)) != NULL) {
        hash_add(h->hash, b->data, b->len);
        pthread_mutex_lock(&h->lock);
        h->done++;
        if (h->put - h->done == HALF)
            pthread_cond_signal(&h->moved);
        pthread_mutex_unlock(&h->lock);
    }
    return NULL;
}

struct hasher *
hasher_open(void)
{
    struct hasher *h = xcalloc(1, sizeof(*h));

    h->hash = hash_open();
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->moved, NULL);
    return h;
}

char *
hasher_block(struct hasher *h)
{
    pthread_mutex_lock(&h->lock);
    if (h->put - h->done == BLOCKS)
        while (h->put - h->done > HALF)
            pthread_cond_wait(&h->moved, &h->lock);
    pthread_mutex_unlock(&h->lock);
    return h->ring[h->put % BLOCKS].data;
}

/* If no thread can be started, the caller's thread does the work. */
static bool
has_thread(struct hasher *h)
{
    if (!h->running && h->put >= FEW)
        h->running = pthread_create(&h->thread, NULL, work, h) == 0;
    return h->running;
}

void
hasher_put(struct hasher *h, size_t len)
{
    struct block *b = &h->ring[h->put % BLOCKS];

    b->len = len;
    if (!has_thread(h)) {
        hash_add(h->hash, b->data, len);
        h->put++;
        h->done++;
        return;
    }
    pthread_mutex_lock(&h->lock);
    h->put++;
    if (h->put - h->done == HALF)
        pthread_cond_signal(&h->moved);
    pthread_mutex_unlock(&h->lock);
}

/* Let the thread hash what it has and end. */
static void
join(struct hasher *h)
{
    if (!h->running)
        return;
    pthread_mutex_lock(&h->lock);
    h->end = true;
    pthread_cond_signal(&h->moved);
    pthread_mutex_unlock(&h->lock);
    pthread_join(h->thread, NULL);
    h->running = false;
}

void
hasher_hex(struct hasher *h, char ret_hex[HASH_HEX_LEN + 1])
{
    join(h);
    hash_hex(h->hash, ret_hex);
}

void
hasher_close(struct hasher *h)
{
    if (h == NULL)
        return;
    join(h);
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->moved);
    hash_close(h->hash);
    free(h);
}
