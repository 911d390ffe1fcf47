/*
 * Pages of other origins that CORS_ORIGINS lists: they may call us with fetch
 * and a token of their own, never with our page's cookie.
 * Access-Control-Allow-Credentials is not sent, and the cookie is ignored if
 * the Origin is theirs.
 */
#ifndef WEB_CORS_H
#define WEB_CORS_H

#include <stdbool.h>

struct req;
struct err;

/* Whether the request says that it comes from such a page. */
bool cors_lists(const struct req *req);
/* Whether such a page's browser asks what the page may send (a preflight). */
bool cors_is_preflight(const struct req *req);
int cors_reply(struct req *req, struct err *err);
/* Add the CORS headers of every answer; none if the setting lists no origin. */
void cors_add_headers(struct req *req);

#endif
