/* Finds out whose a token is, by the method in AUTH. */
#ifndef AUTH_SIGNIN_H
#define AUTH_SIGNIN_H

#include "auth/gotrue.h"
#include "base/auto.h"
#include "base/conf.h"
#include "base/setting.h"
#include "db/db.h"

extern const struct settings auth_settings; /* settings.c */

#define SESSION_ID_LEN 46

struct signin; /* shared by all threads */

/* The identity that a token proves. Owns its texts; `who` points into them. */
struct identity {
    char *user, *artist, *claims;
    char *token;        /* with AUTH=token: the id of its row */
    int64_t expires_at; /* seconds since 1970; 0: no expiry of its own */
    struct db_who who;
};
void identity_release(struct identity *id);
#define auto_identity auto_cleanup(identity_release)

/* conf and db must outlive it. Not needed with AUTH=none. */
struct signin *signin_open(const struct conf *conf, struct db *db);
/* The base of Supabase Auth's API; NULL unless AUTH=supabase. */
const char *signin_issuer(const struct signin *s);
void signin_close(struct signin *s);

/* ERR_UNAUTHENTICATED if the token ("": none came) proves nothing;
 * ERR_SIGN_IN_AWAY if that cannot be determined now. by_cookie: the browser
 * sent it automatically, so it must be a session's id and never a token. */
int signin_check(struct signin *s, const char *token, bool by_cookie,
                 struct identity *ret, struct err *err);

/* With AUTH=token: start a session with this token, which ends after
 * `seconds`. */
int signin_session(struct signin *s, const char *token, int64_t seconds,
                   char ret_id[SESSION_ID_LEN + 1], struct err *err);
/* With AUTH=supabase: start a session from what Auth returned, whose
 * `refresh` may be NULL. The database stores it sealed with the id. The session
 * ends after `seconds`. */
int signin_user_session(struct signin *s, const struct session *given,
                        int64_t seconds, char ret_id[SESSION_ID_LEN + 1],
                        struct err *err);
/* What Auth returned; ERR_UNAUTHENTICATED if the session is over. *ret's
 * `seconds` is not set. */
int signin_user_given(struct signin *s, const char *id, struct session *ret,
                      struct err *err);
/* Replace that by what Auth returned now. */
int signin_user_renew(struct signin *s, const char *id,
                      const struct session *given, int64_t seconds,
                      struct err *err);
/* End the session: its id is invalid from now on, in every copy of it. */
int signin_session_end(struct signin *s, const char *id, struct err *err);

#endif
