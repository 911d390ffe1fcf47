/* Whose a token is; see signin.h. */
#include "auth/signin.h"

#include <string.h>

#include "auth/bearer.h"
#include "base/mem.h"

struct signin {
    const struct conf *conf;
    struct db *db;
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
    return s;
}

void
signin_close(struct signin *s)
{
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

int
signin_check(struct signin *s, const char *token, struct identity *ret,
             struct err *err)
{
    if (token[0] == '\0')
        return err_set(err, ERR_UNAUTHENTICATED,
                       "sign in on the page, or send an Authorization header "
                       "with Bearer and a token");
    if (check_token(s, token, ret, err) == -1)
        return -1;
    ret->who = (struct db_who){ret->user, ret->artist, ret->claims};
    return 0;
}
