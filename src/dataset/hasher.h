/*
 * A SHA-256 computed by a thread of its own, over a ring of blocks that the
 * caller fills, so that hashing costs an export no time where a second
 * processor is free.
 *
 *     char *block = hasher_block(h);
 *     ... fill up to HASHER_BLOCK bytes ...
 *     hasher_put(h, n);
 *
 * A block that was put may still be read by the caller, until it asks for the
 * next one.
 */
#ifndef DATASET_HASHER_H
#define DATASET_HASHER_H

#include <stddef.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/hash.h"

#define HASHER_BLOCK 65536 /* bytes */

struct hasher;

/* ERR_BUSY where no thread can be had. */
struct hasher *hasher_open(struct err *err);
/* The block to fill next; waits until one is free. The same one until it is
 * put. */
char *hasher_block(struct hasher *h);
/* Its first len bytes come next. */
void hasher_put(struct hasher *h, size_t len);
/* The digest of all that was put; nothing can be put afterwards. */
void hasher_hex(struct hasher *h, char ret_hex[HASH_HEX_LEN + 1]);
void hasher_close(struct hasher *h);
AUTO_DEFINE(auto_hasher_p, struct hasher *, hasher_close)
#define auto_hasher auto_cleanup(auto_hasher_p)

#endif
