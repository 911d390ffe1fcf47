/* Finds the owner of a token; see signin.h. */
#include "auth/signin.h"

#include <string.h>

#include "auth/bearer.h"
#include "auth/jwks.h"
#include "auth/seal.h"
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
    free(id->token);
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

static int
find_token(struct signin *s, const char *token, struct token *ret,
           struct err *err)
{
    char hash[HASH_HEX_LEN + 1];

    if (!bearer_hash(BEARER_TOKEN, token, hash))
        return err_set(
            err, ERR_UNAUTHENTICATED,
            "this is not a token of this server; they begin with tm_");
    return tokens_find(s->db, hash, ret, err);
}

/* A named token gives access to everything, or to one artist. */
static void
open_by(struct token *row, struct identity *ret)
{
    ret->token = steal(&row->id);
    ret->artist = steal(&row->artist_id);
}

static int
check_token(struct signin *s, const char *token, struct identity *ret,
            struct err *err)
{
    auto_token struct token row = {0};

    if (find_token(s, token, &row, err) == -1)
        return -1;
    open_by(&row, ret);
    return 0;
}

static int
check_session(struct signin *s, const char *id, struct identity *ret,
              struct err *err)
{
    auto_token struct token row = {0};
    char hash[HASH_HEX_LEN + 1];

    if (!bearer_hash(BEARER_SESSION, id, hash))
        return err_set(err, ERR_UNAUTHENTICATED,
                       "this is not a session of this server; sign in again");
    if (token_session_find(s->db, hash, &row, &ret->expires_at, err) == -1)
        return -1;
    open_by(&row, ret);
    return 0;
}

int
signin_session(struct signin *s, const char *token, int64_t seconds,
               char ret_id[SESSION_ID_LEN + 1], struct err *err)
{
    auto_token struct token row = {0};
    char hash[HASH_HEX_LEN + 1];

    if (find_token(s, token, &row, err) == -1)
        return -1;
    bearer_make(BEARER_SESSION, ret_id);
    (void)bearer_hash(BEARER_SESSION, ret_id, hash);
    return token_session_add(s->db, row.id, hash, seconds, err);
}

int
signin_session_end(struct signin *s, const char *id, struct err *err)
{
    char hash[HASH_HEX_LEN + 1];

    if (!bearer_hash(BEARER_SESSION, id, hash))
        return 0;
    return s->jwks != NULL ? user_session_end(s->db, hash, err)
                           : token_session_end(s->db, hash, err);
}

/* ---- sessions of users ---- */

/* The caller wipes and frees it. */
static char *
sealed_of(const char *id, const struct session *given)
{
    auto_json json_object *o = json_object_new_object();

    json_add_str(o, "access", given->token);
    json_add_str(o, "refresh", given->refresh);
    return seal_make(id, json_out(o));
}

int
signin_user_session(struct signin *s, const struct session *given,
                    int64_t seconds, char ret_id[SESSION_ID_LEN + 1],
                    struct err *err)
{
    auto_free char *sealed = NULL;
    char hash[HASH_HEX_LEN + 1];

    bearer_make(BEARER_SESSION, ret_id);
    (void)bearer_hash(BEARER_SESSION, ret_id, hash);
    sealed = sealed_of(ret_id, given);
    return user_session_add(s->db, hash, sealed, seconds, err);
}

static int
read_given(const char *text, struct session *ret, struct err *err)
{
    auto_json json_object *o = json_parse_object(text, strlen(text), err);
    const char *access, *refresh;

    if (o == NULL)
        return -1;
    access = json_text(o, "access");
    refresh = json_text(o, "refresh");
    ret->token = xstrdup(access != NULL ? access : "");
    ret->refresh = refresh != NULL ? xstrdup(refresh) : NULL;
    return 0;
}

int
signin_user_given(struct signin *s, const char *id, struct session *ret,
                  struct err *err)
{
    auto_free char *sealed = NULL;
    char hash[HASH_HEX_LEN + 1];
    char *text;
    int rc;

