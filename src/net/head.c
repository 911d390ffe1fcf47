/* An answer's head: its lines, and what is read from them; see head.h. */
#include "net/head.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

enum {
    RETRY_AFTER_MAX_MS = 24 * 3600 * 1000,
    LINE_MAX_BYTES = 1024,
    HEAD_MAX = 32 * 1024, /* later lines are not kept */
};

void
head_reset(struct http_resp *resp)
{
    size_t max = resp->body.max;

    http_resp_release(resp);
    resp->body = BUF_INIT(max);
    resp->head = BUF_INIT(HEAD_MAX);
    resp->range_total = -1;
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

/* Each line with its NUL. */
static void
keep_line(const char *line, struct buf *head)
{
    size_t n = strlen(line) + 1;

    if (strchr(line, ':') != NULL && head->len + n <= head->max)
        (void)buf_add(head, line, n);
}

const char *
http_header(const struct http_resp *resp, const char *name)
{
    const char *found = NULL;

    for (size_t at = 0; at < resp->head.len;) {
        const char *line = resp->head.data + at;
        const char *value = head_value(line, name);

        if (value != NULL)
            found = value;
        at += strlen(line) + 1;
    }
    return found;
}

/* -1 if the text is not a whole number of 0 or more. */
static int64_t
whole(const char *text)
{
    char *end;
    long long n = strtoll(text, &end, 10);

    return end == text || *end != '\0' || n < 0 ? -1 : (int64_t)n;
}

int64_t
http_header_number(const struct http_resp *resp, const char *name)
{
    const char *value = http_header(resp, name);

    return value != NULL ? whole(value) : -1;
}

static void
keep_length(const char *line, struct http_resp *resp)
{
    const char *value = head_value(line, "Content-Length");

    if (value != NULL && whole(value) >= 0)
        resp->content_length = whole(value);
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
    char line[LINE_MAX_BYTES];

    if (n >= sizeof(line))
        return;
    memcpy(line, data, n);
    while (n > 0 && strchr("\r\n \t", line[n - 1]) != NULL)
        n--;
    line[n] = '\0';
    if (strncmp(line, "HTTP/", 5) == 0) /* also after a 1xx */
        head_reset(resp);
    keep_line(line, &resp->head);
    keep_length(line, resp);
    keep_range_total(line, resp);
    keep_retry_after(line, resp);
}
