/* The inside of a request; for web/'s own files only. */
#ifndef WEB_REQ_H
#define WEB_REQ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "web/query.h"
#include "web/route.h"
#include "web/web.h"
#include "web/wire.h"

#define REQ_ID_MAX 64

struct req {
    const struct serve_conf *sc;
    const struct wire *wire;
    const struct route *route; /* NULL until it is found */

    /* what came */
    const char *method; /* borrowed from the wire */
    char *path;         /* as sent, without the query */
    char *base_url;
    char id[REQ_ID_MAX + 1];
    struct route_match match;
    struct query query;
    bool entered;                    /* the thread acts on a user's behalf */
    char *turn_artist, *turn_caller; /* whose turn this is, if it has one;
                                      * see turn.h */

    /* its body */
    enum takes kind;
    int64_t body_len; /* -1: unknown */
    int64_t body_got;
    const char *body_file; /* NULL if the body comes over the wire */
    int body_fd;           /* of body_file, or -1 */

    /* the answer */
    struct buf headers;
    int status; /* 0 until the head is sent */
    bool head;  /* HEAD: the body is left out */
    bool events;
    int64_t beyond;   /* with ERR_RANGE: the length of the body */
    int64_t promised; /* Content-Length; -1: none */
    int64_t sent;
};

/* The wire must outlive the request. */
void req_init(struct req *req, const struct serve_conf *sc,
              const struct wire *wire);
void req_release(struct req *req);

/* A parameter of the wire; "" if absent. */
const char *req_wire(const struct req *req, const char *name);

/* Find the body and check its size and type against the route: ERR_TOO_LARGE,
 * ERR_UNSUPPORTED_MEDIA_TYPE. */
/* ERR_NOT_ACCEPTABLE if the client does not accept JSON and the route does not
 * give a file. */
int req_admit_accept(const struct req *req, struct err *err);
int req_admit_body(struct req *req, struct err *err);

#endif
