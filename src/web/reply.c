/* Answers: head, body, files by nginx. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "web/cors.h"
#include "web/problem.h"
#include "web/req.h"

static const char *
reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } known[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {409, "Conflict"},
        {410, "Gone"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {507, "Insufficient Storage"},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (known[i].status == status)
            return known[i].reason;
    return "Unknown";
}

/* ---- the head ---- */

/* A value may quote what a client sent, so it must not start a new line. */
void
reply_header(struct req *req, const char *name, const char *value)
{
    (void)buf_addf(&req->headers, "%s: ", name);
    for (; *value != '\0'; value++) {
        char c = iscntrl((unsigned char)*value) ? ' ' : *value;

        (void)buf_add(&req->headers, &c, 1);
    }
    (void)buf_add(&req->headers, "\r\n", 2);
}

static int
gone(struct err *err)
{
    return err_set(err, ERR_CLIENT_GONE, "the client left before the answer");
}

static int
put(struct req *req, const void *data, size_t len, struct err *err)
{
    if (len > 0 && req->wire->write(req->wire->ctx, data, len) == -1)
        return gone(err);
    return 0;
}

int
reply_begin(struct req *req, int status, const char *type, int64_t len,
            struct err *err)
{
    auto_buf struct buf head = BUF_INIT(20 * 1024);

    if (req->status != 0)
        return err_set(err, ERR_INTERNAL, "answered twice");
    cors_add_headers(req);
    if (type != NULL)
        reply_header(req, "Content-Type", type);
    if (len >= 0)
        (void)buf_addf(&req->headers, "Content-Length: %lld\r\n",
                       (long long)len);
    if (req->headers.failed)
        return err_set(err, ERR_INTERNAL, "the answer's headers are too long");
    (void)buf_addf(&head, "Status: %d %s\r\n%s\r\n", status, reason_of(status),
                   buf_str(&req->headers));
    req->status = status;
    req->promised = len;
    return put(req, head.data, head.len, err);
}

/* ---- bodies ---- */

int
reply_write(struct req *req, const void *data, size_t len, struct err *err)
{
    if (req->promised >= 0 && req->sent + (int64_t)len > req->promised)
        return err_set(err, ERR_INTERNAL,
                       "the answer is longer than its Content-Length");
    req->sent += (int64_t)len;
    return req->head ? 0 : put(req, data, len, err);
}

/* A whole answer in memory. */
static int
whole(struct req *req, int status, const char *type, const char *body,
      size_t len, struct err *err)
{
    if (reply_begin(req, status, type, (int64_t)len, err) == -1)
        return -1;
    return reply_write(req, body, len, err);
}

static int
reply_document(struct req *req, int status, const char *type, json_object *o,
               struct err *err)
{
    auto_json json_object *owned = o;
    const char *text = json_out(owned);

    reply_header(req, "Cache-Control", "no-store");
    return whole(req, status, type, text, strlen(text), err);
}

int
reply_json(struct req *req, int status, json_object *o, struct err *err)
{
    return reply_document(req, status, "application/json", o, err);
}

int
reply_nothing(struct req *req, struct err *err)
{
    return reply_begin(req, 204, NULL, -1, err);
}

int
reply_text(struct req *req, const char *type, const char *text, size_t len,
           struct err *err)
{
    return whole(req, 200, type, text, len, err);
}

int
reply_problem(struct req *req, const struct err *why, json_object *extra)
{
    struct err ignored = ERR_INIT;
    char seconds[16];
    char range[40];

    if (req->events) {
        (void)events_send(req, "error", problem_make(why, req->id, extra),
                          &ignored);
        return 0;
    }
    if (why->code == ERR_RANGE) {
        (void)snprintf(range, sizeof(range), "bytes */%lld",
                       (long long)req->beyond);
        reply_header(req, "Content-Range", range);
    }
    if (why->retry_after > 0) {
        (void)snprintf(seconds, sizeof(seconds), "%d", why->retry_after);
        reply_header(req, "Retry-After", seconds);
    }
    if (why->code == ERR_UNAUTHENTICATED)
        reply_header(req, "WWW-Authenticate", "Bearer");
    /* Whether the client still listens does not matter any more. */
    (void)reply_document(req, err_status(why->code), "application/problem+json",
                         problem_make(why, req->id, extra), &ignored);
    return 0;
}

/* ---- files ---- */

/* RFC 6266: a plain name for old clients, and the real one in UTF-8. */
static void
add_disposition(struct req *req, const char *name)
{
    auto_buf struct buf value = BUF_INIT(8192);

    (void)buf_add_str(&value, "attachment; filename=\"");
    for (const char *p = name; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;

        /* One replacement for each character, not for each of its bytes. */
        if ((c & 0xc0) == 0x80)
            continue;
        (void)buf_add(
            &value,
            c < 0x20 || c > 0x7e || strchr("\"\\/%", c) != NULL ? "_" : p, 1);
    }
    (void)buf_add_str(&value, "\"; filename*=UTF-8''");
    percent_encode(&value, name, "");
    reply_header(req, "Content-Disposition", buf_str(&value));
}

int
reply_file(struct req *req, const char *internal, const char *type,
           const char *download_name, struct err *err)
{
    auto_buf struct buf path = BUF_INIT(8192);

    percent_encode(&path, internal, "/");
    if (path.failed)
        return err_set(err, ERR_INTERNAL, "the path of a file is too long");
    reply_header(req, "X-Accel-Redirect", buf_str(&path));
    if (download_name != NULL)
        add_disposition(req, download_name);
    return reply_begin(req, 200, type, -1, err);
}
