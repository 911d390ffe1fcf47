/* Checks that need all settings together; for conf.c only. */
#ifndef BASE_CONF_CHECK_H
#define BASE_CONF_CHECK_H

#include "base/buf.h"
#include "base/conf.h"

/* The value of a thread count that was not set, until conf_check fills it
 * in. */
#define CONF_AS_SPARE (-1)

/* Append a clause; clauses are separated by "; ". */
void conf_fault(struct buf *faults, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Check the settings against each other, read the key for signed URLs, and fill
 * in the folders that other settings determine. */
void conf_check(struct conf *conf, struct buf *faults);

#endif
