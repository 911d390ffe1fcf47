/* What a handler reads of a request, except its body (body.c). */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/id.h"
#include "base/mem.h"
#include "web/req.h"
#include "web/turn.h"

const char *
req_wire(const struct req *req, const char *name)
{
    const char *value = req->wire->param(req->wire->ctx, name);

    return value != NULL ? value : "";
}

/* The path as it was sent, with its escapes, because an escaped slash is not a
 * separator. DOCUMENT_URI is decoded, so it is encoded again; it is used if the
 * server gives nothing else. */
static char *
find_path(const struct req *req)
{
    const char *uri = req_wire(req, "REQUEST_URI");
    const char *document = req_wire(req, "DOCUMENT_URI");
    auto_buf struct buf path = BUF_INIT(65536);

    if (uri[0] != '\0')
        return xstrndup(uri, strcspn(uri, "?"));
    percent_encode(&path, document, "/");
    return xstrdup(buf_str(&path));
}

/* nginx's id if it gave one, otherwise ours, so that the client's id always
 * leads to a line of the log. */
static void
find_id(struct req *req)
{
    static const char *const names[] = {"REQUEST_ID", "HTTP_X_REQUEST_ID"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *id = req_wire(req, names[i]);
        size_t len = strlen(id);
        size_t good = 0;

        while (isalnum((unsigned char)id[good]) || id[good] == '-')
            good++;
        if (len > 0 && len <= REQ_ID_MAX && good == len) {
            memcpy(req->id, id, len + 1);
            return;
        }
    }
    id_make(req->id);
}

static bool
is_host(const char *s)
{
    size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyz"
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]");

    return len > 0 && s[len] == '\0';
}

static char *
find_base_url(const struct req *req)
{
    const char *host = req_wire(req, "HTTP_HOST");
    bool tls = strcasecmp(req_wire(req, "HTTPS"), "on") == 0 ||
               strcmp(req_wire(req, "REQUEST_SCHEME"), "https") == 0;

    if (req->sc->public_url != NULL)
        return xstrdup(req->sc->public_url);
    if (!is_host(host))
        host = req_wire(req, "SERVER_NAME");
    if (!is_host(host))
        host = "localhost";
    return xasprintf("%s://%s", tls ? "https" : "http", host);
}

void
req_init(struct req *req, const struct serve_conf *sc, const struct wire *wire)
{
    *req = (struct req){.sc = sc, .wire = wire, .body_fd = -1, .promised = -1};
    req->headers = BUF_INIT(16384);
    req->method = req_wire(req, "REQUEST_METHOD");
    req->head = strcmp(req->method, "HEAD") == 0;
    req->path = find_path(req);
    req->base_url = find_base_url(req);
    find_id(req);
}

void
req_release(struct req *req)
{
    if (req->turn_artist != NULL)
        turn_give(&(struct turn){req->turn_artist, req->turn_caller});
    free(req->turn_artist);
    free(req->turn_caller);
    if (req->body_fd != -1)
        close(req->body_fd);
    buf_release(&req->headers);
    query_release(&req->query);
    route_match_release(&req->match);
    free(req->path);
    free(req->base_url);
}

const char *
req_method(const struct req *req)
{
    return req->method;
}

/* The address at which nginx took the request, from what nginx says about its
 * own socket: nothing in it comes from the client. */
char *
req_own_url(const struct req *req)
{
    const char *address = req_wire(req, "SERVER_ADDR");
    const char *port = req_wire(req, "SERVER_PORT");
    bool v6 = strchr(address, ':') != NULL;
    bool tls = strcmp(req_wire(req, "REQUEST_SCHEME"), "https") == 0;

    if (req->sc->public_url != NULL)
        return xstrdup(req->sc->public_url);
    if (address[0] == '\0' || port[0] == '\0' ||
        address[strspn(address, "0123456789abcdefABCDEF.:")] != '\0' ||
        port[strspn(port, "0123456789")] != '\0')
        return NULL;
    return xasprintf("%s://%s%s%s:%s", tls ? "https" : "http", v6 ? "[" : "",
                     address, v6 ? "]" : "", port);
}

const char *
req_base_url(const struct req *req)
{
    return req->base_url;
}

