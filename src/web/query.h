/*
 * Percent-encoding (RFC 3986) and the query string in the form that browsers
 * and curl send (application/x-www-form-urlencoded).
 */
#ifndef WEB_QUERY_H
#define WEB_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct query_pair {
    const char *name;
    const char *value;
};

struct query {
    char *text; /* what the pairs point into */
    struct query_pair *pairs;
    size_t n;
};

/* Decode len bytes of s into out (room for len + 1). False if an escape is
 * invalid, or if the result contains NUL or bad UTF-8. */
bool percent_decode(const char *s, size_t len, bool plus_is_blank, char *out);

/* Append s, percent-encoding all but the unreserved characters and those in
 * `keep`. */
void percent_encode(struct buf *b, const char *s, const char *keep);

/* ERR_BAD_REQUEST on an invalid escape. A name without "=" has the value "". */
int query_parse(const char *text, struct query *ret, struct err *err);
/* The first value of a name; NULL if absent. */
const char *query_get(const struct query *q, const char *name);
void query_release(struct query *q);

#endif
