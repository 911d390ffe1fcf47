/*
 * What the four programs share: settings, database, sign-in, storage. Opened
 * once, shared by all threads, closed at the end.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include "auth/signin.h"
#include "base/conf.h"
#include "db/db.h"
#include "store/store.h"
#include "web/web.h"

struct app {
    struct conf *conf;
    struct db *db;
    struct signin *signin;
    struct store *store;
    void *own; /* the program's own */
};

/* The whole life of a program; `start` (or NULL) runs before serving, `stop`
 * (or NULL) after. Returns main's exit status. */
int app_main(const char *program, const struct route *routes,
             int (*start)(struct app *, struct err *),
             void (*stop)(struct app *));

#endif
