/*
 * Threads that look for work in the database, round by round: at once after a
 * poke, otherwise every few seconds. While something they need is away, they
 * wait. Failures are logged once, never sent to a client.
 */
#ifndef SAVE_ROUNDS_H
#define SAVE_ROUNDS_H

#include <pthread.h>
#include <stdatomic.h>

#include "app/app.h"

#define ROUNDS_MAX 64 /* threads */

struct rounds {
    const char *what; /* "analysis", for the log */
    int poll_sec;
    /* Take one piece of work and finish it. Returns how many there were (0 or
     * 1), or -1. */
    int (*work)(struct app *app, struct err *err);

    struct app *app; /* set by rounds_start, as is everything below */
    pthread_t threads[ROUNDS_MAX];
    int n;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    unsigned pokes;
    atomic_bool stop;
    char last[UUID_LEN + 1];
};

#define ROUNDS_INIT(name, seconds, fn)                                         \
    {                                                                          \
        .what = (name), .poll_sec = (seconds), .work = (fn),                   \
        .lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER    \
    }

int rounds_start(struct rounds *r, struct app *app, int threads,
                 struct err *err);
/* Call if there may be something to do. */
void rounds_poke(struct rounds *r);
bool rounds_stopping(struct rounds *r);
/* The artist who had the last turn, or "", so that each gets one. */
void rounds_last(struct rounds *r, char ret_artist[UUID_LEN + 1]);
void rounds_had(struct rounds *r, const char *artist);
void rounds_stop(struct rounds *r);

#endif
