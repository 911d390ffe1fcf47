/* Cross-site calls are refused; see guard.h. */
#include "web/guard.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "web/req.h"

static bool
changes_nothing(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ||
           strcmp(method, "OPTIONS") == 0;
}

/* Whether an Origin is the host that was asked, or the public URL's (a proxy
 * in front of us may have put another Host). */
static bool
is_ours(const struct req *req, const char *origin)
{
    const char *host = req_header(req, "Host");
    const char *rest = strstr(origin, "://");
    const char *public_url = req->sc->public_url;
    size_t len = strlen(origin);

    if (host != NULL && rest != NULL && strcasecmp(rest + 3, host) == 0)
        return true;
    return public_url != NULL && strncasecmp(public_url, origin, len) == 0 &&
           (public_url[len] == '\0' || public_url[len] == '/');
}

int
guard_cross_site(const struct req *req, struct err *err)
{
    const char *site = req_header(req, "Sec-Fetch-Site");
    const char *origin = req_header(req, "Origin");

    if (changes_nothing(req->method))
        return 0;
    if ((site != NULL && strcasecmp(site, "cross-site") == 0) ||
        (origin != NULL && !is_ours(req, origin)))
        return err_set(err, ERR_FORBIDDEN,
                       "calls that change something are not taken from pages "
                       "of another site");
    return 0;
}
