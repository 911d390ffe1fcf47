/*
 * Maps a method and a path to a row of the route table.
 *
 * Paths are compared segment by segment, each percent-decoded first, so that an
 * escaped slash stays inside its segment. Matching is exact: a path with a
 * final slash, an empty segment or a bad escape is a different path and is not
 * found. The first row that fits wins.
 */
#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H

#include "base/buf.h"

struct route;

#define ROUTE_SEGMENTS 12

struct route_match {
    const struct route *route;
    char *text; /* the decoded segments */
    const char *seg[ROUTE_SEGMENTS];
    size_t n;
};

enum route_found { ROUTE_FOUND, ROUTE_NO_PATH, ROUTE_NO_METHOD };

/* On ROUTE_NO_METHOD, ret_allow gets the methods that the path has. */
enum route_found route_find(const struct route *table, const char *method,
                            const char *path, struct route_match *ret,
                            struct buf *ret_allow);
/* The segment in the place of {name}; NULL if the row has none. */
const char *route_param(const struct route_match *m, const char *name);
void route_match_release(struct route_match *m);

#endif
