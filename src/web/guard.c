/* Cross-site calls are refused; see guard.h. */
#include "web/guard.h"

#include <string.h>
#include <strings.h>

#include "web/cors.h"
#include "web/req.h"

static bool
changes_nothing(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ||
           strcmp(method, "OPTIONS") == 0;
}

static bool
is_public(const char *host, const char *public_url)
{
    size_t len = strlen(host);

    public_url = public_url != NULL ? strstr(public_url, "://") : NULL;
    return public_url != NULL && strncasecmp(public_url + 3, host, len) == 0 &&
           strchr("/", public_url[3 + len]) != NULL;
}

static bool
is_origin_of(const char *origin, const char *url)
{
    size_t len = strlen(origin);

    return strncasecmp(url, origin, len) == 0 &&
           (url[len] == '\0' || url[len] == '/');
}

/* Whether an Origin is the host of the request, or the public URL's (a proxy in
 * front of us may have set another Host). Of the public name only its own
 * scheme is ours: anybody in between can answer for http://. */
static bool
is_ours(const struct req *req, const char *origin)
{
    const char *host = req_header(req, "Host");
    const char *rest = strstr(origin, "://");
    const char *public_url = req->sc->public_url;

    if (rest == NULL)
        return false;
    if (public_url != NULL && is_origin_of(origin, public_url))
        return true;
    return host != NULL && strcasecmp(rest + 3, host) == 0 &&
           !is_public(host, public_url);
}

bool
guard_own_page(const struct req *req)
{
    const char *origin = req_header(req, "Origin");

    return origin == NULL || is_ours(req, origin);
}

bool
req_of_browser(const struct req *req)
{
    return req_header(req, "Origin") != NULL ||
           req_header(req, "Sec-Fetch-Site") != NULL;
}

int
guard_cookie(const struct req *req, struct err *err)
{
    const char *site = req_header(req, "Sec-Fetch-Site");
    const char *origin = req_header(req, "Origin");

    if (changes_nothing(req->method) ||
        (origin != NULL && is_ours(req, origin)) ||
        (origin == NULL && site != NULL && strcmp(site, "same-origin") == 0))
        return 0;
    return err_set(err, ERR_FORBIDDEN,
                   "a call that changes something by a cookie must come from "
                   "the page; programs send Authorization: Bearer");
}

/* A numeric address, with or without a port, not a name. */
static bool
is_address(const char *host)
{
    size_t len = strcspn(host, ":");

    return host[0] == '[' || (len > 0 && strspn(host, "0123456789.") == len);
}

static bool
is_localhost(const char *host)
{
    static const char name[] = "localhost";
    size_t n = sizeof(name) - 1;
    size_t len = strcspn(host, ":");

    return len >= n && strncasecmp(host + len - n, name, n) == 0 &&
           (len == n || host[len - n - 1] == '.');
}

int
guard_host(const struct req *req, struct err *err)
{
    const char *host = req_header(req, "Host");

    /* No browser leaves it out. */
    if (host == NULL || is_address(host) || is_localhost(host) ||
        is_public(host, req->sc->public_url))
        return 0;
    return err_set(err, ERR_FORBIDDEN,
                   "this server is not known by that name; use its address, "
                   "or set PUBLIC_URL (and AUTH)");
}

int
guard_cross_site(const struct req *req, struct err *err)
{
    const char *site = req_header(req, "Sec-Fetch-Site");
    const char *origin = req_header(req, "Origin");

    if (changes_nothing(req->method) || cors_lists(req))
        return 0;
    if ((site != NULL && strcasecmp(site, "cross-site") == 0) ||
        (origin != NULL && !is_ours(req, origin)))
        return err_set(err, ERR_FORBIDDEN,
                       "calls that change something are not taken from pages "
                       "of another site");
    return 0;
}
