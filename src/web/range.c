/*
 * Ranges of a body that passes through us (RFC 9110, 14): one range of bytes is
 * honored; several at once, or another unit, get the whole body, which is
 * allowed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "web/req.h"

/* A number that fills the digits up to `end`. False if there is none. */
static bool
number(const char *text, const char *end, int64_t *ret)
{
    char *stop;

    if (text == end || strspn(text, "0123456789") < (size_t)(end - text) ||
        end - text > 18)
        return false;
    *ret = strtoll(text, &stop, 10);
    return true;
}

enum asked {
    ASKED_ALL, /* nothing, or nothing that is understood */
    ASKED_PART,
    ASKED_BEYOND, /* it is outside of the body */
};

/* "bytes=0-99", "bytes=100-", "bytes=-10". */
static enum asked
read_range(const char *header, int64_t size, int64_t *ret_from,
           int64_t *ret_len)
{
    const char *text = header + strlen("bytes=");
    const char *dash;
    int64_t first, last = size - 1;

    if (strncmp(header, "bytes=", strlen("bytes=")) != 0 ||
        (dash = strchr(text, '-')) == NULL)
        return ASKED_ALL;
    if (dash == text) { /* -N: the last N bytes */
        if (!number(dash + 1, dash + strlen(dash), &first))
            return ASKED_ALL;
        if (first == 0)
            return ASKED_BEYOND;
        first = first < size ? size - first : 0;
    } else if (!number(text, dash, &first)) {
        return ASKED_ALL;
    } else if (dash[1] != '\0') {
        if (!number(dash + 1, dash + strlen(dash), &last) || last < first)
            return ASKED_ALL;
        if (last >= size)
            last = size - 1;
    }
    if (first >= size)
        return ASKED_BEYOND;
    *ret_from = first;
    *ret_len = last - first + 1;
    return ASKED_PART;
}

int
reply_range(struct req *req, const char *etag, int64_t size, int64_t *ret_from,
            int64_t *ret_len, struct err *err)
{
    const char *header = req_header(req, "Range");
    const char *only_if = req_header(req, "If-Range");
    auto_free char *content_range = NULL;
    enum asked asked = ASKED_ALL;

    reply_header(req, "Accept-Ranges", "bytes");
    if (header != NULL && (only_if == NULL || strcmp(only_if, etag) == 0))
        asked = read_range(header, size, ret_from, ret_len);
    switch (asked) {
    case ASKED_BEYOND:
        req->beyond = size;
        return err_set(err, ERR_RANGE,
                       "the file has %lld bytes; ask for some of these",
                       (long long)size);
    case ASKED_PART:
        content_range =
            xasprintf("bytes %lld-%lld/%lld", (long long)*ret_from,
                      (long long)(*ret_from + *ret_len - 1), (long long)size);
        reply_header(req, "Content-Range", content_range);
        break;
    case ASKED_ALL:
        *ret_from = 0;
        *ret_len = size;
        break;
    }
    reply_header(req, "ETag", etag);
    return asked == ASKED_PART ? 206 : 200;
}
