/*
 * Time in one place, so that a test can move it with clock_shift. The monotonic
 * clock is never moved.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <pthread.h>
#include <stdint.h>

#define CLOCK_TEXT 32

int64_t clock_now(void);     /* seconds since 1970, wall clock */
int64_t clock_now_ms(void);  /* milliseconds since 1970, wall clock */
int64_t clock_mono_ms(void); /* milliseconds since some start, monotonic */
/* pthread_cond_timedwait on the monotonic clock: waits until clock_mono_ms
 * reaches until_ms. Setting the machine's time does not stretch the wait.
 * Returns 0 or ETIMEDOUT; may return 0 spuriously. */
int clock_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ms);
/* Sleeps for milliseconds, or less if a signal comes. */
void clock_nap(int ms);
void clock_shift(int64_t seconds); /* for tests: move the wall clock */

/* RFC 3339 in UTC, "2026-11-24T20:28:24Z". */
void clock_text(int64_t seconds, char ret_text[CLOCK_TEXT]);
/* The seconds of such a time, with or without a fraction, with "Z" or an
 * offset; -1 if the text is not one. */
int64_t clock_read(const char *text);

#endif
