/*
 * The page's cookies. No script can read them (HttpOnly), no other site's
 * page can make a browser send them (SameSite=Strict), and where people reach
 * us by https they are sent by nothing else (Secure): their names then say so
 * too, so that no neighbor under the same domain can plant one.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "web/req.h"

static const struct {
    const char *name, *path;
    const char *secure; /* its name where it is Secure */
} cookies[] = {
    [COOKIE_SESSION] = {"trainmode_session", "/", "__Host-trainmode_session"},
    [COOKIE_REFRESH] = {"trainmode_refresh", "/api/session",
                        "__Secure-trainmode_refresh"},
};

static bool
by_https(const struct req *req)
{
    const char *url = req->sc->public_url;

    return url != NULL && strncasecmp(url, "https://", 8) == 0;
}

static const char *
name_of(const struct req *req, enum cookie which)
{
    return by_https(req) ? cookies[which].secure : cookies[which].name;
}

char *
req_cookie(const struct req *req, enum cookie which)
{
    const char *p = req_header(req, "Cookie");
    const char *name = name_of(req, which);
    size_t n = strlen(name);

    while (p != NULL && *p != '\0') {
        size_t len;

        p += strspn(p, " \t;");
        len = strcspn(p, ";");
        if (len > n && strncmp(p, name, n) == 0 && p[n] == '=')
            return xstrndup(p + n + 1, len - n - 1);
        p += len;
    }
    return NULL;
}

void
reply_cookie(struct req *req, enum cookie which, const char *value,
             int64_t max_age)
{
    auto_free char *line = xasprintf(
        "%s=%s; Path=%s; Max-Age=%lld; HttpOnly; SameSite=Strict%s",
        name_of(req, which), value, cookies[which].path, (long long)max_age,
        by_https(req) ? "; Secure" : "");

    reply_header(req, "Set-Cookie", line);
}

bool
cookie_fits(const char *value)
{
    size_t len = 0;

    for (; value[len] != '\0'; len++)
        if (!isalnum((unsigned char)value[len]) &&
            strchr("-._~+/=", value[len]) == NULL)
            return false;
    return len > 0 && len <= COOKIE_MAX;
}
