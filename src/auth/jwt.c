/* JSON Web Tokens; see jwt.h. */
#include "auth/jwt.h"

#include <stdlib.h>
#include <string.h>

#include "auth/b64url.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"

#define LEEWAY_SEC 30
#define TIME_MAX 253402300799.0 /* the end of the year 9999 */
/* The audience of users' tokens, and their role. */
#define ROLE "authenticated"

void
jwt_release(struct jwt *t)
{
    json_object_put(t->header);
    json_object_put(t->claims);
    free(t->text);
    *t = (struct jwt){0};
}

static int
malformed(struct err *err)
{
    return err_set(err, ERR_UNAUTHENTICATED,
                   "this is not an access token; sign in again");
}

/* One part as a JSON object; NULL if it is not one. */
static json_object *
read_part(const char *text, size_t len)
{
    auto_free unsigned char *bytes = xmalloc(B64URL_ROOM(len));
    struct err ignored = ERR_INIT; /* whatever it is, it is not a token */
    size_t n;

    if (!b64url_decode(text, len, bytes, &n))
        return NULL;
    return json_parse_object((const char *)bytes, n, &ignored);
}

/* A header that must be understood to be accepted (`crit`) is refused. */
static int
read_header(struct jwt *t, struct err *err)
{
    const char *alg = json_text(t->header, "alg");

    if (alg == NULL || json_object_object_get(t->header, "crit") != NULL)
        return malformed(err);
    t->alg = alg_of(alg);
    t->kid = json_text(t->header, "kid");
    if (t->alg == ALG_NONE)
        return err_set(err, ERR_UNAUTHENTICATED,
                       "the access token is not signed by ES256, RS256 or "
                       "HS256");
    return 0;
}

int
jwt_read(const char *token, struct jwt *ret, struct err *err)
{
    size_t head = strcspn(token, ".");
    const char *body = token + head + (token[head] == '.');
    size_t body_len = strcspn(body, ".");
    const char *sig = body + body_len + (body[body_len] == '.');
    size_t sig_len = strlen(sig);

    if (strlen(token) > JWT_MAX || head == 0 || body_len == 0 || sig_len == 0 ||
        B64URL_ROOM(sig_len) > sizeof(ret->sig))
        return malformed(err);
    if ((ret->header = read_part(token, head)) == NULL ||
        (ret->claims = read_part(body, body_len)) == NULL ||
        !b64url_decode(sig, sig_len, ret->sig, &ret->sig_len))
        return malformed(err);
    ret->text = xstrndup(token, (size_t)(sig - 1 - token));
    return read_header(ret, err);
}

/* ---- claims ---- */

/* Seconds since 1970; false if the claim is not a number. */
static bool
read_time(json_object *claims, const char *name, double *ret)
{
    *ret = json_number(claims, name, -1);
    return *ret >= 0;
}

static bool
is_for_us(json_object *claims)
{
    json_object *aud = json_at(claims, "aud");
    const char *one = json_text(claims, "aud");

    if (one != NULL)
        return strcmp(one, ROLE) == 0;
    if (!json_object_is_type(aud, json_type_array))
        return false;
    for (size_t i = 0; i < json_object_array_length(aud); i++) {
        json_object *each = json_object_array_get_idx(aud, i);

        if (json_object_is_type(each, json_type_string) &&
            strcmp(json_object_get_string(each), ROLE) == 0)
            return true;
    }
    return false;
}

static bool
claims(json_object *o, const char *name, const char *wanted)
{
    const char *text = json_text(o, name);

    return text != NULL && strcmp(text, wanted) == 0;
}

static int
check_time(struct jwt *t, struct err *err)
{
    json_object *o = t->claims;
    double now = (double)clock_now();
    double nbf = 0;
    double exp;

    if (!read_time(o, "exp", &exp) ||
        (json_at(o, "nbf") != NULL && !read_time(o, "nbf", &nbf)))
        return malformed(err);
    if (exp > TIME_MAX)
        exp = TIME_MAX;
    t->expires_at = (int64_t)exp;
    if (exp + LEEWAY_SEC <= now)
        return err_set(err, ERR_UNAUTHENTICATED,
                       "the session has expired; sign in again");
    if (nbf > now + LEEWAY_SEC)
        return err_set(err, ERR_UNAUTHENTICATED,
                       "the access token is not good yet; are the clocks "
                       "right?");
    return 0;
}

int
jwt_check(struct jwt *t, const char *issuer, struct err *err)
{
    if (!claims(t->claims, "iss", issuer))
        return err_set(err, ERR_UNAUTHENTICATED,
                       "the access token is of another project");
    if (!is_for_us(t->claims) || !claims(t->claims, "role", ROLE))
        return err_set(err, ERR_UNAUTHENTICATED,
                       "the access token is not that of a signed-in user");
    t->sub = json_text(t->claims, "sub");
    if (t->sub == NULL || !id_valid(t->sub))
        return malformed(err);
    return check_time(t, err);
}
