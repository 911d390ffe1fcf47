/* Any text as a token, and any JSON as the keys of a project: nothing that no
 * key has signed is believed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "auth/b64url.h"
#include "auth/bearer.h"
#include "auth/jwt.h"
#include "base/json.h"
#include "base/mem.h"

static void
hold(bool truth)
{
    if (!truth)
        abort();
}

static void
try_token(const char *token)
{
    auto_jwt struct jwt t = {0};
    struct err err = ERR_INIT;
    char hash[HASH_HEX_LEN + 1];

    (void)bearer_hash(BEARER_TOKEN, token, hash);
    (void)bearer_hash(BEARER_SESSION, token, hash);
    if (jwt_read(token, &t, &err) == -1 ||
        jwt_check(&t, "https://x.supabase.co/auth/v1", &err) == -1) {
        hold(err.code == ERR_UNAUTHENTICATED);
        return;
    }
    hold(strlen(t.sub) == 36 && t.sig_len <= JWT_SIG_MAX);
}

static void
try_keys(const char *text, size_t len)
{
    struct err err = ERR_INIT;
    auto_json json_object *o = json_parse(text, len, &err);
    static const unsigned char sig[64];
    struct key k;

    if (o == NULL || !key_from_jwk(o, &k))
        return;
    hold(k.id != NULL && k.alg != ALG_NONE);
    hold(!key_verify(&k, "header.claims", sig, sizeof(sig)));
    key_release(&k);
}

/* A token with two well-formed parts, so that their content is looked at. */
static void
try_claims(const unsigned char *data, size_t len)
{
    static const char head[] = "{\"alg\":\"ES256\",\"kid\":\"a\"}";
    auto_free char *one =
        b64url_encode((const unsigned char *)head, sizeof(head) - 1);
    auto_free char *two = b64url_encode(data, len);
    auto_free char *token = xasprintf("%s.%s.%s", one, two, two);

    try_token(token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    auto_free char *text = xstrndup((const char *)data, len);

    try_token(text);
    try_keys(text, strlen(text));
    if (len < 4096)
        try_claims(data, len);
    return 0;
}
