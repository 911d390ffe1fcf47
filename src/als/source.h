/*
 * The bytes of a set, unpacked as they are read: gzip or plain XML. For any
 * other format the error names it. The only place in this room that knows zlib.
 */
#ifndef ALS_SOURCE_H
#define ALS_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "als/limits.h"
#include "base/auto.h"
#include "base/err.h"

struct als_source;

/* The caller keeps fd, which must outlive the source. It is read from its
 * current offset, so it may be a pipe. NULL with ERR_NOT_ALS if the first bytes
 * are not a set's; the caller closes. */
struct als_source *als_source_open(int fd, const struct als_limits *limits,
                                   struct err *err);

/* Fill up to size bytes; *ret_len is 0 at the end. -1 with ERR_NOT_ALS for a
 * damaged, truncated or exploding file, ERR_INTERNAL if reading fails. */
int als_source_read(struct als_source *s, void *ret_data, size_t size,
                    size_t *ret_len, struct err *err);

bool als_source_gzip(const struct als_source *s);
int64_t als_source_bytes_in(const struct als_source *s);  /* of the file */
int64_t als_source_bytes_out(const struct als_source *s); /* of XML */
void als_source_close(struct als_source *s);

AUTO_DEFINE(auto_als_source_p, struct als_source *, als_source_close)
#define auto_als_source auto_cleanup(auto_als_source_p)

#endif
