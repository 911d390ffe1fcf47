/* Our own API tokens, "tm_" and 32 random bytes in base64url, and ids of
 * browser sessions, "ts_" and the same. */
#ifndef AUTH_BEARER_H
#define AUTH_BEARER_H

#include <stdbool.h>

#include "base/hash.h"

#define BEARER_LEN 46

enum bearer { BEARER_TOKEN, BEARER_SESSION };

void bearer_make(enum bearer kind, char ret_token[BEARER_LEN + 1]);
/* The hash that is stored, in hexadecimal. With 256 random bits, a slower hash
 * or a salt would add nothing. False if the token is not of this kind. */
bool bearer_hash(enum bearer kind, const char *token,
                 char ret_hex[HASH_HEX_LEN + 1]);

#endif