const char *
req_address(const struct req *req)
{
    return req_wire(req, "REMOTE_ADDR");
}

const char *
req_param(const struct req *req, const char *name)
{
    return route_param(&req->match, name);
}

int
req_uuid(const struct req *req, const char *name, enum err_code missing,
         const char **ret, struct err *err)
{
    const char *value = req_param(req, name);

    if (value == NULL || !id_valid(value))
        return err_set(err, missing, "the path's %s is not an id", name);
    *ret = value;
    return 0;
}

const char *
req_query(const struct req *req, const char *name)
{
    return query_get(&req->query, name);
}

int
req_query_uuid(const struct req *req, const char *name, const char **ret,
               struct err *err)
{
    const char *value = req_query(req, name);

    if (value == NULL)
        return err_field(err, name, "%s is missing in the query", name);
    if (!id_valid(value))
        return err_field(err, name, "%s must be a UUID", name);
    *ret = value;
    return 0;
}

int
req_query_int(const struct req *req, const char *name, long min, long max,
              long fallback, long *ret, struct err *err)
{
    const char *value = req_query(req, name);
    char *end;
    long n;

    if (value == NULL) {
        *ret = fallback;
        return 0;
    }
    errno = 0;
    n = strtol(value, &end, 10);
    /* strtol would accept blanks and a plus sign before the digits. */
    if ((!isdigit((unsigned char)value[0]) && value[0] != '-') ||
        *end != '\0' || errno != 0 || n < min || n > max)
        return err_field(err, name, "%s must be a whole number from %ld to %ld",
                         name, min, max);
    *ret = n;
    return 0;
}

const char *
req_header(const struct req *req, const char *name)
{
    char param[128] = "HTTP_";
    size_t n = 5;

    if (strcasecmp(name, "Content-Type") == 0 ||
        strcasecmp(name, "Content-Length") == 0)
        n = 0; /* CGI gives these two without the prefix */
    for (; *name != '\0' && n < sizeof(param) - 1; name++)
        param[n++] = *name == '-' ? '_' : (char)toupper((unsigned char)*name);
    param[n] = '\0';
    return req->wire->param(req->wire->ctx, param);
}

/* Whether an element of an Accept header gives a type a weight of zero. */
static bool
is_refused(const char *element, size_t len)
{
    const char *q = memmem(element, len, "q=", 2);

    return q != NULL && strtod(q + 2, NULL) <= 0;
}

/* Whether an element of the Accept header names this range without refusing
 * it. */
static bool
accepts(const struct req *req, const char *range)
{
    const char *p = req_header(req, "Accept");
    size_t n = strlen(range);

    while (p != NULL && *p != '\0') {
        size_t len;

        p += strspn(p, " \t,");
        len = strcspn(p, ",");
        if (strncasecmp(p, range, n) == 0 && strcspn(p, ";, \t") == n &&
            !is_refused(p, len))
            return true;
        p += len;
    }
    return false;
}

bool
req_wants_events(const struct req *req)
{
    return accepts(req, "text/event-stream");
}

int
req_admit_accept(const struct req *req, struct err *err)
{
    static const char *const given[] = {
        "*/*", "application/*", "application/json", "application/problem+json",
        "text/event-stream"};
    const char *accept = req_header(req, "Accept");

    if (accept == NULL || *accept == '\0' ||
        (req->route->takes & GIVES_FILE) != 0)
        return 0;
    for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
        if (accepts(req, given[i]))
            return 0;
    return err_set(err, ERR_NOT_ACCEPTABLE,
                   "this answers with application/json, which the Accept "
                   "header does not allow");
}

static bool
is_gone(void *ctx)
{
    return req_gone(ctx);
}

int
req_turn(struct req *req, const char *artist, struct err *err)
{
    const struct serve_conf *sc = req->sc;
    const char *caller = sc->caller != NULL ? sc->caller() : NULL;

    if (turn_take(&(struct turn){artist, caller}, is_gone, req, err) == -1)
        return -1;
    req->turn_artist = xstrdup(artist);
    req->turn_caller = caller != NULL ? xstrdup(caller) : NULL;
    return 0;
}

bool
req_gone(const struct req *req)
{
    return req->wire->gone != NULL && req->wire->gone(req->wire->ctx);
}
