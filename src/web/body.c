/* A request's body: its type, its source, reading it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/json.h"
#include "web/req.h"

#define JSON_BODY_MAX (1024 * 1024)

/* ---- its type ---- */

const char *
req_content_type(const struct req *req)
{
    return req_wire(req, "CONTENT_TYPE");
}

static bool
type_is(const char *type, const char *want)
{
    size_t len = strcspn(type, "; \t,");

    return len == strlen(want) && strncasecmp(type, want, len) == 0;
}

static enum takes
kind_of(const char *type)
{
    static const struct {
        const char *type;
        enum takes kind;
    } known[] = {
        {"application/json", TAKES_JSON},
        {"multipart/form-data", TAKES_MULTIPART},
        {"application/ogg", TAKES_AUDIO},
        {"application/octet-stream", TAKES_BYTES},
        {"application/zip", TAKES_ARCHIVE},
        {"application/x-zip-compressed", TAKES_ARCHIVE},
        {"application/x-tar", TAKES_ARCHIVE},
        {"application/gzip", TAKES_BYTES},
        {"application/x-gzip", TAKES_BYTES},
        /* curl's default for `--data-binary @file` */
        {"application/x-www-form-urlencoded", TAKES_BYTES},
        {"", TAKES_BYTES},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (type_is(type, known[i].type))
            return known[i].kind;
    return strncasecmp(type, "audio/", 6) == 0 ? TAKES_AUDIO : TAKES_NOTHING;
}

static int
unsupported(unsigned takes, struct err *err)
{
    return err_set(
        err, ERR_UNSUPPORTED_MEDIA_TYPE,
        "the Content-Type must be one of:%s%s%s%s%s",
        takes & TAKES_JSON ? " application/json" : "",
        takes & TAKES_MULTIPART ? " multipart/form-data" : "",
        takes & TAKES_AUDIO ? " audio/mpeg (or another audio type)" : "",
        takes & TAKES_BYTES ? " application/octet-stream" : "",
        takes & TAKES_ARCHIVE ? " application/zip application/x-tar" : "");
}

static int
admit_type(struct req *req, struct err *err)
{
    const char *type = req_content_type(req);
    unsigned takes = req->route->takes & TAKES_ANY;
    enum takes kind = kind_of(type);

    /* No type and no body: the handler will miss the members. */
    if (type[0] == '\0' && req->body_len <= 0 && !(takes & TAKES_BYTES))
        kind = takes & TAKES_JSON ? TAKES_JSON : (enum takes)(takes & -takes);
    if (!(takes & kind))
        return unsupported(takes, err);
    req->kind = kind;
    return 0;
}

/* Bodies are measured, hashed and stored as they come. */
static int
admit_coding(const struct req *req, struct err *err)
{
    const char *coding = req_header(req, "Content-Encoding");

    if (coding == NULL || coding[0] == '\0' ||
        strcasecmp(coding, "identity") == 0)
        return 0;
    return err_set(err, ERR_UNSUPPORTED_MEDIA_TYPE,
                   "a body is taken as it is, without a Content-Encoding; "
                   "unpack it first");
}

static int
admit_length(const struct req *req, struct err *err)
{
    int64_t max = req->route->body_max;

    if (max == 0 && req->body_len > 0)
        return err_set(err, ERR_TOO_LARGE, "this call takes no body");
    if (max > 0 && req->body_len > max)
        return err_set(err, ERR_TOO_LARGE,
                       "the body is %lld bytes long, at most %lld are taken",
                       (long long)req->body_len, (long long)max);
    return 0;
}

/* ---- its source ---- */

static int
open_file(struct req *req, const char *path, struct err *err)
{
    struct stat st;

    req->body_fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (req->body_fd == -1 || fstat(req->body_fd, &st) == -1)
        return err_errno(err, ERR_INTERNAL, "body file %s", path);
    (void)posix_fadvise(req->body_fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    req->body_file = path;
    req->body_len = st.st_size;
    return 0;
}

/* nginx names the file that it spooled the body into, and then gives no length;
 * without a body it names none. */
static int
find_body(struct req *req, struct err *err)
{
    const char *file = req_wire(req, "TRAINMODE_BODY_FILE");
    const char *length = req_wire(req, "CONTENT_LENGTH");
    char *end;
    long long n;

    if (file[0] != '\0')
        return open_file(req, file, err);
    req->body_len = -1;
    if (length[0] == '\0')
        return 0;
    errno = 0;
    n = strtoll(length, &end, 10);
    if (length[0] < '0' || length[0] > '9' || *end != '\0' || errno != 0)
        return err_set(err, ERR_BAD_REQUEST, "Content-Length is not a number");
    req->body_len = n;
    return 0;
}

int
req_admit_body(struct req *req, struct err *err)
{
    if (find_body(req, err) == -1 || admit_length(req, err) == -1)
        return -1;
    if ((req->route->takes & TAKES_ANY) == 0)
        return 0;
    return admit_coding(req, err) == -1 ? -1 : admit_type(req, err);
}

enum takes
req_body_kind(const struct req *req)
{
    return req->kind;
}

const char *
req_body_file(const struct req *req)
{
    return req->body_file;
}

/* ---- reading ---- */

static ssize_t
read_file(struct req *req, void *buf, size_t size, struct err *err)
{
    ssize_t n;

    do
        n = read(req->body_fd, buf, size);
    while (n == -1 && errno == EINTR);
    if (n == -1)
        return err_errno(err, ERR_INTERNAL, "reading the body file %s",
                         req->body_file);
    return n;
}

static ssize_t
read_wire(struct req *req, void *buf, size_t size, struct err *err)
{
    ssize_t n = req->wire->read(req->wire->ctx, buf, size);

    if (n == -1 && web_stopping())
        return err_set(err, ERR_BUSY,
                       "this program is being restarted: send it again");
    if (n == -1)
        return err_set(err, ERR_CLIENT_GONE,
                       "the client left after %lld bytes of the body",
                       (long long)req->body_got);
    return n;
}

ssize_t
req_read(struct req *req, void *buf, size_t size, struct err *err)
{
    int64_t max = req->route->body_max;
    ssize_t n = req->body_fd != -1 ? read_file(req, buf, size, err)
                                   : read_wire(req, buf, size, err);

    if (n == -1)
        return -1;
    req->body_got += n;
    if (max >= 0 && req->body_got > max)
        return err_set(err, ERR_TOO_LARGE, "the body is longer than %lld bytes",
                       (long long)max);
    if (req->body_len >= 0 &&
        (req->body_got > req->body_len ||
         (n == 0 && size > 0 && req->body_got < req->body_len)))
        return err_set(err, ERR_BAD_REQUEST,
                       "the body is %s than its Content-Length says",
                       n == 0 ? "shorter" : "longer");
    return n;
}

json_object *
req_json(struct req *req, struct err *err)
{
    int64_t max = req->route->body_max;
    auto_buf struct buf body = BUF_INIT(max > 0 ? (size_t)max : JSON_BODY_MAX);
    char piece[4096]; /* threads have small stacks */
    ssize_t n;

    while ((n = req_read(req, piece, sizeof(piece), err)) > 0) {
        if (buf_add(&body, piece, (size_t)n) == -1) {
            err_set(err, ERR_TOO_LARGE, "the JSON is longer than %zu bytes",
                    body.max);
            return NULL;
        }
    }
    if (n == -1)
        return NULL;
    if (body.len == 0) {
        err_set(err, ERR_INVALID_JSON, "the body is empty: send a JSON object");
        return NULL;
    }
    if (body.len >= 2 && memcmp(body.data, "\x1f\x8b", 2) == 0) {
        err_set(err, ERR_UNSUPPORTED_MEDIA_TYPE,
                "the body is packed by gzip; send it as it is");
        return NULL;
    }
    return json_parse_object(buf_str(&body), body.len, err);
}
