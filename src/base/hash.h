/*
 * SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104) by OpenSSL; the only place
 * that calls its EVP functions for hashing.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"

#define HASH_LEN 32
#define HASH_HEX_LEN 64

struct hash;

struct hash *hash_open(void);
void hash_add(struct hash *h, const void *data, size_t len);
/* The digest so far in lower-case hexadecimal. The hash cannot be used
 * again. */
void hash_hex(struct hash *h, char ret_hex[HASH_HEX_LEN + 1]);
void hash_close(struct hash *h);

AUTO_DEFINE(auto_hash_p, struct hash *, hash_close)
#define auto_hash auto_cleanup(auto_hash_p)

void hash_hex_of(const void *data, size_t len, char ret_hex[HASH_HEX_LEN + 1]);

/* HMAC of a text. */
void hash_hmac(const void *key, size_t key_len, const char *text,
               unsigned char ret_digest[HASH_LEN]);
/* The same as lower-case hexadecimal. */
void hash_hmac_hex(const void *key, size_t key_len, const char *text,
                   char ret_hex[HASH_HEX_LEN + 1]);

/* Whether two texts are equal, in a time that does not reveal where they
 * differ. */
bool hash_same(const char *a, const char *b);
/* The same for len bytes each. */
bool hash_equal(const void *a, const void *b, size_t len);

#endif
