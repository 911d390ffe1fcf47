/* What only the whole of the settings can tell; for conf.c alone. */
#ifndef BASE_CONF_CHECK_H
#define BASE_CONF_CHECK_H

#include "base/buf.h"
#include "base/conf.h"

/* A number of threads that was not set, until conf_check has seen it. */
#define CONF_AS_SPARE (-1)

/* Append a clause; "; " stands between them. */
void conf_fault(struct buf *faults, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Hold the settings against each other, read the key of signed URLs, and fill
 * in the folders that follow from others. */
void conf_check(struct conf *conf, struct buf *faults);

#endif
