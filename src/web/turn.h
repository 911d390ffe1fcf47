/*
 * Turns of what takes long, so that one caller never starves the others. A
 * handler that may hold its thread for seconds takes a turn of its artist
 * first (req_turn of web.h), which is one of its caller's, too: whoever may
 * ask for many artists has no more than one of them.
 *
 *   - one artist, and one caller, has at most as many turns as the program's
 *     threads are set to;
 *   - all together have a quarter more, so that others find room beside it;
 *   - a few more wait, and whose caller and artist have least gets the next
 *     turn that is free;
 *   - beyond that it is 429 with Retry-After, for who has too much already;
 *   - the threads for what is short come on top, and are never taken.
 *
 * Memory of this process alone. Any thread may call.
 */
#ifndef WEB_TURN_H
#define WEB_TURN_H

#include <stdbool.h>

#include "base/err.h"

/* Before anything is served. Returns how many threads that takes at most. */
int turn_setup(int threads);

struct turn {
    const char *artist;
    const char *caller; /* a token, a person; NULL: nobody signs in */
};

/* Wait for a turn. gone(ctx) is asked every half second and ends the wait with
 * ERR_CLIENT_GONE; the end of the program ends it with ERR_BUSY. */
int turn_take(const struct turn *t, bool (*gone)(void *ctx), void *ctx,
              struct err *err);
void turn_give(const struct turn *t);

#endif
