/*
 * Signed URLs of our own: HMAC-SHA-256 over path and expiry. Whoever holds
 * the URL may read that one object until then, with no header at all, which is
 * what a trainer's plain GET needs.
 */
#ifndef STORE_SIGN_H
#define STORE_SIGN_H

#include <stdint.h>

#include "base/err.h"

/* "{base}/files/{path}?expires=N&signature=HEX": the path part ends in the
 * object's own name, so that ".zip" is what a trainer sees. The caller frees
 * it. key: any text that is kept secret; expires: seconds since 1970. */
char *sign_url(const char *key, const char *base, const char *path,
               int64_t expires);

/* The two query values as they came (NULL: absent). ERR_FORBIDDEN where the
 * signature is not ours, ERR_EXPIRED where it was. */
int sign_check(const char *key, const char *path, const char *expires,
               const char *signature, struct err *err);

#endif
