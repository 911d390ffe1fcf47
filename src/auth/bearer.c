/* API tokens of our own; see bearer.h. */
#include "auth/bearer.h"

#include <string.h>

#include "base/id.h"

#define PREFIX "tm_"
#define PREFIX_LEN (sizeof(PREFIX) - 1)
#define RANDOM_BYTES 32

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789-_";

void
bearer_make(char ret_token[BEARER_LEN + 1])
{
    unsigned char bytes[RANDOM_BYTES + 1] = {0};
    char *to = ret_token + PREFIX_LEN;

    id_random(bytes, RANDOM_BYTES);
    memcpy(ret_token, PREFIX, PREFIX_LEN);
    /* Thirty-three bytes make 44 digits; the last would be of the zero. */
    for (int i = 0; i < RANDOM_BYTES; i += 3) {
        unsigned v = (unsigned)bytes[i] << 16 | (unsigned)bytes[i + 1] << 8 |
                     bytes[i + 2];

        for (int shift = 18; shift >= 0; shift -= 6)
            *to++ = digits[v >> shift & 63];
    }
    ret_token[BEARER_LEN] = '\0';
    explicit_bzero(bytes, sizeof(bytes));
}

bool
bearer_hash(const char *token, char ret_hex[HASH_HEX_LEN + 1])
{
    if (strlen(token) != BEARER_LEN ||
        strncmp(token, PREFIX, PREFIX_LEN) != 0 ||
        strspn(token, digits) != BEARER_LEN)
        return false;
    hash_hex_of(token, BEARER_LEN, ret_hex);
    return true;
}
