/*
 * How long to go on trying a request: the pause after each failed try, by
 * bounds that each client sets for itself. What may be retried, the client
 * knows.
 */
#ifndef NET_PATIENCE_H
#define NET_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

struct patience {
    /* Bounds. A pause is first_ms, doubled after each try up to longest_ms;
     * chance takes away up to spread percent of it, so that many clients that
     * failed together do not come back together. */
    int first_ms, longest_ms, spread;
    bool at_least;     /* the server may ask for a longer pause, but not for a
                        * shorter one; false: its word replaces ours */
    int asked_max_ms;  /* the longest pause that it may ask for; 0: any */
    int tries_max;     /* 0: any number */
    int64_t budget_ms; /* no try begins later than so long after `began`;
                        * INT64_MAX: at any time */
    /* State. */
    int64_t began; /* monotonic; 0: the next failure sets it */
    int tries;     /* that failed */
};

/* Another try failed: the pause before the next one, or -1 if there is to be
 * none. asked_ms: what the server asked for (http_resp.retry_after_ms), or
 * -1. */
int64_t patience_ms(struct patience *p, int64_t asked_ms);
/* Sleep that long. stop (or NULL) is called several times a second; false, at
 * once, if it returns true. */
bool patience_pause(int64_t ms, bool (*stop)(void *ctx), void *ctx);

/* What the server asked for in whole seconds, for a Retry-After of our own;
 * `otherwise` if it asked for nothing. */
int patience_sec(int64_t asked_ms, int otherwise);

#endif
