/*
 * The incoming side: what a handler sees of a request, how it answers, and the
 * table that leads to it. FastCGI stays behind web/fcgi.c.
 *
 * A handler is `int name(struct app *, struct req *, struct err *)`: 0 means
 * that it replied, -1 that err is set. Dispatch answers 404, 405 (with Allow),
 * 401, 413 and 415 before the handler runs, turns err into the problem document
 * afterwards, and writes the log line. A handler never formats an error body.
 * If a handler fails after an event stream has begun, its error is sent as an
 * `error` event.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/setting.h"

extern const struct settings web_settings; /* settings.c */

struct app; /* the program's own state; see app/app.h */
struct req; /* one request; valid until the handler returns */

typedef int handler(struct app *app, struct req *req, struct err *err);

/* What a route takes as its body (and gives); one bit each. */
enum takes {
    TAKES_NOTHING = 0,
    TAKES_JSON = 1,      /* application/json */
    TAKES_MULTIPART = 2, /* multipart/form-data */
    TAKES_AUDIO = 4,     /* audio/..., application/ogg */
    /* application/octet-stream, gzip, x-gzip, none, and curl's default for any
     * file (x-www-form-urlencoded) */
    TAKES_BYTES = 8,
    TAKES_ARCHIVE = 64, /* application/zip, x-tar and their other names */
    TAKES_ANY = 15 | TAKES_ARCHIVE, /* of the above */
    GIVES_FILE = 16, /* the answer is not JSON: any Accept will do */
    /* No authentication: the answer discloses nothing about anyone, or the
     * request carries its own proof (a signature, a password). */
    OPEN_TO_ALL = 32,
};

struct route {
    const char *method; /* GET also serves HEAD */
    const char *path;   /* "/api/items/{id}/audio"; {id} is one segment */
    unsigned takes;     /* enum takes, or-ed */
    int64_t body_max;   /* bytes; 0: no body; -1: the handler checks it */
    handler *fn;
};

/* ---- reading ---- */

const char *req_method(const struct req *);
const char *req_param(const struct req *, const char *name); /* "{id}" */
/* A {name} of the path that must be a UUID; otherwise sets the error code
 * `missing`. */
int req_uuid(const struct req *, const char *name, enum err_code missing,
             const char **ret, struct err *err);
/* A query value, decoded; NULL if absent. Borrowed from req. */
const char *req_query(const struct req *, const char *name);
int req_query_uuid(const struct req *, const char *name, const char **ret,
                   struct err *err); /* required */
/* A whole number in [min, max]; the fallback if absent. */
int req_query_int(const struct req *, const char *name, long min, long max,
                  long fallback, long *ret, struct err *err);
/* A request header by its name ("Idempotency-Key"); NULL if absent. */
const char *req_header(const struct req *, const char *name);
/* The client's address as text; "": unknown. */
const char *req_address(const struct req *);
bool req_wants_events(const struct req *); /* Accept: text/event-stream */
/* The request names the page that it comes from, as browsers do and programs do
 * not. */
bool req_of_browser(const struct req *);
/* Which of the route's body types the Content-Type is. */
enum takes req_body_kind(const struct req *);
const char *req_content_type(const struct req *); /* "" if absent */
/* "https://host[:port]" as the client reached us, or PUBLIC_URL's. */
const char *req_base_url(const struct req *);
/* PUBLIC_URL, or the address and port at which nginx took the request: where we
 * may call ourselves. Never connect to the client's Host, which is only a name
 * to be called by. The caller frees it; NULL if nginx does not say. */
char *req_own_url(const struct req *);

/* The body as one JSON object (limited by the route's body_max). The caller
 * puts it. NULL on failure. */
json_object *req_json(struct req *, struct err *err);

/* The body's bytes, from the file that nginx spooled or from FastCGI's stdin.
 * Returns the bytes read, 0 at the end, -1 with ERR_CLIENT_GONE or
 * ERR_INTERNAL. */
