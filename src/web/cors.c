/* Pages of other origins; see cors.h. */
#include "web/cors.h"

#include <string.h>

#include "web/req.h"

#define SEPARATORS " \t,"

bool
cors_lists(const struct req *req)
{
    const char *origin = req_header(req, "Origin");
    const char *p = req->sc->cors_origins;
    size_t n = origin != NULL ? strlen(origin) : 0;

    while (p != NULL && *p != '\0' && n > 0) {
        size_t len;

        p += strspn(p, SEPARATORS);
        len = strcspn(p, SEPARATORS);
        /* Browsers write an origin in only one way. */
        if (len == n && memcmp(p, origin, n) == 0)
            return true;
        p += len;
    }
    return false;
}

bool
cors_is_preflight(const struct req *req)
{
    return strcmp(req->method, "OPTIONS") == 0 &&
           req_header(req, "Access-Control-Request-Method") != NULL &&
           cors_lists(req);
}

int
cors_reply(struct req *req, struct err *err)
{
    reply_header(req, "Access-Control-Allow-Methods",
                 "GET, HEAD, POST, PUT, PATCH, DELETE");
    reply_header(req, "Access-Control-Allow-Headers",
                 "Authorization, Content-Type, Content-Disposition, "
                 "Idempotency-Key, Range");
    reply_header(req, "Access-Control-Max-Age", "600");
    return reply_nothing(req, err);
}

void
cors_add_headers(struct req *req)
{
    if (req->sc->cors_origins == NULL)
        return;
    /* A cache must not give one origin's answer to another. */
    reply_header(req, "Vary", "Origin");
    if (!cors_lists(req))
        return;
    reply_header(req, "Access-Control-Allow-Origin", req_header(req, "Origin"));
    reply_header(req, "Access-Control-Expose-Headers",
                 "X-Request-Id, Location, Retry-After, Content-Disposition, "
                 "Content-Range, Accept-Ranges");
}
