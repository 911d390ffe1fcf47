/* Is the URL what a trainer can fetch? */
#include <string.h>

#include "base/log.h"
#include "export/export.h"
#include "net/http.h"

#define TIMEOUT_MS 10000

/* The path, without the query, must say what the file is. */
static bool
ends_in_zip(const char *url)
{
    size_t n = strcspn(url, "?#");

    return n > 4 && strncmp(url + n - 4, ".zip", 4) == 0;
}

bool
verify_url(const char *url, int64_t bytes)
{
    static const char *const headers[] = {"Range: bytes=0-3", NULL};
    const struct http_req rq = {.method = "GET",
                                .url = url,
                                .headers = headers,
                                .connect_ms = TIMEOUT_MS,
                                .total_ms = TIMEOUT_MS,
                                .max = 64};
    auto_http struct http *http = http_open();
    auto_http_resp struct http_resp resp = {0};
    struct err err = ERR_INIT;

    if (http_do(http, &rq, &resp, &err) == -1) {
        log_warn("the dataset's URL cannot be fetched from here: %s", err.msg);
        return false;
    }
    if (resp.status != 206 || resp.body.len != 4 ||
        memcmp(resp.body.data, "PK\003\004", 4) != 0 || !ends_in_zip(url)) {
        log_warn("the dataset's URL answers %d with %zu bytes, not with the "
                 "first four of %lld",
                 resp.status, resp.body.len, (long long)bytes);
        return false;
    }
    return true;
}