    if (!bearer_hash(BEARER_SESSION, id, hash))
        return err_set(err, ERR_UNAUTHENTICATED,
                       "this is not a session of this server; sign in again");
    if (user_session_find(s->db, hash, &sealed, err) == -1)
        return -1;
    text = seal_open(id, sealed);
    if (text == NULL)
        return err_set(err, ERR_UNAUTHENTICATED,
                       "this session cannot be read any more; sign in again");
    rc = read_given(text, ret, err);
    explicit_bzero(text, strlen(text));
    free(text);
    return rc;
}

int
signin_user_renew(struct signin *s, const char *id, const struct session *given,
                  int64_t seconds, struct err *err)
{
    auto_free char *sealed = sealed_of(id, given);
    char hash[HASH_HEX_LEN + 1];

    if (!bearer_hash(BEARER_SESSION, id, hash))
        return err_set(err, ERR_UNAUTHENTICATED,
                       "this is not a session of this server; sign in again");
    return user_session_renew(s->db, hash, sealed, seconds, err);
}

/* With the secret that the project shares with us. A public key is never used
 * as one: everybody knows it. */
static int
verify_shared(struct signin *s, const struct jwt *t, struct err *err)
{
    const char *secret = s->conf->jwt_secret;
    unsigned char digest[HASH_LEN];

    if (secret == NULL || (t->kid != NULL && jwks_knows(s->jwks, t->kid)))
        return err_set(err, ERR_UNAUTHENTICATED,
                       "tokens signed with HS256 are not accepted for this "
                       "project");
    hash_hmac(secret, strlen(secret), t->text, digest);
    if (t->sig_len != HASH_LEN || !hash_equal(t->sig, digest, HASH_LEN))
        return err_set(err, ERR_UNAUTHENTICATED,
                       "the access token's signature is not its project's");
    return 0;
}

/* An access token of the project's Auth. Its claims are checked first, so that
 * no keys are fetched for a token that cannot be valid anyway. */
static int
check_supabase(struct signin *s, const char *token, struct identity *ret,
               struct err *err)
{
    auto_jwt struct jwt t = {0};

    if (jwt_read(token, &t, err) == -1 || jwt_check(&t, s->issuer, err) == -1 ||
        (t.alg == ALG_HS256 ? verify_shared(s, &t, err)
                            : jwks_verify(s->jwks, &t, err)) == -1)
        return -1;
    if (!s->conf->anonymous &&
        json_object_get_boolean(json_at(t.claims, "is_anonymous")))
        return err_set(err, ERR_UNAUTHENTICATED,
                       "anonymous users are not let in here; sign in with an "
                       "account");
    ret->user = xstrdup(t.sub);
    ret->expires_at = t.expires_at;
    ret->claims = xstrdup(json_out(t.claims));
    return 0;
}

static int
check_user_session(struct signin *s, const char *id, struct identity *ret,
                   struct err *err)
{
    auto_session struct session given = {0};

    if (signin_user_given(s, id, &given, err) == -1)
        return -1;
    return check_supabase(s, given.token, ret, err);
}

static int
check_cookie(struct signin *s, const char *id, struct identity *ret,
             struct err *err)
{
    return s->jwks != NULL ? check_user_session(s, id, ret, err)
                           : check_session(s, id, ret, err);
}

int
signin_check(struct signin *s, const char *token, bool by_cookie,
             struct identity *ret, struct err *err)
{
    if (token[0] == '\0')
        return err_set(err, ERR_UNAUTHENTICATED,
                       "sign in on the page, or send an Authorization header "
                       "with Bearer and a token");
    if ((by_cookie         ? check_cookie(s, token, ret, err)
         : s->jwks != NULL ? check_supabase(s, token, ret, err)
                           : check_token(s, token, ret, err)) == -1)
        return -1;
    ret->who = (struct db_who){ret->user, ret->artist, ret->claims};
    return 0;
}
