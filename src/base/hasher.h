/*
 * SHA-256 over a ring of blocks that the caller fills. Once there are many
 * blocks, a thread of its own hashes them, so that hashing costs no time if a
 * second processor is free.
 *
 *     char *block = hasher_block(h);
 *     ... fill up to HASHER_BLOCK bytes ...
 *     hasher_put(h, n);
 *
 * The caller may still read a block that it has put, until it asks for the next
 * one.
 */
#ifndef BASE_HASHER_H
#define BASE_HASHER_H

#include <stddef.h>

#include "base/auto.h"
#include "base/hash.h"

#define HASHER_BLOCK 131072 /* bytes */

struct hasher;

struct hasher *hasher_open(void);
/* The block to fill next; waits until one is free. Returns the same block until
 * it is put. */
char *hasher_block(struct hasher *h);
/* Hash the first len bytes of the block next. */
void hasher_put(struct hasher *h, size_t len);
/* The digest of all that was put; nothing can be put afterwards. */
void hasher_hex(struct hasher *h, char ret_hex[HASH_HEX_LEN + 1]);
void hasher_close(struct hasher *h);
AUTO_DEFINE(auto_hasher_p, struct hasher *, hasher_close)
#define auto_hasher auto_cleanup(auto_hasher_p)

#endif
