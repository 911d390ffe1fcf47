/*
 * The page's cookie. No script can read it (HttpOnly), no other site's page can
 * make a browser send it (SameSite=Strict), and if users reach us by https it
 * is sent only over https (Secure). Its name then says so too, so that no
 * neighbor under the same domain can plant one.
 */
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "web/req.h"

static bool
by_https(const struct req *req)
{
    const char *url = req->sc->public_url;

    return url != NULL && strncasecmp(url, "https://", 8) == 0;
}

static const char *
name_of(const struct req *req)
{
    return by_https(req) ? "__Host-trainmode_session" : "trainmode_session";
}

/* Cookies have no port: another program on this machine, or in our domain, may
 * plant one with our name, in any order. So if two differ, neither counts: a
 * planted one can lock a user out, but never make them work as somebody
 * else. */
char *
req_cookie(const struct req *req)
{
    const char *p = req_header(req, "Cookie");
    const char *name = name_of(req);
    auto_free char *found = NULL;
    size_t n = strlen(name);

    while (p != NULL && *p != '\0') {
        size_t len;

        p += strspn(p, " \t;");
        len = strcspn(p, ";");
        if (len > n && strncmp(p, name, n) == 0 && p[n] == '=') {
            auto_free char *value = xstrndup(p + n + 1, len - n - 1);

            if (found != NULL && strcmp(found, value) != 0)
                return NULL;
            if (found == NULL)
                found = steal(&value);
        }
        p += len;
    }
    return steal(&found);
}

void
reply_cookie(struct req *req, const char *value, int64_t max_age)
{
    auto_free char *line =
        xasprintf("%s=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Strict%s",
                  name_of(req), value, (long long)max_age,
                  by_https(req) ? "; Secure" : "");

    reply_header(req, "Set-Cookie", line);
}
