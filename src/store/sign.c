/* Signed URLs; see sign.h. */
#include "store/sign.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"

#define EXPIRES_DIGITS 15 /* enough for 30 million years, no overflow */

/* The line end cannot stand in a path, so no two pairs make the same text. */
static void
signature_of(const char *key, const char *path, const char *expires,
             char ret_hex[HASH_HEX_LEN + 1])
{
    auto_free char *text = xasprintf("%s\n%s", path, expires);

    hash_hmac_hex(key, strlen(key), text, ret_hex);
}

char *
sign_url(const char *key, const char *base, const char *path, int64_t expires)
{
    auto_free char *digits = xasprintf("%" PRId64, expires);
    char hex[HASH_HEX_LEN + 1];

    signature_of(key, path, digits, hex);
    return xasprintf("%s/files/%s?expires=%s&signature=%s", base, path, digits,
                     hex);
}

int
sign_check(const char *key, const char *path, const char *expires,
           const char *signature, struct err *err)
{
    char hex[HASH_HEX_LEN + 1];
    size_t digits;

    if (expires == NULL || signature == NULL)
        return err_set(err, ERR_FORBIDDEN,
                       "this link is not complete; copy all of it");
    digits = strspn(expires, "0123456789");
    if (digits == 0 || digits > EXPIRES_DIGITS || expires[digits] != '\0')
        return err_set(err, ERR_FORBIDDEN, "this link has been changed");
    signature_of(key, path, expires, hex);
    if (!hash_same(hex, signature))
        return err_set(err, ERR_FORBIDDEN, "this link has been changed");
    if (strtoll(expires, NULL, 10) <= clock_now())
        return err_set(err, ERR_EXPIRED,
                       "this link has expired; ask for a new one");
    return 0;
}
