/* Checks that a trainer can fetch the URL: its first bytes, and its length. */
#include "export/export.h"

#include <string.h>

#include "base/log.h"
#include "net/http.h"

#define PATIENCE_MS 5000
#define MAGIC "PK\3\4"
#define MAGIC_LEN 4

struct start {
    char bytes[MAGIC_LEN];
    size_t len;
};

/* Keep four bytes, and end the transfer if the server sends everything. */
static int
take_start(void *ctx, int status, const void *data, size_t len)
{
    struct start *s = ctx;
    size_t room = MAGIC_LEN - s->len;

    (void)status;
    memcpy(s->bytes + s->len, data, len < room ? len : room);
    s->len += len < room ? len : room;
    return len > room ? -1 : 0;
}

/* The query is the key to the data, so it stays out of the log. */
static bool
say(const char *url, const char *why)
{
    log_warn("%.*s is not verified: %s", (int)strcspn(url, "?"), url, why);
    return false;
}

/* Its first bytes, and also its length, if the answer has it. */
static bool
starts_as_zip(const char *url, int64_t *ret_length)
{
    static const char *const headers[] = {"Range: bytes=0-3", NULL};
    struct start start = {0};
    auto_http_resp struct http_resp resp = {0};
    struct err err = ERR_INIT;
    const struct http_req rq = {
        .method = "GET",
        .url = url,
        .headers = headers,
        .write = take_start,
        .ctx = &start,
        .connect_ms = PATIENCE_MS,
        .total_ms = PATIENCE_MS,
        .max = INT64_MAX, /* we end it ourselves */
    };

    if (http_do(&rq, &resp, &err) == -1 && resp.fault != HTTP_CANCELED)
        return say(url, err.msg);
    if (resp.status != 200 && resp.status != 206)
        return say(url, "its status is neither 200 nor 206");
    if (start.len < MAGIC_LEN || memcmp(start.bytes, MAGIC, MAGIC_LEN) != 0)
        return say(url, "it does not begin as a zip does");
    *ret_length = resp.status == 206 ? resp.range_total : resp.content_length;
    return true;
}

/* For a server that did not give it with the first bytes. */
static bool
ask_length(const char *url, int64_t *ret_length)
{
    auto_http_resp struct http_resp resp = {0};
    struct err err = ERR_INIT;
    const struct http_req rq = {
        .method = "HEAD",
        .url = url,
        .connect_ms = PATIENCE_MS,
        .total_ms = PATIENCE_MS,
    };

    if (http_do(&rq, &resp, &err) == -1)
        return say(url, err.msg);
    if (resp.status != 200)
        return say(url, "its length cannot be asked for");
    *ret_length = resp.content_length;
    return true;
}

/* Trainers look at the end of the path (train.py:55-67). */
static bool
path_ends_in_zip(const char *url)
{
    size_t len = strcspn(url, "?");

    return (len > 4 && strncmp(url + len - 4, ".zip", 4) == 0) ||
           say(url, "its path does not end in .zip");
}

bool
verify_url(const char *url, int64_t bytes)
{
    int64_t length;

    if (!path_ends_in_zip(url) || !starts_as_zip(url, &length) ||
        (length == -1 && !ask_length(url, &length)))
        return false;
    return length == bytes || say(url, "its length is another one");
}
