/*
 * Reads bytes into a set: streams gzip or XML through expat into the plain
 * model, never holding the whole document in memory. The only place that knows
 * XML. Besides the set it uses at most limits.parser_bytes plus some 300 KiB.
 */
#ifndef ALS_READER_H
#define ALS_READER_H

#include "als/limits.h"
#include "als/set.h"
#include "base/err.h"

/* The caller keeps fd. NULL with ERR_NOT_ALS, which says what is wrong; the
 * caller closes the set. limits: NULL for als_limits_default. */
struct als_set *als_read(int fd, const struct als_limits *limits,
                         struct err *err);

#endif
