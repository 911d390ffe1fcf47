/* Our own API tokens; see bearer.h. */
#include "auth/bearer.h"

#include <stdio.h>
#include <string.h>

#include "auth/b64url.h"
#include "base/auto.h"
#include "base/id.h"

#define PREFIX_LEN 3
#define RANDOM_BYTES 32

static const char *const prefixes[] = {
    [BEARER_TOKEN] = "tm_",
    [BEARER_SESSION] = "ts_",
};

void
bearer_make(enum bearer kind, char ret_token[BEARER_LEN + 1])
{
    unsigned char bytes[RANDOM_BYTES];
    auto_free char *text = NULL;

    id_random(bytes, sizeof(bytes));
    text = b64url_encode(bytes, sizeof(bytes));
    (void)snprintf(ret_token, BEARER_LEN + 1, "%s%s", prefixes[kind], text);
    explicit_bzero(bytes, sizeof(bytes));
    explicit_bzero(text, strlen(text));
}

bool
bearer_hash(enum bearer kind, const char *token, char ret_hex[HASH_HEX_LEN + 1])
{
    unsigned char bytes[B64URL_ROOM(BEARER_LEN)];
    size_t len;

    if (strlen(token) != BEARER_LEN ||
        strncmp(token, prefixes[kind], PREFIX_LEN) != 0 ||
        !b64url_decode(token + PREFIX_LEN, BEARER_LEN - PREFIX_LEN, bytes,
                       &len))
        return false;
    explicit_bzero(bytes, sizeof(bytes));
    hash_hex_of(token, BEARER_LEN, ret_hex);
    return true;
}
