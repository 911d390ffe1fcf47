/* Sealing; see seal.h. */
#include "auth/seal.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "auth/b64url.h"
#include "base/auto.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/mem.h"

enum { NONCE = 12, TAG = 16 };

AUTO_DEFINE(auto_cipher_p, EVP_CIPHER_CTX *, EVP_CIPHER_CTX_free)
#define auto_cipher auto_cleanup(auto_cipher_p)

static EVP_CIPHER_CTX *
cipher_open(const char *key, const unsigned char *nonce, int sealing)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    unsigned char bytes[HASH_LEN];

    hash_hmac(key, strlen(key), "trainmode session", bytes);
    if (c == NULL || EVP_CipherInit_ex(c, EVP_aes_256_gcm(), NULL, bytes, nonce,
                                       sealing) != 1)
        abort(); /* only possible if memory is exhausted */
    explicit_bzero(bytes, sizeof(bytes));
    return c;
}

char *
seal_make(const char *key, const char *text)
{
    size_t len = strlen(text);
    auto_free unsigned char *out = xmalloc(NONCE + len + TAG);
    auto_cipher EVP_CIPHER_CTX *c = NULL;
    int n, last;

    id_random(out, NONCE);
    c = cipher_open(key, out, 1);
    if (EVP_CipherUpdate(c, out + NONCE, &n, (const unsigned char *)text,
                         (int)len) != 1 ||
        EVP_CipherFinal_ex(c, out + NONCE + n, &last) != 1 ||
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG, out + NONCE + len) !=
            1)
        abort();
    return b64url_encode(out, NONCE + len + TAG);
}

char *
seal_open(const char *key, const char *sealed)
{
    size_t room = strlen(sealed), len;
    auto_free unsigned char *in = xmalloc(B64URL_ROOM(room) + 1);
    auto_cipher EVP_CIPHER_CTX *c = NULL;
    auto_free unsigned char *out = NULL;
    int n, last;

    if (!b64url_decode(sealed, room, in, &len) || len < NONCE + TAG)
        return NULL;
    len -= NONCE + TAG;
    out = xcalloc(1, len + 1);
    c = cipher_open(key, in, 0);
    if (EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG, in + NONCE + len) !=
            1 ||
        EVP_CipherUpdate(c, out, &n, in + NONCE, (int)len) != 1 ||
        EVP_CipherFinal_ex(c, out + n, &last) != 1) {
        explicit_bzero(out, len);
        return NULL;
    }
    return (char *)steal(&out);
}
