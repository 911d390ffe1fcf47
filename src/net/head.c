/* The parts of an answer's head that we keep; see head.h. */
#include "net/head.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

enum { RETRY_AFTER_MAX_MS = 24 * 3600 * 1000 };

void
head_reset(struct http_resp *resp)
{
    size_t max = resp->body.max;

    http_resp_release(resp);
    resp->body = BUF_INIT(max);
    resp->range_total = -1;
    resp->upload_offset = -1;
    resp->content_length = -1;
    resp->retry_after_ms = -1;
}

/* The value of a header line if its name is `name`; NULL otherwise. */
const char *
head_value(const char *line, const char *name)
{
    size_t n = strlen(name);

    if (strncasecmp(line, name, n) != 0 || line[n] != ':')
        return NULL;
    line += n + 1;
    return line + strspn(line, " \t");
}

static void
keep_text(const char *line, const char *name, char *ret, size_t size)
{
    const char *value = head_value(line, name);
    size_t n;

    if (value == NULL)
        return;
    n = strlen(value);
    if (n >= size)
        n = 0; /* rather none than half of it */
    memcpy(ret, value, n);
    ret[n] = '\0';
}

/* -1 if the text is not a whole number of 0 or more. */
static int64_t
whole(const char *text)
{
    char *end;
    long long n = strtoll(text, &end, 10);

    return end == text || *end != '\0' || n < 0 ? -1 : (int64_t)n;
}

static void
keep_number(const char *line, const char *name, int64_t *ret)
{
    const char *value = head_value(line, name);

    if (value != NULL && whole(value) >= 0)
        *ret = whole(value);
}

/* "bytes 0-3/1234" (RFC 9110, 14.4); "*" if unknown. */
static void
keep_range_total(const char *line, struct http_resp *resp)
{
    const char *value = head_value(line, "Content-Range");
    const char *slash = value != NULL ? strchr(value, '/') : NULL;

    if (slash != NULL)
        resp->range_total = whole(slash + 1);
}

/* Retry-After is a number of seconds or a date (RFC 9110, 10.2.3); the
 * non-standard retry-after-ms is more exact and so wins. */
static void
keep_retry_after(const char *line, struct http_resp *resp)
{
    const char *value = head_value(line, "retry-after-ms");
    int64_t ms = -1;

    if (value != NULL) {
        double n = strtod(value, NULL);

        if (n >= 0 && n <= RETRY_AFTER_MAX_MS)
            resp->retry_after_ms = (int64_t)n;
        return;
    }
    value = head_value(line, "Retry-After");
    if (value == NULL || resp->retry_after_ms >= 0)
        return;
    if (whole(value) >= 0)
        ms = whole(value) > RETRY_AFTER_MAX_MS / 1000 ? RETRY_AFTER_MAX_MS
                                                      : whole(value) * 1000;
    else if (curl_getdate(value, NULL) >= 0)
        ms = (int64_t)curl_getdate(value, NULL) * 1000 - clock_now_ms();
    else
        return;
    resp->retry_after_ms = ms < 0 ? 0 : ms;
}

void
head_keep(struct http_resp *resp, const char *data, size_t n)
{
    char line[1024];

    if (n >= sizeof(line))
        return;
    memcpy(line, data, n);
    while (n > 0 && strchr("\r\n \t", line[n - 1]) != NULL)
        n--;
    line[n] = '\0';
    if (strncmp(line, "HTTP/", 5) == 0) /* also after a 1xx */
        head_reset(resp);
    keep_text(line, "Content-Type", resp->type, sizeof(resp->type));
    keep_text(line, "Location", resp->location, sizeof(resp->location));
    keep_text(line, "ETag", resp->etag, sizeof(resp->etag));
    keep_number(line, "Upload-Offset", &resp->upload_offset);
    keep_number(line, "Content-Length", &resp->content_length);
    keep_range_total(line, resp);
    keep_retry_after(line, resp);
}
