/* Calls of the API; see make.h. */
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/json.h"
#include "base/mem.h"
#include "make/make.h"
#include "net/patience.h"

enum {
    TRIES_MAX = 8,
    WAIT_MS = 5000,
    WAIT_MAX_MS = 60000,
    ANSWER_MAX = 64 << 20,
    STALL_MS = 2 * 3600 * 1000, /* an export says nothing until it is done */
};

static const char default_url[] = "http://127.0.0.1:8080";

int
client_open(struct client *c, struct err *err)
{
    const char *url = conf_env("TRAINMODE_URL");
    const char *token = conf_env("TRAINMODE_TOKEN");
    size_t n;

    if (url == NULL)
        url = default_url;
    if (strncasecmp(url, "http://", 7) != 0 &&
        strncasecmp(url, "https://", 8) != 0)
        return err_set(err, ERR_BAD_REQUEST,
                       "TRAINMODE_URL must begin with http:// or https://");
    n = strlen(url);
    while (n > 0 && url[n - 1] == '/')
        n--;
    c->url = xstrndup(url, n);
    c->authorization =
        token != NULL ? xasprintf("Authorization: Bearer %s", token) : NULL;
    return 0;
}

void
client_close(struct client *c)
{
    free(c->url);
    free(c->authorization);
    *c = (struct client){0};
}

void
answer_release(struct answer *a)
{
    json_object_put(a->body);
    *a = (struct answer){0};
}

/* ---- paths ---- */

static void
add_encoded(struct buf *b, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"
                                "rstuvwxyz0123456789-._~";

    for (; *text != '\0'; text++)
        if (strchr(plain, *text) != NULL)
            (void)buf_add(b, text, 1);
        else
            (void)buf_addf(b, "%%%02X", (unsigned char)*text);
}

char *
client_path(const char *path, const char *const *query)
{
    auto_buf struct buf b = BUF_INIT(1 << 16);
    char mark = '?';

    (void)buf_add_str(&b, path);
    for (; query[0] != NULL; query += 2) {
        if (query[1] == NULL)
            continue;
        (void)buf_addf(&b, "%c%s=", mark, query[0]);
        add_encoded(&b, query[1]);
        mark = '&';
    }
    return buf_steal(&b);
}

/* ---- one call ---- */

struct body {
    int fd;
};

static ssize_t
read_file(void *ctx, void *buf, size_t size)
{
    return read(((struct body *)ctx)->fd, buf, size);
}

static int
open_body(const struct call *call, struct body *body, struct http_req *rq,
          struct err *err)
{
    struct stat st;

    if (call->json != NULL) {
        rq->body = json_out(call->json);
        rq->body_len = (int64_t)strlen(rq->body);
    }
    if (call->file == NULL)
        return 0;
    body->fd = open(call->file, O_RDONLY | O_CLOEXEC);
    if (body->fd == -1 || fstat(body->fd, &st) == -1)
        return err_errno(err, ERR_BAD_REQUEST, "open %s", call->file);
    rq->read = read_file;
    rq->ctx = body;
    rq->body_len = st.st_size;
    return 0;
}

static void
close_body(struct body *body)
{
    if (body->fd != -1)
        close(body->fd);
}

static int
call_once(struct client *c, const struct call *call, struct http_resp *resp,
          struct err *err)
{
    auto_cleanup(close_body) struct body body = {-1};
    auto_free char *url = xasprintf("%s%s", c->url, call->path);
    auto_free char *type =
        xasprintf("Content-Type: %s",
                  call->type != NULL ? call->type : "application/json");
    const char *headers[] = {"Accept: application/json", type, c->authorization,
                             NULL};
    struct http_req rq = {.method = call->method,
                          .url = url,
                          .headers = headers,
                          .max = ANSWER_MAX,
                          .stall_ms = STALL_MS};

    if (open_body(call, &body, &rq, err) == -1)
        return -1;
    return http_do(&rq, resp, err);
}

/* Whether to retry. A request that was sent completely but not answered may
 * have been carried out, so it is not sent again. */
