/* Signed URLs; see sign.h. */
#include "store/sign.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/setting.h"

#define EXPIRES_DIGITS 15 /* enough for 30 million years, no overflow */
#define KEY_DIGITS 64     /* 32 bytes */

void
sign_key_read(struct conf *conf, struct buf *faults)
{
    auto_free char *path = xasprintf("%s/secrets/sign.key", conf->state);
    auto_file FILE *file = fopen(path, "re");
    char key[KEY_DIGITS + 2] = "";
    struct stat st;

    if (file == NULL || fstat(fileno(file), &st) == -1) {
        conf_fault(faults, "cannot read %s: %s", path, strerror(errno));
        return;
    }
    if ((st.st_mode & 077) != 0)
        conf_fault(faults, "%s may be read by others (chmod 600 it)", path);
    if (fgets(key, sizeof(key), file) == NULL ||
        strspn(key, "0123456789abcdefABCDEF") != KEY_DIGITS) {
        conf_fault(faults, "%s does not hold %d hexadecimal digits", path,
                   KEY_DIGITS);
        return;
    }
    conf->sign_key = xstrndup(key, KEY_DIGITS);
}

/* A path cannot contain the line end, so no two pairs make the same text. */
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
