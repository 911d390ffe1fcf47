/* SHA-256 and HMAC by OpenSSL; see hash.h. */
#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/mem.h"

struct hash {
    EVP_MD_CTX *ctx;
};

static void
must(int ok)
{
    if (ok != 1)
        abort(); /* only possible if memory is exhausted */
}

struct hash *
hash_open(void)
{
    struct hash *h = xcalloc(1, sizeof(*h));

    h->ctx = EVP_MD_CTX_new();
    must(h->ctx != NULL && EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL));
    return h;
}

void
hash_add(struct hash *h, const void *data, size_t len)
{
    must(EVP_DigestUpdate(h->ctx, data, len));
}

static void
to_hex(const unsigned char digest[HASH_LEN], char ret_hex[HASH_HEX_LEN + 1])
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < HASH_LEN; i++) {
        ret_hex[2 * i] = digits[digest[i] >> 4];
        ret_hex[2 * i + 1] = digits[digest[i] & 15];
    }
    ret_hex[HASH_HEX_LEN] = '\0';
}

void
hash_hex(struct hash *h, char ret_hex[HASH_HEX_LEN + 1])
{
    unsigned char digest[HASH_LEN];

    must(EVP_DigestFinal_ex(h->ctx, digest, NULL));
    to_hex(digest, ret_hex);
}

void
hash_close(struct hash *h)
{
    EVP_MD_CTX_free(h->ctx);
    free(h);
}

void
hash_hex_of(const void *data, size_t len, char ret_hex[HASH_HEX_LEN + 1])
{
    auto_hash struct hash *h = hash_open();

    hash_add(h, data, len);
    hash_hex(h, ret_hex);
}

void
hash_hmac(const void *key, size_t key_len, const char *text,
          unsigned char ret_digest[HASH_LEN])
{
    must(HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text,
              strlen(text), ret_digest, NULL) != NULL);
}

void
hash_hmac_hex(const void *key, size_t key_len, const char *text,
              char ret_hex[HASH_HEX_LEN + 1])
{
    unsigned char digest[HASH_LEN];

    hash_hmac(key, key_len, text, digest);
    to_hex(digest, ret_hex);
}

bool
hash_same(const char *a, const char *b)
{
    size_t n = strlen(a);

    return n == strlen(b) && CRYPTO_memcmp(a, b, n) == 0;
}

bool
hash_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}
