/*
 * The model that captions are asked of: the settings', or, where they name
 * none, the one that was connected on the page. A change there holds for all
 * programs within a second, without a restart.
 */
#ifndef APP_CONNECTION_H
#define APP_CONNECTION_H

#include "app/app.h"

struct connection {
    struct conf conf; /* the settings with the model's in place; its texts are
                       * borrowed from the program's or from here */
    char *url, *model, *key; /* of the page's; NULL where it is the settings' */
};
void connection_release(struct connection *c);
#define auto_connection auto_cleanup(connection_release)

/* app must outlive it. ERR_DATABASE only if the page's was never read. */
int connection_open(struct app *app, struct connection *ret, struct err *err);
/* As connection_open, of these values; each may be NULL. */
void connection_try(struct app *app, const char *url, const char *model,
                    const char *key, struct connection *ret);
/* The page's was changed here: read it anew. */
void connection_renew(void);

/* The host of its address, with the port if one stands there: where what it is
 * told goes. The caller frees it. */
char *connection_host(const struct conf *conf);
/* That is this machine. */
bool connection_is_here(const struct conf *conf);

/* NULL for an address that the server may ask on somebody's word: https, or
 * http on this machine; else what is wrong with it. */
const char *connection_fault(const char *url);

#endif
