/* Whose a token is; see signin.h. */
#include "auth/signin.h"

#include <string.h>

#include "auth/bearer.h"
#include "auth/jwks.h"
#include "base/json.h"
#include "base/mem.h"

struct signin {
    const struct conf *conf;
    struct db *db;
    /* with AUTH=supabase */
    char *issuer;
    struct jwks *jwks;
};

void
identity_release(struct identity *id)
{
    free(id->user);
    free(id->artist);
    free(id->claims);
    *id = (struct identity){0};
}

struct signin *
signin_open(const struct conf *conf, struct db *db)
{
    struct signin *s = xcalloc(1, sizeof(*s));

    *s = (struct signin){.conf = conf, .db = db};
    if (strcmp(conf->auth, "supabase") == 0) {
        auto_free char *keys = NULL;

        s->issuer = xasprintf("%s/auth/v1", conf->supabase_url);
        keys = xasprintf("%s/.well-known/jwks.json", s->issuer);
        s->jwks = jwks_open(keys, conf->supabase_public);
    }
    return s;
}

const char *
signin_issuer(const struct signin *s)
{
    return s->issuer;
}

void
signin_close(struct signin *s)
{
    jwks_close(s->jwks);
    free(s->issuer);
    free(s);
}

/* A named token opens everything, or one artist. */
static int
check_token(struct signin *s, const char *token, struct identity *ret,
            struct err *err)
{
    auto_token struct token row = {0};
    char hash[HASH_HEX_LEN + 1];

    if (!bearer_hash(token, hash))
        return err_set(err, ERR_UNAUTHENTICATED,
                       "this is no token of this server; they begin with tm_");
    if (tokens_find(s->db, hash, &row, err) == -1)
        return -1;
    ret->artist = steal(&row.artist_id);
    return 0;
}

/* By the secret that the project shares with us. A public key is never taken
 * for one: it is known to everybody. */
static int
verify_shared(struct signin *s, const struct jwt *t, struct err *err)
{
    const char *secret = s->conf->jwt_secret;
    unsigned char digest[HASH_LEN];

    if (secret == NULL || (t->kid != NULL && jwks_knows(s->jwks, t->kid)))
        return err_set(err, ERR_UNAUTHENTICATED,
                       "no token that is signed by HS256 is taken for this "
                       "project");
    hash_hmac(secret, strlen(secret), t->text, digest);
    if (t->sig_len != HASH_LEN || !hash_equal(t->sig, digest, HASH_LEN))
        return err_set(err, ERR_UNAUTHENTICATED,
                       "the access token's signature is not its project's");
    return 0;
}

/* An access token of the project's Auth. What it says is only looked at first
 * so that keys are not fetched for what cannot be good anyway. */
static int
check_supabase(struct signin *s, const char *token, struct identity *ret,
               struct err *err)
{
    auto_jwt struct jwt t = {0};

    if (jwt_read(token, &t, err) == -1 ||
        jwt_check(&t, s->issuer, err) == -1 ||
        (t.alg == ALG_HS256 ? verify_shared(s, &t, err)
                            : jwks_verify(s->jwks, &t, err)) == -1)
        return -1;
    ret->user = xstrdup(t.sub);
    ret->expires_at = t.expires_at;
    ret->claims = xstrdup(json_out(t.claims));
    return 0;
}

int
signin_check(struct signin *s, const char *token, struct identity *ret,
             struct err *err)
{
    if (token[0] == '\0')
        return err_set(err, ERR_UNAUTHENTICATED,
                       "sign in on the page, or send an Authorization header "
                       "with Bearer and a token");
    if ((s->jwks != NULL ? check_supabase(s, token, ret, err)
                         : check_token(s, token, ret, err)) == -1)
        return -1;
    ret->who = (struct db_who){ret->user, ret->artist, ret->claims};
    return 0;
}
