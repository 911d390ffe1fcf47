/*
 * Pages of other origins, where CORS_ORIGINS names them: they may call us by
 * fetch, with a token that they have themselves. Never by our page's cookie:
 * Access-Control-Allow-Credentials is not sent, and the cookie is not looked
 * at where the Origin is theirs.
 */
#ifndef WEB_CORS_H
#define WEB_CORS_H

#include <stdbool.h>

struct req;
struct err;

/* Whether the request says that it comes from such a page. */
bool cors_lists(const struct req *req);
/* Whether it is such a page's browser, asking what the page may send. */
bool cors_is_preflight(const struct req *req);
int cors_reply(struct req *req, struct err *err);
/* What every answer says of it; nothing where the setting names nobody. */
void cors_add_headers(struct req *req);

#endif
