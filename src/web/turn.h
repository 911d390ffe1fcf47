/*
 * Turns for long-running requests, so that one caller never starves the others.
 * A handler that may hold its thread for seconds first takes a turn for its
 * artist (req_turn of web.h). The turn counts against its caller too: a caller
 * with access to many artists gets no more turns than one with a single artist.
 *
 * - One artist, and one caller, has at most as many turns as the program's
 *   thread setting.
 * - All of them together have a quarter more, so that others find room.
 * - A few more requests wait. The next free turn goes to the request whose
 *   caller and artist hold the fewest.
 * - Beyond that, requests of those who hold too many get 429 with Retry-After.
 * - Threads for short requests come on top and are never taken.
 *
 * Memory of this process only. Thread-safe.
 */
#ifndef WEB_TURN_H
#define WEB_TURN_H

#include <stdbool.h>

#include "base/err.h"

/* Call before anything is served. Returns the most threads that this takes. */
int turn_setup(int threads);

struct turn {
    const char *artist;
    const char *caller; /* a token or a user; NULL: nobody signs in */
};

/* Wait for a turn. gone(ctx) is called every half second; if it returns true,
 * the wait ends with ERR_CLIENT_GONE. If the program stops, it ends with
 * ERR_BUSY. */
int turn_take(const struct turn *t, bool (*gone)(void *ctx), void *ctx,
              struct err *err);
void turn_give(const struct turn *t);

#endif
