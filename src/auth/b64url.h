/*
 * Base64url as tokens use it (RFC 7515): without padding, and only in its
 * canonical form, so that a token has no second spelling.
 */
#ifndef AUTH_B64URL_H
#define AUTH_B64URL_H

#include <stdbool.h>
#include <stddef.h>

#include "ingest/base64.h"

/* Room that out needs for len characters. */
#define B64URL_ROOM(len) BASE64_ROOM(len)

bool b64url_decode(const char *text, size_t len, unsigned char *out,
                   size_t *ret_len);
/* The caller frees it. */
char *b64url_encode(const unsigned char *bytes, size_t len);

#endif
