/*
 * Who waits for a request's body: nginx passes uploads on as they come, so a
 * slow client holds a thread for hours, and a stop must not wait for it.
 */
#ifndef WEB_READING_H
#define WEB_READING_H

#include <stdbool.h>

/* One read, on its thread's stack. */
struct reading {
    int fd; /* of the connection */
    struct reading *next;
};

/* Before and after a read that may wait. False where reads have been ended. */
bool reading_begin(struct reading *r, int fd);
void reading_end(struct reading *r);

/* Wait until nobody reads, for at most ms; then end all reads that wait, and
 * let none begin. */
void reading_stop(int ms);

#endif
