/*
 * Whether a webhook is Replicate's: HMAC-SHA-256 over "id.timestamp.body" with
 * the account's secret, as standardwebhooks.com defines it. A repeat within the
 * five minutes is accepted: repeated news changes nothing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "ingest/base64.h"
#include "trainer/replicate.h"

#define TOLERANCE_SEC 300
#define TIMESTAMP_DIGITS 12
#define SECRET_PREFIX "whsec_"
#define SCHEME "v1,"
#define SIGNATURE_MAX 64 /* characters; 44 are right */

/* The whole of len characters, or false. out: BASE64_ROOM(len). */
static bool
decode(const char *text, size_t len, unsigned char *out, size_t *ret_len)
{
    struct base64 b = {0};
    size_t most = 0;
    size_t last = 0;
    size_t at = base64_digits(&b, (const unsigned char *)text, len, out, &most);

    while (at < len && text[at] == '=' && base64_pad(&b))
        at++;
    if (at < len || !base64_end(&b, out + most, &last))
        return false;
    *ret_len = most + last;
    return true;
}

/* Whether one "v1,BASE64" of the list is this digest. */
static bool
is_digest(const char *one, size_t len, const unsigned char *digest)
{
    unsigned char given[BASE64_ROOM(SIGNATURE_MAX)];
    size_t n = strlen(SCHEME);
    size_t given_len;

    if (len < n || strncmp(one, SCHEME, n) != 0 || len - n > SIGNATURE_MAX ||
        !decode(one + n, len - n, given, &given_len) || given_len != HASH_LEN)
        return false;
    return hash_equal(given, digest, HASH_LEN);
}

static bool
lists_digest(const char *signatures, const unsigned char *digest)
{
    for (const char *p = signatures; *p != '\0';) {
        size_t len = strcspn(p, " ");

        if (is_digest(p, len, digest))
            return true;
        p += len + strspn(p + len, " ");
    }
    return false;
}

static bool
is_fresh(const char *timestamp)
{
    size_t n = strspn(timestamp, "0123456789");

    return n > 0 && n <= TIMESTAMP_DIGITS && timestamp[n] == '\0' &&
           llabs(clock_now() - strtoll(timestamp, NULL, 10)) <= TOLERANCE_SEC;
}

int
replicate_verify(const char *secret, const char *id, const char *timestamp,
                 const char *signatures, const char *body, struct err *err)
{
    size_t skip = strncmp(secret, SECRET_PREFIX, strlen(SECRET_PREFIX)) == 0
                      ? strlen(SECRET_PREFIX)
                      : 0;
    auto_free unsigned char *key = xmalloc(BASE64_ROOM(strlen(secret)));
    auto_free char *text = NULL;
    unsigned char digest[HASH_LEN];
    size_t key_len;

    if (id == NULL || timestamp == NULL || signatures == NULL)
        return err_set(err, ERR_UNAUTHENTICATED, "the webhook is not signed");
    if (!is_fresh(timestamp))
        return err_set(err, ERR_UNAUTHENTICATED,
                       "the webhook's timestamp is more than five minutes "
                       "away from now");
    if (!decode(secret + skip, strlen(secret + skip), key, &key_len))
        return err_set(err, ERR_INTERNAL,
                       "REPLICATE_WEBHOOK_SECRET is not whsec_ and base64");
    text = xasprintf("%s.%s.%s", id, timestamp, body);
    hash_hmac(key, key_len, text, digest);
    explicit_bzero(key, key_len);
    if (!lists_digest(signatures, digest))
        return err_set(err, ERR_UNAUTHENTICATED,
                       "the webhook's signature is not Replicate's");
    return 0;
}
