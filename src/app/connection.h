/*
 * The model that writes captions: the one in the settings or, if they name
 * none, the one connected on the page. A change on the page reaches all
 * programs within a second, without a restart.
 */
#ifndef APP_CONNECTION_H
#define APP_CONNECTION_H

#include "app/app.h"

struct connection {
    struct conf conf; /* the settings with the model's filled in; its texts
                       * are borrowed from the program's settings or from
                       * this struct */
    char *url, *model, *key; /* from the page; NULL if the settings name a
                              * model */
};
void connection_release(struct connection *c);
#define auto_connection auto_cleanup(connection_release)

/* app must outlive it. ERR_DATABASE only if the page's was never read. */
int connection_open(struct app *app, struct connection *ret, struct err *err);
/* Like connection_open, with these values; each may be NULL. */
void connection_try(struct app *app, const char *url, const char *model,
                    const char *key, struct connection *ret);
/* The page's connection was changed by this process: read it again. */
void connection_renew(void);

/* The host of its address, with the port if there is one: where its data goes.
 * The caller frees it. */
char *connection_host(const struct conf *conf);
/* Whether it is on this machine. */
bool connection_is_here(const struct conf *conf);

/* NULL for an address that the server may call on a user's behalf: https, or
 * http on this machine; otherwise what is wrong with it. */
const char *connection_fault(const char *url);

#endif
