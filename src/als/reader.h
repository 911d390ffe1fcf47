/*
 * Bytes to set: streams gzip or XML through expat into the plain model, never
 * the whole document in memory. Only place that knows XML. What memory it
 * takes besides the set is bounded by limits.parser_bytes, plus some 300 KiB.
 */
#ifndef ALS_READER_H
#define ALS_READER_H

#include "als/limits.h"
#include "als/set.h"
#include "base/err.h"

/* fd stays the caller's. NULL with ERR_NOT_ALS and what is wrong; the caller
 * closes the set. limits: NULL for als_limits_default. */
struct als_set *als_read(int fd, const struct als_limits *limits,
                         struct err *err);

#endif
