/* One request from its first check to its log line. */
#include "base/auto.h"
#include "base/clock.h"
#include "base/log.h"
#include "web/auth.h"
#include "web/cors.h"
#include "web/guard.h"
#include "web/problem.h"
#include "web/req.h"

static int
find_route(struct req *req, struct err *err)
{
    auto_buf struct buf allow = BUF_INIT(256);

    switch (route_find(req->sc->routes, req->method, req->path, &req->match,
                       &allow)) {
    case ROUTE_FOUND:
        req->route = req->match.route;
        return 0;
    case ROUTE_NO_METHOD:
        reply_header(req, "Allow", buf_str(&allow));
        return err_set(err, ERR_METHOD_NOT_ALLOWED, "this path takes only: %s",
                       buf_str(&allow));
    case ROUTE_NO_PATH:
        break;
    }
    return err_set(err, ERR_ROUTE_NOT_FOUND, "there is nothing at this path");
}

static int
admit(struct app *app, struct req *req, struct err *err)
{
    if (find_route(req, err) == -1 || guard_cross_site(req, err) == -1 ||
        auth_enter(app, req, err) == -1 || req_admit_accept(req, err) == -1 ||
        query_parse(req_wire(req, "QUERY_STRING"), &req->query, err) == -1)
        return -1;
    return req_admit_body(req, err);
}

/* Tell the client, in the form that it can still read. */
static void
tell(struct req *req, const struct err *why)
{
    if (why->code == ERR_CLIENT_GONE)
        return;
    if (req->events || req->status == 0)
        (void)reply_problem(req, why, NULL);
    /* Otherwise a part of the answer is already sent: the wrong length shows
     * the failure. */
}

static void
log_request(const struct req *req, const struct err *err, int64_t ms)
{
    int status = err->code == ERR_NONE ? req->status : err_status(err->code);

    log_info("%s %s %d %lldms %s", req->method, req->path, status,
             (long long)ms, req->id);
    if (status >= 500 && err->code != ERR_NONE)
        log_warn("%s %s: %s", req->id, err_word(err->code), err->msg);
}

/* Run the route's handler, and check that it did what it returned. */
static int
handle(struct app *app, struct req *req, struct err *err)
{
    if (req->route->fn(app, req, err) == -1) {
        if (req->status == 0)
            buf_clear(&req->headers); /* they were for another answer */
        return err_set(err, ERR_INTERNAL, "the handler failed without a word");
    }
    if (req->status == 0)
        return err_set(err, ERR_INTERNAL, "the handler did not answer");
    if (req->promised > req->sent)
        return err_set(err, ERR_INTERNAL, "the answer ended too early");
    return 0;
}

void
web_dispatch(struct app *app, const struct serve_conf *sc,
             const struct wire *wire)
{
    auto_cleanup(req_release) struct req req = {0};
    struct err err = ERR_INIT;
    int64_t start = clock_mono_ms();

    req_init(&req, sc, wire);
    if (cors_is_preflight(&req)
            ? cors_reply(&req, &err) == -1
            : admit(app, &req, &err) == -1 || handle(app, &req, &err) == -1)
        tell(&req, &err);
    auth_leave(app, &req);
    log_request(&req, &err, clock_mono_ms() - start);
}
