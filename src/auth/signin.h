/* Whose a token is, in the way that AUTH names. */
#ifndef AUTH_SIGNIN_H
#define AUTH_SIGNIN_H

#include "base/auto.h"
#include "base/conf.h"
#include "db/db.h"

struct signin; /* shared by all threads */

/* What a token proves. Owned texts; `who` points into them. */
struct identity {
    char *user, *artist, *claims;
    int64_t expires_at; /* seconds since 1970; 0: it does not by itself */
    struct db_who who;
};
void identity_release(struct identity *id);
#define auto_identity auto_cleanup(identity_release)

/* conf and db must outlive it. With AUTH=none there is nothing to ask. */
struct signin *signin_open(const struct conf *conf, struct db *db);
/* The base of Supabase Auth's API; NULL unless AUTH=supabase. */
const char *signin_issuer(const struct signin *s);
void signin_close(struct signin *s);

/* ERR_UNAUTHENTICATED where the token ("": none came) proves nothing;
 * ERR_SIGN_IN_AWAY where that cannot be told now. */
int signin_check(struct signin *s, const char *token, struct identity *ret,
                 struct err *err);

#endif
