/*
 * Threads that wait for a request's body: nginx passes uploads on as they
 * arrive, so a slow client holds a thread for hours. A stop must not wait for
 * it.
 */
#ifndef WEB_READING_H
#define WEB_READING_H

#include <stdbool.h>

/* One read, on its thread's stack. */
struct reading {
    int fd; /* of the connection */
    struct reading *next;
};

/* Call before and after a read that may wait. False if reads have been
 * ended. */
bool reading_begin(struct reading *r, int fd);
void reading_end(struct reading *r);

/* Wait up to ms for all reads to finish; then end those that still wait, and
 * let no new one begin. */
void reading_stop(int ms);

#endif
