/* API tokens of our own: "tm_" and 32 random bytes in base64url. */
#ifndef AUTH_BEARER_H
#define AUTH_BEARER_H

#include <stdbool.h>

#include "base/hash.h"

#define BEARER_LEN 46

void bearer_make(char ret_token[BEARER_LEN + 1]);
/* What is kept of one, in hexadecimal. With 256 random bits there is nothing
 * that a slower hash or a salt would add. False where it is no token. */
bool bearer_hash(const char *token, char ret_hex[HASH_HEX_LEN + 1]);

#endif