ssize_t req_read(struct req *, void *buf, size_t size, struct err *err);
/* The path of the file that nginx spooled the body into; NULL if the body came
 * over stdin. nginx owns the file: link or read it, never write it. */
const char *req_body_file(const struct req *);

/* Whether the client has left in the meantime; cheap, for handlers that wait
 * for something slow. */
bool req_gone(const struct req *);

/* Take a turn for this artist and this caller before work that may hold the
 * thread for seconds; the turn ends with the request. ERR_RATE_LIMITED if they
 * have too many requests in progress, ERR_BUSY, ERR_CLIENT_GONE. See turn.h. */
int req_turn(struct req *, const char *artist, struct err *err);

/* ---- answering: once per request ---- */

/* Add a header to the answer (before replying). The value is copied. */
void reply_header(struct req *, const char *name, const char *value);
/* The page's cookie: the id of its session, sent with every call; see cookie.c.
 * NULL if there is none; the caller frees it. */
char *req_cookie(const struct req *);
/* max_age: seconds that the browser keeps it; 0: delete it. The value must need
 * no quoting. */
void reply_cookie(struct req *, const char *value, int64_t max_age);
/* Consumes o. */
int reply_json(struct req *, int status, json_object *o, struct err *err);
int reply_nothing(struct req *, struct err *err); /* 204 */
/* Text of our own, e.g. the OpenAPI document. */
int reply_text(struct req *, const char *type, const char *text, size_t len,
               struct err *err);
/* Let nginx send the file: X-Accel-Redirect to an internal location. `internal`
 * is the plain path, which is encoded here. If a download name is given, the
 * browser saves the file under it (Content-Disposition). */
int reply_file(struct req *, const char *internal, const char *type,
               const char *download_name, struct err *err);
/* A body in pieces (len -1: unknown). */
int reply_begin(struct req *, int status, const char *type, int64_t len,
                struct err *err);
int reply_write(struct req *, const void *data, size_t len, struct err *err);
/* Range and If-Range (etag with its quotes) for a body of `size` bytes that we
 * send ourselves: the client gets *ret_len bytes from *ret_from on. Adds the
 * headers and returns the status for reply_begin, 200 or 206; -1 with ERR_RANGE
 * (416) if the range is outside the body. */
int reply_range(struct req *, const char *etag, int64_t size, int64_t *ret_from,
                int64_t *ret_len, struct err *err);
/* A problem document with additional members; consumes extra. Returns 0 (it is
 * a reply). */
int reply_problem(struct req *, const struct err *why, json_object *extra);

/* Server-sent events. events_begin sends the head; each event is flushed at
 * once. -1 with ERR_CLIENT_GONE if the client has left. Consumes o. */
int events_begin(struct req *, struct err *err);
int events_send(struct req *, const char *name, json_object *o,
                struct err *err);

/* ---- serving ---- */

struct serve_conf {
    const char *public_url;   /* or NULL */
    const char *cors_origins; /* origins of other pages that may call us; or
                               * NULL */
    int threads; /* for slow requests of one artist; see turn.h. Started as
                  * needed */
    const struct route *routes; /* ends with a row whose method is NULL */
    /* Check the token ("" if none came): 0, and the thread acts on that user's
     * behalf until `leave`; or ERR_UNAUTHENTICATED. NULL: nobody signs in,
     * which only fits a server that nothing but this machine can reach. */
    int (*enter)(struct app *, const char *token, bool by_cookie, struct err *);
    void (*leave)(struct app *);
    /* Between the two: a name for the token or the user, for fair shares.
     * Borrowed until `leave`. NULL if `enter` is. */
    const char *(*caller)(void);
};

/* Serve on descriptor 0 until SIGTERM or SIGINT, finish what runs, return 0; -1
 * if it cannot start. */
int web_serve(struct app *app, const struct serve_conf *sc, struct err *err);
bool web_stopping(void); /* for the program's own threads */

#endif