static bool
may_try_again(const struct call *call, const struct http_resp *resp)
{
    if (resp->status == 0)
        return resp->fault == HTTP_UNREACHABLE ||
               strcmp(call->method, "GET") == 0;
    return resp->status == 429 || resp->status == 503;
}

int
client_call(struct client *c, const struct call *call, struct answer *ret,
            struct err *err)
{
    struct patience patience = {.first_ms = WAIT_MS,
                                .longest_ms = WAIT_MS,
                                .asked_max_ms = WAIT_MAX_MS,
                                .tries_max = TRIES_MAX,
                                .budget_ms = INT64_MAX};

    for (;;) {
        auto_http_resp struct http_resp resp = {0};
        struct err why = ERR_INIT;
        struct err ignored = ERR_INIT;
        int rc = call_once(c, call, &resp, &why);
        int64_t ms = -1;

        if ((rc == -1 || resp.status == 429 || resp.status == 503) &&
            why.code != ERR_BAD_REQUEST && may_try_again(call, &resp))
            ms = patience_ms(&patience, resp.retry_after_ms);
        if (ms >= 0) {
            (void)patience_pause(ms, NULL, NULL);
            continue;
        }
        if (rc == -1) {
            *err = why;
            return err_wrap(err, "%s does not answer", c->url);
        }
        ret->status = resp.status;
        ret->body = json_parse(buf_str(&resp.body), resp.body.len, &ignored);
        return 0;
    }
}

int
client_ask(struct client *c, const struct call *call, struct answer *ret,
           struct err *err)
{
    const char *detail;

    if (client_call(c, call, ret, err) == -1)
        return -1;
    if (ret->status / 100 == 2)
        return 0;
    detail = json_text(ret->body, "detail");
    if (detail != NULL)
        return err_set(err, ERR_BAD_REQUEST, "%s", detail);
    return err_set(err, ERR_BAD_REQUEST, "%s answered %d to %s %.100s", c->url,
                   ret->status, call->method, call->path);
}

/* ---- a file ---- */

struct fetch {
    FILE *file;
    struct hash *hash;
};

static int
keep(void *ctx, int status, const void *data, size_t len)
{
    struct fetch *f = ctx;

    if (status != 200)
        return 0;
    hash_add(f->hash, data, len);
    return fwrite(data, 1, len, f->file) == len ? 0 : -1;
}

static int
fetch_into(const char *url, const char *sha256, const char *part, FILE *file,
           struct err *err)
{
    auto_hash struct hash *hash = hash_open();
    auto_http_resp struct http_resp resp = {0};
    struct fetch f = {file, hash};
    struct http_req rq = {.method = "GET",
                          .url = url,
                          .write = keep,
                          .ctx = &f,
                          .max = INT64_MAX,
                          .stall_ms = 60000};
    char hex[HASH_HEX_LEN + 1];

    if (http_do(&rq, &resp, err) == -1)
        return err_wrap(err, "the dataset did not come whole");
    if (resp.status != 200)
        return err_set(err, ERR_BAD_REQUEST, "%.200s answered %d", url,
                       resp.status);
    hash_hex(hash, hex);
    if (fflush(file) != 0)
        return err_errno(err, ERR_BAD_REQUEST, "write %s", part);
    if (strcmp(hex, sha256) != 0)
        return err_set(err, ERR_BAD_REQUEST,
                       "the dataset came with other bytes than it has");
    return 0;
}

/* Under another name until it is whole. */
static int
fetch_to(const char *url, const char *sha256, const char *part, struct err *err)
{
    auto_file FILE *file = fopen(part, "we");

    if (file == NULL)
        return err_errno(err, ERR_BAD_REQUEST, "write %s", part);
    return fetch_into(url, sha256, part, file, err);
}

int
client_fetch(const char *url, const char *sha256, const char *to,
             struct err *err)
{
    auto_free char *part = xasprintf("%s.part", to);

    if (fetch_to(url, sha256, part, err) == -1) {
        (void)unlink(part);
        return -1;
    }
    if (rename(part, to) == -1)
        return err_errno(err, ERR_BAD_REQUEST, "write %s", to);
    return 0;
}
