/*
 * Our own signed URLs: HMAC-SHA-256 over path and expiry. Whoever holds the URL
 * may read that one object until then, without any header, as a trainer's plain
 * GET requires.
 */
#ifndef STORE_SIGN_H
#define STORE_SIGN_H

#include <stdint.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/err.h"

/* {state}/secrets/sign.key into conf->sign_key: whoever reads it can sign, so
 * it must be ours alone. */
void sign_key_read(struct conf *conf, struct buf *faults);

/* "{base}/files/{path}?expires=N&signature=HEX": the path ends in the object's
 * own name, so that a trainer sees ".zip". The caller frees it. key: any secret
 * text; expires: seconds since 1970. */
char *sign_url(const char *key, const char *base, const char *path,
               int64_t expires);

/* The two query values as they came (NULL: absent). ERR_FORBIDDEN if the
 * signature is not ours, ERR_EXPIRED if it has expired. */
int sign_check(const char *key, const char *path, const char *expires,
               const char *signature, struct err *err);

#endif
